"""What is told and heard. Over the bus, in memory and in Redis: `tests/contracts/test_flood_exchange.py`."""

import msgspec
import pytest

from realtime.bus.memory import MemoryBus
from realtime.supervision import Supervisor
from server.auth.exchange import FloodExchange, Told
from server.auth.limits import Limits
from server.config import Settings

SETTINGS = Settings(link_rate_per_min=10, flood_burst=100)


def told(node_id: str, **taken: dict[str, float]) -> bytes:
    return msgspec.msgpack.encode(Told(node_id=node_id, taken=taken))


def left(limits: Limits, key: str = "home") -> int:
    return [limits.link_by_peer.take(key, 0.0) for _ in range(20)].count(0.0)


def test_another_nodes_counts_count_and_the_own_do_not_twice() -> None:
    limits = Limits(SETTINGS)
    exchange = FloodExchange(limits, "web-1", Supervisor())
    exchange.heard(told("web-1", link={"home": 4}))
    assert left(limits) == 10
    limits = Limits(SETTINGS)
    exchange = FloodExchange(limits, "web-1", Supervisor())
    exchange.heard(told("web-2", link={"home": 4}, of_a_newer_version={"home": 9}))
    assert left(limits) < 10


def test_what_cannot_be_read_is_not_counted() -> None:
    with pytest.raises(msgspec.DecodeError):
        FloodExchange(Limits(SETTINGS), "web-1", Supervisor()).heard(b"nonsense")


async def test_a_bus_that_is_away_refuses_nobody() -> None:
    bus, limits = MemoryBus(), Limits(SETTINGS)
    bus.cut()
    limits.link_by_peer.take("home", 0.0)
    await FloodExchange(limits, "web-1", Supervisor()).tell(bus)
    assert left(limits) == 9


async def test_nothing_counted_is_not_told() -> None:
    bus = MemoryBus()
    async with bus.subscribe("ftm:floods") as heard:
        exchange = FloodExchange(Limits(SETTINGS), "web-1", Supervisor())
        await exchange.tell(bus)
        await bus.publish("ftm:floods", b"the first")
        assert [payload async for _, payload in _first(heard)] == [b"the first"]


async def _first(heard: object):  # type: ignore[no-untyped-def]
    async for item in heard:  # type: ignore[attr-defined]
        yield item
        return
