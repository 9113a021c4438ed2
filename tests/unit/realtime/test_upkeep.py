"""What happens every second, when something it needs is away."""

from meetings.attendance import Mode
from meetings.commands import OpenMeeting
from realtime.bus.memory import MemoryBus
from tests.support.live import live_house, settled
from tests.support.story import DANA


async def test_attendance_is_written_down_when_the_log_is_back() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        house.desk.fail(3)
        dana.media(Mode.VIDEO)
        await settled()
        await house.pass_time(1)
        assert house.meeting.present_mode(DANA.id) is None
        await house.pass_time(5)
        assert house.meeting.present_mode(DANA.id) is Mode.VIDEO


async def test_a_gate_that_fails_signs_nobody_out() -> None:
    async with live_house() as house:
        sam = await house.sam()

        async def down(seat: object) -> bool:
            raise ConnectionError

        house.gate.still_valid = down  # type: ignore[method-assign]
        await house.pass_time(20)
        assert not sam.serving.done()


async def test_a_log_that_is_down_while_the_bus_is_too_is_read_when_it_is_back() -> None:
    async with live_house("web-1", "web-2") as house:
        assert isinstance(house.bus, MemoryBus)
        sam = await house.sam("web-1")
        dana = await house.come_in(sam, DANA, "web-2")
        house.bus.cut()
        await sam.do(OpenMeeting())
        house.desk.fail(2)
        await house.pass_time(12)
        assert dana.stage == 1
        house.bus.mend()
