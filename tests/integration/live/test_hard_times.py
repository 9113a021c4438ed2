"""Slow readers, junk, floods, crashes, restarts: one person's trouble is nobody else's."""

import random

import msgspec
import pytest

from meetings.attendance import Mode
from meetings.commands import MoveStage, OpenMeeting
from realtime.messages import Closing, Done, Hand, Refused, Welcome
from tests.support.live import House, live_house, settled
from tests.support.story import DANA, MORGAN, RUTH, SAM, Story, opened_story


async def test_a_slow_reader_is_closed_and_harms_nobody() -> None:
    async with live_house() as house:
        sam = await house.sam()
        slow = await house.come_in(sam, DANA)
        ruth = await house.come_in(sam, RUTH)
        await sam.do(OpenMeeting())
        slow.stop_reading()
        for turn in range(300):
            ruth.say(Hand(raised=turn % 2 == 0))
            if turn % 20 == 0:
                house.clock.forward(3)
                sam.say('{"type":"beat"}')
                slow.say('{"type":"beat"}')
            await settled(5)
        slow.read_again()
        assert await slow.closed() == 4408
        assert isinstance(await sam.do(MoveStage(stage=2)), Done)
        await ruth.until(lambda: ruth.stage == 2)


async def test_a_stalled_send_is_closed_after_ten_seconds() -> None:
    async with live_house() as house:
        sam = await house.sam()
        stuck = await house.come_in(sam, DANA)
        stuck.stop_reading()
        await sam.do(OpenMeeting())
        await house.pass_time(9)
        assert not stuck.serving.done()
        await house.pass_time(3)
        assert await stuck.closed() == 4408


JUNK = [
    b"",
    b"\x00",
    b"\x07\x00\x02\x01\x00",
    b"\x00\x00\x02" + b"\xff" * 40,
    b"\x00\x09",
    "",
    "{}",
    "[" * 100_000,
    '{"type":"welcome"}',
    '{"type":"do","ref":1,"command":{"kind":"meeting.record_close"}}',
    '{"type":"do","ref":-1,"command":{"kind":"meeting.open"}}',
    '{"type":"do","ref":1,"command":{"kind":"meeting.open","extra":1}}',
    '{"type":"hello","ticket":"0123456789012345678901234567890123456789"}',
    '{"type":"hand","raised":1}',
    '{"type":"media.show","participant_ids":' + msgspec.json.encode(["x"] * 51).decode() + "}",
    "\ud83d\ude00",
]


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
async def test_junk_closes_its_own_socket_only(junk: str | bytes) -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        dana.say(junk)
        assert await dana.closed() == 4400
        assert isinstance(await sam.do(OpenMeeting()), Done)


async def test_oversize_is_4413() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        dana.say("x" * 262_145)
        assert await dana.closed() == 4413
        ruth = await house.come_in(sam, RUTH)
        ruth.say("é" * 200_000)
        assert await ruth.closed() == 4413


async def test_a_flood_is_4429() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        for _ in range(200):
            dana.say(Hand(raised=True))
        assert await dana.closed() == 4429
        assert isinstance(await sam.do(OpenMeeting()), Done)


async def test_random_frames_before_hello_close_without_harm() -> None:
    dice = random.Random(20261121)
    async with live_house() as house:
        sam = await house.sam()
        tabs = []
        for _ in range(100):
            tab = house.tab(MORGAN)
            tab.say(dice.randbytes(dice.randrange(1, 200)))
            tabs.append(tab)
        assert {await tab.closed() for tab in tabs} == {4401}
        assert isinstance(await sam.do(OpenMeeting()), Done)


async def test_a_failing_log_refuses_and_the_room_survives() -> None:
    async with live_house() as house:
        sam = await house.sam()
        house.desk.fail(1)
        refused = await sam.do(OpenMeeting())
        assert isinstance(refused, Refused) and refused.code == "server.failed"
        assert isinstance(await sam.do(OpenMeeting()), Done)


