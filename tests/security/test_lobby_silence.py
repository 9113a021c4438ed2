"""Before admission a socket carries zero bytes of the meeting: looked for in every byte it was ever sent."""

import pytest

from meetings.attendance import Mode
from meetings.commands import MoveStage, OpenMeeting, OpenProposal
from realtime.messages import Hand, MediaJoin, MediaShow, MediaState, Refused
from tests.support.live import House, Tab, live_house, settled
from tests.support.story import ALEX, DANA, FIRST, LEE, MORGAN, PRIYA, RUTH, SAM, SCHEDULE, WORDS

CANARIES = [
    *(person.name for person in (SAM, PRIYA, ALEX, RUTH, LEE, MORGAN)),
    *(person.name.split()[0] for person in (PRIYA, ALEX, RUTH, LEE, MORGAN)),
    *(person.id for person in (SAM, PRIYA, ALEX, RUTH, LEE, MORGAN)),
    "Grandmother",
    SCHEDULE.family_name,
    SCHEDULE.decision_question,
    SCHEDULE.case_id,
    SCHEDULE.plan_id,
    WORDS,
    '"type":"presence"',
    "stage/",
]


async def busy_meeting(house: House) -> Tab:
    """Everything that can be said is said while somebody waits."""
    sam = await house.sam()
    priya = await house.come_in(sam, PRIYA)
    ruth = await house.come_in(sam, RUTH)
    await sam.do(OpenMeeting())
    for tab in (sam, priya, ruth):
        tab.media(Mode.VIDEO)
    await sam.do(MoveStage(stage=5))
    await priya.do(OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True))
    ruth.say(Hand(raised=True))
    await house.pass_time(12)
    await ruth.lost()
    await house.pass_time(12)
    return sam


def silent(tab: Tab) -> None:
    """Nothing of the meeting is in what this socket got."""
    got = tab.bytes_log.decode()
    assert [canary for canary in CANARIES if canary in got] == []
    assert tab.frames == []
    assert set(tab.entities) <= {"you", "lobby"}


async def test_a_waiting_socket_hears_nothing_of_the_meeting() -> None:
    async with live_house() as house:
        early = await house.tab(DANA).hello().welcomed()
        await busy_meeting(house)
        again = await house.tab(DANA).hello(after=1).welcomed()
        await settled()
        silent(again)
        silent(early)


async def test_a_second_device_of_somebody_admitted_hears_nothing_and_may_nothing() -> None:
    async with live_house() as house:
        sam = await busy_meeting(house)
        dana = await house.come_in(sam, DANA)
        second = await house.tab(DANA, number=2).hello().welcomed()
        before = len(house.desk.log)
        refused = await second.do(OpenMeeting())
        assert isinstance(refused, Refused) and refused.code == "participant.not_admitted"
        priya_second = await house.tab(PRIYA, number=2).hello().welcomed()
        refused = await priya_second.do(OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True))
        assert isinstance(refused, Refused) and refused.code == "participant.not_admitted"
        await house.pass_time(3)
        silent(second)
        assert len(house.desk.log) <= before + 2
        assert not dana.serving.done()


@pytest.mark.parametrize(
    "message",
    [
        Hand(raised=True),
        MediaJoin(ref=1, offer="v=0", video_slots=3),
        MediaShow(participant_ids=(SAM.id,)),
        MediaState(camera=True, microphone=True, mode=Mode.VIDEO),
    ],
    ids=lambda message: type(message).__name__,
)
async def test_a_waiting_socket_that_reaches_for_the_meeting_is_closed(message: Hand) -> None:
    async with live_house() as house:
        await busy_meeting(house)
        dana = await house.tab(DANA).hello().welcomed()
        dana.say(message)
        assert await dana.closed() == 4403
        silent(dana)


async def test_plan_frames_of_a_waiting_socket_are_counted_and_dropped() -> None:
    async with live_house() as house:
        await busy_meeting(house)
        dana = await house.tab(DANA).hello().welcomed()
        dana.say(b"\x00\x00\x00\x01\x00")
        dana.say('{"type":"beat","ref":5}')
        await dana.until(lambda: '"ref":5' in dana.bytes_log.decode())
        silent(dana)
        (session,) = [
            one
            for room in house.nodes["web-1"]._rooms.values()
            for one in room.sessions
            if one.participant_id == DANA.id
        ]
        assert session.frames_refused == 1


async def test_nobody_is_admitted_by_an_event_such_as_the_facilitators_return() -> None:
    async with live_house() as house:
        dana = await house.tab(DANA).hello().welcomed()
        sam = await house.sam()
        await sam.lost()
        back = await house.sam()
        await back.do(OpenMeeting())
        await house.pass_time(5)
        silent(dana)
        assert DANA.id not in house.meeting.admitted
