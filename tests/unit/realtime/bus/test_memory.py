"""What only the memory implementations have; the rest is in tests/contracts."""

import pytest

from realtime.bus.base import BusDown
from realtime.bus.memory import MemoryBus, MemoryLeases
from tests.support.clock import HandClock


async def test_cut_and_mend_play_an_outage() -> None:
    bus = MemoryBus()
    async with bus.subscribe("a") as subscription:
        bus.cut()
        with pytest.raises(BusDown):
            await bus.publish("a", b"1")
        bus.mend()
        await bus.publish("a", b"2")
        assert [await anext(subscription), await anext(subscription)] == [("a", None), ("a", b"2")]
    assert not bus._mailboxes


async def test_leases_follow_the_clock_given() -> None:
    clock = HandClock()
    leases = MemoryLeases(clock)
    first = await leases.acquire("stage", "one", 10)
    clock.forward(9.9)
    assert await leases.acquire("stage", "two", 10) is None
    clock.forward(0.1)
    second = await leases.acquire("stage", "two", 10)
    assert (first, second) == (1, 2)
