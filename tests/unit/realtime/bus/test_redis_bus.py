"""What only the Redis implementation has to show without a server; the rest is in tests/contracts."""

import asyncio

import pytest

from realtime.bus.base import BusDown
from realtime.bus.redis_bus import RedisBus

NOBODY = "redis://127.0.0.1:1/0"


async def test_without_a_server_publishing_says_so_and_subscribing_goes_on() -> None:
    bus = RedisBus(NOBODY)
    began = asyncio.get_running_loop().time()
    with pytest.raises(BusDown):
        await bus.publish("a", b"1")
    async with bus.subscribe("a"):
        pass
    assert asyncio.get_running_loop().time() - began < 3
    await bus.close()


async def test_closing_ends_who_still_waits() -> None:
    bus = RedisBus(NOBODY)
    sending = asyncio.create_task(bus.publish("a", b"1"))
    await asyncio.sleep(0)
    await bus.close()
    with pytest.raises((BusDown, asyncio.CancelledError)):
        await sending
