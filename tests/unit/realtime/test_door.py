"""The door's ways, where they differ from the usual; the usual ones are in tests/integration/live."""

from meetings.commands import AdmitParticipant
from realtime.messages import Welcome
from tests.support.live import live_house, settled
from tests.support.story import DANA, RUTH, device


async def test_who_vanishes_while_being_admitted_is_not_here() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.tab(DANA).hello().welcomed()
        await house.until(lambda: house.meeting.waiting)
        dana.vanish()
        await sam.do(AdmitParticipant(participant_id=DANA.id, device_id=device(DANA)))
        await settled()
        assert DANA.id not in sam.here
        back = await house.tab(DANA).hello().joined()
        assert DANA.id in back.here


async def test_a_waiting_tab_opened_twice_waits_once() -> None:
    async with live_house() as house:
        sam = await house.sam()
        first = await house.tab(RUTH).hello().welcomed()
        second = await house.tab(RUTH).hello().welcomed()
        assert await first.closed() == 4411
        await sam.until(lambda: sum(key.startswith("waiting/") for key in sam.entities) == 1)
        await sam.admit(second)
        assert [welcome.fresh for welcome in second.of(Welcome)] == [True, True]
