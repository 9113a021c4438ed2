"""What the nodes tell each other once a second of the floods they count, so that two nodes are not twice the room.

Sums travel over the bus, at most once; no request waits for them. While the bus is away each node counts alone, and
nobody is refused for that. Nothing of it is kept anywhere.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import structlog
from litestar import Litestar

from realtime.bus.base import Bus, BusDown
from realtime.bus.keys import FLOODS
from realtime.supervision import Supervisor
from server.auth.limits import Limits

EVERY_S = 1.0
MOST = 2000
"""Keys a second: a flood from more addresses than these is told in part."""

_log = structlog.get_logger("hearth.floods")


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What one node counted since it last said: rate -> key -> tokens."""

    node_id: str
    taken: dict[str, dict[str, float]]


class FloodExchange:
    """Runs beside the app: tells what `limits.shared` counted, and counts what other nodes tell."""

    def __init__(self, limits: Limits, node_id: str, supervisor: Supervisor) -> None:
        self.limits = limits
        self._node_id = node_id
        self._supervisor = supervisor

    @asynccontextmanager
    async def __call__(self, app: Litestar) -> AsyncIterator[None]:
        """For the app's lifespan, after the bus is in its state."""
        async with self.running(app.state["bus"]):
            yield

    @asynccontextmanager
    async def running(self, bus: Bus) -> AsyncIterator[None]:
        """Tell and listen for as long as the block lasts."""
        tasks = [
            self._supervisor.keep("floods-tell", lambda: self._tell_forever(bus)),
            self._supervisor.keep("floods-listen", lambda: self._listen(bus)),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def tell(self, bus: Bus) -> None:
        """Say what was counted here since the last time; lost where the bus is away."""
        left = MOST
        taken: dict[str, dict[str, float]] = {}
        for name, buckets in self.limits.shared.items():
            most = sorted(buckets.told().items(), key=lambda one: -one[1])[:left]
            left -= len(most)
            if most:
                taken[name] = {str(key): tokens for key, tokens in most}
        if taken:
            with contextlib.suppress(BusDown):
                await bus.publish(FLOODS, msgspec.msgpack.encode(Told(node_id=self._node_id, taken=taken)))

    def heard(self, payload: bytes) -> None:
        """Count what another node counted."""
        told = msgspec.msgpack.decode(payload, type=Told)
        if told.node_id == self._node_id:
            return
        now = time.monotonic()
        for name, taken in told.taken.items():
            if (buckets := self.limits.shared.get(name)) is not None:
                for key, tokens in taken.items():
                    buckets.taken_elsewhere(key, now, tokens)

    async def _tell_forever(self, bus: Bus) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            await self.tell(bus)

    async def _listen(self, bus: Bus) -> None:
        async with bus.subscribe(FLOODS) as news:
            async for _, payload in news:
                if payload is None:
                    continue  # what was missed in an outage is forgiven
                try:
                    self.heard(payload)
                except msgspec.DecodeError:
                    _log.warning("floods.unreadable")
