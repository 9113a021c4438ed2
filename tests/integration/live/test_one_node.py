"""One node, one meeting: from the first hello to the last leave."""

from meetings.attendance import Mode
from meetings.commands import MoveStage, OpenMeeting, OpenProposal
from meetings.entities import MeetingEntity
from realtime.messages import BeatBack, Done, Refused, Welcome
from tests.support.live import live_house
from tests.support.story import DANA, FIRST, PRIYA, RUTH, SAM


async def test_the_facilitator_comes_in_by_arriving() -> None:
    async with live_house() as house:
        sam = await house.sam()
        welcome = sam.of(Welcome)[-1]
        assert welcome.fresh
        assert [channel.channel for channel in welcome.plan] == [0]
        assert welcome.number == len(house.desk.log)
        assert list(sam.here) == [SAM.id]


async def test_a_waiting_person_is_admitted_and_sees_the_meeting() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.tab(DANA).hello().welcomed()
        assert set(dana.entities) == {"you", "lobby"}
        await sam.until(lambda: any(key.startswith("waiting/") for key in sam.entities))
        await sam.admit(dana)
        assert not any(key.startswith("waiting/") for key in sam.entities)
        assert f"person/{SAM.id}" in dana.entities
        await sam.until(lambda: DANA.id in sam.here)
        await dana.until(lambda: dana.frames)


async def test_a_command_is_seen_by_everyone_before_it_is_done() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        done = await sam.do(OpenMeeting())
        assert isinstance(done, Done) and done.number == len(house.desk.log)
        await dana.until(lambda: meeting_of(dana.entities).stage == 1)
        assert dana.entities["stage/1"] == sam.entities["stage/1"]
        refused = await dana.do(MoveStage(stage=2))
        assert isinstance(refused, Refused) and refused.code == "participant.not_permitted"


async def test_M19_words_too_long_are_refused_by_their_letters_and_the_socket_stays() -> None:
    """2000 letters of three characters each are within the cap; one letter more is told, not cut and not cut off."""
    letter = "\u0915\u094d\u0937"
    async with live_house() as house:
        sam = await house.sam()
        await sam.do(OpenMeeting())
        refused = await sam.do(OpenProposal(proposal_id=FIRST, text=letter * 2001, answers_question=True))
        assert isinstance(refused, Refused) and refused.code == "words.too_long"
        assert isinstance(
            await sam.do(OpenProposal(proposal_id=FIRST, text=letter * 2000, answers_question=True)), Done
        )
        assert house.meeting.proposals[FIRST].text == letter * 2000


async def test_attendance_follows_what_the_browser_says() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        ruth = await house.come_in(sam, RUTH)
        dana.media(Mode.VIDEO)
        await dana.until(lambda: dana.here.get(DANA.id) and dana.here[DANA.id].camera)
        await house.pass_time(1)
        assert house.meeting.present_mode(DANA.id) is Mode.VIDEO
        assert house.meeting.present_mode(RUTH.id) is None
        await house.pass_time(2)
        assert house.meeting.present_mode(RUTH.id) is Mode.TYPING
        ruth.say('{"type":"leave"}')
        assert await ruth.closed() == 1000
        assert house.meeting.present_mode(RUTH.id) is None
        await sam.until(lambda: RUTH.id not in sam.here)


async def test_a_lost_socket_keeps_the_seat_for_the_grace_time() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        dana.media()
        await house.pass_time(2)
        seen_at = house.clock.now()
        await dana.lost()
        await sam.until(lambda: sam.here[DANA.id].connection == "lost")
        await house.pass_time(85, step=5)
        assert house.meeting.present_mode(DANA.id) is Mode.VIDEO
        await house.pass_time(15, step=5)
        assert house.meeting.present_mode(DANA.id) is None
        stay = house.meeting.stays[DANA.id][-1]
        assert stay.left_at == seen_at
        assert DANA.id not in sam.here


async def test_coming_back_in_time_is_no_leave_and_only_the_difference_is_sent() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        dana.media()
        await house.pass_time(2)
        held, number = dana.entities, dana.number
        await dana.lost()
        await sam.do(OpenMeeting())
        await house.pass_time(30, step=10)
        back = await house.tab(DANA).hello(after=number).welcomed()
        welcome = back.of(Welcome)[-1]
        assert not welcome.fresh
        assert welcome.session_id == dana.of(Welcome)[-1].session_id
        folded = {**held, **welcome.entities}
        fresh = await house.tab(DANA).hello().welcomed()
        assert folded == fresh.of(Welcome)[-1].entities
        assert "lobby" not in folded and len(welcome.entities) < len(folded)
        assert len(house.meeting.stays[DANA.id]) == 1
        assert await back.closed() == 4411


async def test_a_waiting_device_that_goes_away_is_no_longer_shown() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.tab(DANA).hello().welcomed()
        await dana.lost()
        await house.pass_time(5)
        assert house.meeting.waiting
        await house.pass_time(8)
        assert not house.meeting.waiting
        assert not any(key.startswith("waiting/") for key in sam.entities)


async def test_beats_are_answered_and_silence_closes() -> None:
    async with live_house() as house:
        sam = await house.sam()
        sam.say('{"type":"beat","ref":7}')
        await sam.until(lambda: [one for one in sam.of(BeatBack) if one.ref == 7])
        house.clock.forward(26)
        await house.nodes["web-1"].tick()
        assert await sam.closed() == 4408


async def test_an_unsaid_hello_closes() -> None:
    async with live_house() as house:
        tab = house.tab(PRIYA)
        house.clock.forward(6)
        await house.until(lambda: house.nodes["web-1"]._guests)
        await house.nodes["web-1"].tick()
        house.clock.forward(6)
        await house.nodes["web-1"].tick()
        assert await tab.closed() == 4401


async def test_empty_rooms_are_unloaded() -> None:
    async with live_house() as house:
        sam = await house.sam()
        sam.say('{"type":"leave"}')
        await sam.closed()
        await house.pass_time(2)
        assert house.nodes["web-1"].room_count == 0
        again = await house.sam()
        assert SAM.id in again.here


def meeting_of(entities: dict[str, object]) -> MeetingEntity:
    found = entities["meeting"]
    assert isinstance(found, MeetingEntity)
    return found