async def test_a_command_under_way_is_shown_although_its_author_is_gone() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        house.desk.hold()
        sam.say('{"type":"do","ref":1,"command":{"kind":"meeting.open"}}')
        await settled()
        sam.vanish()
        await settled()
        house.desk.release()
        await dana.until(lambda: dana.stage == 1)
        assert house.meeting.opened_at is not None


async def test_after_a_crash_who_does_not_come_back_left_when_last_seen() -> None:
    story = opened_story()
    crashed_at = story.now
    story.wait(minutes=10)
    async with live_house(story=story) as house:
        sam = await house.sam()
        sam.media()
        await house.pass_time(80, step=5)
        assert house.meeting.present_mode(DANA.id) is Mode.VIDEO
        await house.pass_time(20, step=5)
        assert house.meeting.present_mode(SAM.id) is Mode.VIDEO
        for person in (DANA, RUTH):
            (stay,) = house.meeting.stays[person.id]
            assert stay.left_at is not None and stay.left_at <= crashed_at


async def test_after_a_crash_the_last_sighting_is_known_to_the_next_node() -> None:
    async with live_house("web-1") as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        dana.media()
        await house.pass_time(60, step=5)
        seen_at = house.clock.now()
        house.kill("web-1")
        house.clock.forward(600)
        house.nodes["web-2"] = await house.node("web-2").__aenter__()
        await house.sam("web-2")
        await house.pass_time(110, step=5)
        left_at = house.meeting.stays[DANA.id][-1].left_at
        assert left_at is not None and abs((left_at - seen_at).total_seconds()) <= 10


async def test_a_drain_sends_everyone_away_softly_and_nobody_leaves() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        sam.media()
        dana.media()
        await house.pass_time(2)
        await house.nodes["web-1"].drain()
        assert (await sam.closed(), await dana.closed()) == (1012, 1012)
        closing = dana.of(Closing)[-1]
        assert (closing.code, closing.retry_s) == ("server.restarting", 5.0)
        assert house.meeting.present_mode(DANA.id) is Mode.VIDEO
        late = house.tab(RUTH).hello()
        assert await late.closed() == 1012


async def test_many_arrive_at_once_and_one_room_is_opened() -> None:
    async with live_house(story=seated()) as house:
        tabs = [house.tab(person).hello() for person in (SAM, DANA, RUTH, MORGAN)]
        for tab in tabs:
            await tab.joined()
        assert house.nodes["web-1"].room_count == 1
        for tab in tabs:
            await tab.until(lambda tab=tab: len(tab.here) == 4)


async def test_an_unknown_ticket_is_4401_and_an_unknown_version_4400() -> None:
    async with live_house() as house:
        tab = house.tab(DANA)
        tab.say('{"type":"hello","ticket":"not-a-ticket-anybody-ever-made"}')
        assert await tab.closed() == 4401
        tab = house.tab(DANA)
        tab.say('{"type":"hello","ticket":"not-a-ticket-anybody-ever-made","version":99}')
        assert await tab.closed() == 4400


async def test_who_signs_out_elsewhere_is_closed() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        seat = next(one.seat for one in sessions(house) if one.participant_id == DANA.id)
        house.gate.signed_out.add(seat)
        await house.pass_time(17)
        assert await dana.closed() == 4401


async def test_the_room_is_welcomed_without_a_plan_when_its_log_is_down() -> None:
    async with live_house() as house:

        async def down(*_: object) -> int:
            raise ConnectionError

        house.plan_log.issue_client_id = down  # type: ignore[method-assign]
        sam = await house.sam()
        assert sam.of(Welcome)[-1].plan == ()
        assert isinstance(await sam.do(OpenMeeting()), Done)
        sam.say(b"\x00\x00\x02\x01\x00")
        assert isinstance(await sam.do(MoveStage(stage=2)), Done)


def seated() -> Story:
    return opened_story()


def sessions(house: House) -> list[object]:
    return [session for room in house.nodes["web-1"]._rooms.values() for session in room.sessions]
