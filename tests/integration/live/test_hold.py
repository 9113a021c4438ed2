"""The facilitator is gone, people are sent out, back and let back: in the running room."""

from collections.abc import AsyncIterator

import pytest

from meetings.commands import (
    AdjournMeeting,
    AdmitParticipant,
    CloseMeeting,
    HoldRoom,
    MoveStage,
    OpenMeeting,
    OpenProposal,
    ReadmitParticipant,
    RemoveParticipant,
    SendToWaiting,
)
from meetings.entities import LobbyEntity, MeetingEntity, SeatState, WaitingEntity, YouEntity
from realtime.messages import Done, Hand, Refused, Welcome
from realtime.plan import frames, sync
from tests.support.live import House, Tab, live_house, settled
from tests.support.story import DANA, FIRST, PRIYA, RUTH, SAM, WORDS
from tests.support.yjs_bytes import block, string, update


@pytest.fixture(params=[("web-1", "web-1"), ("web-1", "web-2")], ids=["one node", "two nodes"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    async with live_house("web-1", "web-2") as made:
        made.far = request.param[1]  # type: ignore[attr-defined]
        yield made


def far(house: House) -> str:
    node: str = house.far  # type: ignore[attr-defined]
    return node


def meeting_of(tab: Tab) -> MeetingEntity:
    found = tab.entities["meeting"]
    assert isinstance(found, MeetingEntity)
    return found


def state_of(tab: Tab) -> SeatState:
    you = tab.entities["you"]
    assert isinstance(you, YouEntity)
    return you.state


def waiting_for(tab: Tab) -> list[str]:
    return [one.participant_id for one in tab.entities.values() if isinstance(one, WaitingEntity)]


async def code(tab: Tab, command: object) -> str:
    answer = await tab.do(command)  # type: ignore[arg-type]
    return answer.code if isinstance(answer, Refused) else "done"


async def test_the_facilitators_connection_is_lost_and_the_caseworker_holds_the_room(house: House) -> None:
    sam = await house.sam()
    priya, dana = await house.come_in(sam, PRIYA, far(house)), await house.come_in(sam, DANA, far(house))
    sam.media()
    await house.pass_time(3)
    await sam.do(OpenMeeting())
    ruth = await house.tab(RUTH, far(house)).hello().welcomed()
    assert await code(priya, HoldRoom()) == "room.facilitator_here"
    await sam.lost()
    await dana.until(lambda: dana.here[SAM.id].connection == "lost")
    await house.pass_time(31)
    await dana.until(lambda: meeting_of(dana).facilitator_gone_since is not None)
    lobby = ruth.entities["lobby"]
    assert isinstance(lobby, LobbyEntity) and lobby.facilitator_gone_since is not None
    assert await code(priya, HoldRoom()) == "room.too_early"
    assert await code(dana, HoldRoom()) == "participant.not_permitted"
    await house.pass_time(30)
    assert waiting_for(priya) == []
    assert await code(priya, HoldRoom()) == "done"
    await dana.until(lambda: meeting_of(dana).held_by == PRIYA.id)
    await priya.until(lambda: waiting_for(priya) == [RUTH.id])
    for command in (MoveStage(stage=2), CloseMeeting(), RemoveParticipant(participant_id=DANA.id)):
        assert await code(priya, command) == "participant.not_permitted"
    proposal = OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True)
    assert await code(priya, proposal) == "room.holder_decides_nothing"
    await priya.admit(ruth)
    back = await house.tab(SAM).hello().joined()
    back.media()
    await house.pass_time(3)
    await dana.until(lambda: meeting_of(dana).held_by is None and meeting_of(dana).facilitator_gone_since is None)
    assert await code(priya, AdjournMeeting(reason="Too late.")) == "participant.not_permitted"
    assert await code(back, MoveStage(stage=2)) == "done"


async def test_who_is_sent_back_waits_on_the_same_page_and_is_sent_nothing_more(house: House) -> None:
    sam = await house.sam()
    ruth = await house.come_in(sam, RUTH, far(house))
    await sam.do(OpenMeeting())
    ruth.say(Hand(raised=True))
    await sam.until(lambda: RUTH.id in sam.here and sam.here[RUTH.id].hand_raised_at is not None)
    assert await code(sam, SendToWaiting(participant_id=RUTH.id)) == "done"
    await ruth.until(lambda: state_of(ruth) is SeatState.WAITING)
    await sam.until(lambda: RUTH.id not in sam.here and waiting_for(sam) == [RUTH.id])
    assert set(ruth.entities) == {"you", "lobby"} and ruth.here == {} and ruth.of(Welcome)[-1].plan == ()
    heard = len(ruth.sent)
    assert await code(sam, MoveStage(stage=2)) == "done"
    mine = sam.of(Welcome)[-1].plan[0]
    sam.say(frames.join(mine.channel, sync.update(update(block(mine.client_id, 0, string("secret"))))))
    await settled()
    assert len(ruth.sent) == heard
    assert await code(ruth, MoveStage(stage=3)) == "participant.not_admitted"
    assert ruth.close_code is None
    await house.pass_time(20)
    assert waiting_for(sam) == [RUTH.id], "she stands at the door"
    await sam.admit(ruth)
    await ruth.until(lambda: SAM.id in ruth.here)
    await settled()
    plan = ruth.of(Welcome)[-1].plan[0]
    before = len(ruth.frames)
    ruth.say(frames.join(plan.channel, sync.step_one({})))
    await ruth.until(lambda: len(ruth.frames) > before)


async def test_who_was_removed_and_is_let_back_waits_at_the_same_door(house: House) -> None:
    sam = await house.sam()
    ruth = await house.come_in(sam, RUTH, far(house))
    await sam.do(RemoveParticipant(participant_id=RUTH.id))
    assert await ruth.closed() == 4410
    assert await house.tab(RUTH, far(house)).hello().closed() == 4410
    assert await code(sam, ReadmitParticipant(participant_id=RUTH.id)) == "done"
    back = await house.tab(RUTH, far(house)).hello().welcomed()
    assert state_of(back) is SeatState.WAITING and "meeting" not in back.entities
    await sam.until(lambda: waiting_for(sam) == [RUTH.id])
    await sam.admit(back)


async def test_who_is_sent_back_while_their_connection_is_lost_is_no_longer_shown(house: House) -> None:
    sam = await house.sam()
    ruth = await house.come_in(sam, RUTH, far(house))
    await ruth.lost()
    await sam.until(lambda: RUTH.id in sam.here and sam.here[RUTH.id].connection == "lost")
    assert isinstance(await sam.do(SendToWaiting(participant_id=RUTH.id)), Done)
    await house.pass_time(15)
    assert RUTH.id not in sam.here and waiting_for(sam) == []
    back = await house.tab(RUTH, far(house)).hello(after=ruth.number).welcomed()
    assert state_of(back) is SeatState.WAITING and set(back.entities) == {"you", "lobby"}
    refused = await sam.do(AdmitParticipant(participant_id=RUTH.id, device_id=back.device_id))
    assert isinstance(refused, Done)


async def test_a_second_device_that_is_sent_back_is_still_shown_as_one(house: House) -> None:
    """Somebody else with Ruth's link, let in by mistake: back at the door it must not look like Ruth's own phone."""
    sam = await house.sam()
    other = await house.tab(RUTH, far(house), number=2).hello().welcomed()
    await sam.until(lambda: waiting_for(sam) == [RUTH.id])
    await sam.admit(other)
    assert await code(sam, SendToWaiting(participant_id=RUTH.id)) == "done"
    await sam.until(lambda: waiting_for(sam) == [RUTH.id])
    (shown,) = [one for one in sam.entities.values() if isinstance(one, WaitingEntity)]
    assert shown.second_device


async def test_what_was_on_its_way_when_somebody_is_sent_back_does_not_shut_them_out(house: House) -> None:
    """It used to close their socket with 4403, on which a browser stays out for good."""
    sam = await house.sam()
    ruth = await house.come_in(sam, RUTH, far(house))
    await sam.do(OpenMeeting())
    assert await code(sam, SendToWaiting(participant_id=RUTH.id)) == "done"
    await ruth.until(lambda: state_of(ruth) is SeatState.WAITING)
    ruth.say(Hand(raised=True))
    ruth.media()
    await house.pass_time(3)
    assert ruth.close_code is None and RUTH.id not in sam.here
    assert house.meeting.present_mode(RUTH.id) is None
    await sam.admit(ruth)
    await sam.until(lambda: RUTH.id in sam.here)
    assert sam.here[RUTH.id].hand_raised_at is None
