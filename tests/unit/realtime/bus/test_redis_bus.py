"""What only the Redis implementation has to show without a server; the rest is in tests/contracts."""

import asyncio
import contextlib

import pytest
from redis.asyncio.client import Pipeline

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


async def test_closing_waits_for_a_command_on_its_way_and_ends_though_a_cancellation_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    under_way, answered = asyncio.Event(), asyncio.Event()

    async def slow(self: Pipeline) -> list[object]:
        under_way.set()
        with contextlib.suppress(asyncio.CancelledError):  # as happens inside the client
            await answered.wait()
        return []

    monkeypatch.setattr(Pipeline, "execute", slow)
    bus = RedisBus(NOBODY)
    sending = asyncio.create_task(bus.publish("a", b"1"))
    await under_way.wait()
    closing = asyncio.create_task(bus.close())
    await asyncio.sleep(0)
    answered.set()
    async with asyncio.timeout(5):
        await closing
        await sending
    with pytest.raises(BusDown):
        await bus.publish("a", b"2")
