"""A room's loop when something in it breaks."""

from meetings.commands import MoveStage, OpenMeeting
from realtime.actions import Happened
from realtime.messages import Done
from tests.support.live import live_house, settled
from tests.support.story import DANA


async def test_an_action_that_fails_is_one_action() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        (room,) = house.nodes["web-1"]._rooms.values()
        room.post(Happened(("not an event",)))  # type: ignore[arg-type]
        assert isinstance(await sam.do(OpenMeeting()), Done)
        await dana.until(lambda: dana.stage == 1)


async def test_a_room_that_dies_sends_its_people_to_a_new_one() -> None:
    async with live_house() as house:
        sam = await house.sam()
        await sam.do(OpenMeeting())
        rooms = house.nodes["web-1"]
        (running,) = rooms._running.values()
        running.cancel()
        await settled()
        await rooms.tick()
        assert await sam.closed() == 1012
        back = await house.tab(sam.who).hello(after=sam.number).welcomed()
        assert isinstance(await back.do(MoveStage(stage=2)), Done)


async def test_old_events_are_no_news() -> None:
    async with live_house() as house:
        sam = await house.sam()
        (room,) = house.nodes["web-1"]._rooms.values()
        await settled()
        heard = len(sam.sent)
        await room.ask(Happened(tuple(house.desk.log)))
        await settled()
        assert len(sam.sent) == heard
