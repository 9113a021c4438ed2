"""Two nodes count one address together: over the bus in memory and over Redis; alone while it is away."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from realtime.bus.base import Bus
from realtime.bus.memory import MemoryBus
from realtime.bus.redis_bus import RedisBus
from realtime.supervision import Supervisor
from server.auth.exchange import FloodExchange
from server.auth.limits import Limits
from server.config import Settings
from tests.support.redis import PrivateRedis, private_redis

SETTINGS = Settings(link_rate_per_min=1)
WAIT_S = 20


@pytest.fixture(scope="module", params=["memory", "redis"])
def server(request: pytest.FixtureRequest) -> Iterator[PrivateRedis | None]:
    if request.param == "memory":
        yield None
    else:
        with private_redis() as running:
            yield running


@pytest.fixture
async def buses(server: PrivateRedis | None) -> AsyncIterator[tuple[Bus, Bus]]:
    shared = MemoryBus()
    made: tuple[Bus, Bus] = (shared, shared) if server is None else (RedisBus(server.url), RedisBus(server.url))
    yield made
    for bus in made:
        await bus.close()


def node(limits: Limits, node_id: str) -> FloodExchange:
    return FloodExchange(limits, node_id, Supervisor())


async def agreed(limits: Limits, key: str) -> None:
    """The other node's counting of this key has come."""
    async with asyncio.timeout(WAIT_S):
        while limits.link_by_peer._levels.get(key) is None:
            await asyncio.sleep(0)


async def test_what_one_node_counted_is_missing_on_the_other(buses: tuple[Bus, Bus]) -> None:
    one, two = Limits(SETTINGS), Limits(SETTINGS)
    async with (
        FloodExchange(one, "web-1", Supervisor()).running(buses[0]),
        FloodExchange(two, "web-2", Supervisor()).running(buses[1]),
    ):
        now = asyncio.get_running_loop().time()
        assert one.link_by_peer.take("shelter", now) == 0
        await agreed(two, "shelter")
        assert two.link_by_peer.take("shelter", asyncio.get_running_loop().time()) > 0
        assert two.link_by_peer.take("home", now) == 0


async def test_while_the_bus_is_away_each_counts_alone_and_afterwards_together_again(
    buses: tuple[Bus, Bus], server: PrivateRedis | None
) -> None:
    one, two = Limits(SETTINGS), Limits(SETTINGS)
    async with (
        FloodExchange(one, "web-1", Supervisor()).running(buses[0]),
        FloodExchange(two, "web-2", Supervisor()).running(buses[1]),
    ):
        if isinstance(buses[0], MemoryBus):
            buses[0].cut()
        else:
            assert server is not None
            await asyncio.to_thread(server.stop)
        now = asyncio.get_running_loop().time()
        assert one.link_by_peer.take("shelter", now) == 0
        assert two.link_by_peer.take("shelter", now) == 0  # nobody is refused because Redis is away
        if isinstance(buses[0], MemoryBus):
            buses[0].mend()
        else:
            assert server is not None
            await asyncio.to_thread(server.start)
        async with asyncio.timeout(WAIT_S):
            number = 0
            while not any(key.startswith("later") for key in two.link_by_peer._levels if isinstance(key, str)):
                number = (number + 1) % 1000
                one.link_by_peer.take(f"later-{number}", now)
                await asyncio.sleep(0)
