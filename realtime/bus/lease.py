"""Leases and short-lived values in Redis or Valkey, with plain commands (no scripts).

A command runs to its end in a task of its own: a caller may be cancelled or give up, the connection stays in step.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError, WatchError

from realtime.bus.base import BusDown
from realtime.bus.redis_bus import OPERATION_S, connect

log = structlog.get_logger(__name__)

# Longer than any meeting: after that the fence starts again from the server's clock, which is higher.
FENCE_KEEP_S = 86_400
_ATTEMPTS = 8

T = TypeVar("T")


class RedisLeases:
    """`Leases` over one Redis or Valkey URL. Every method raises BusDown within a second when it cannot be reached."""

    def __init__(self, url: str) -> None:
        self._redis: Redis = connect(url)
        self._running: set[asyncio.Task[Any]] = set()

    async def acquire(self, name: str, holder: str, ttl_s: float) -> int | None:
        """The fencing number if `holder` holds `name` now, else None."""
        return await self._whole(self._acquire(name, holder, ttl_s))

    async def release(self, name: str, holder: str) -> None:
        """Give up `name`; nothing happens when another holds it."""
        await self._whole(self._release(name, holder))

    async def holder(self, name: str) -> str | None:
        """Who holds `name` now."""
        held = _held(await self._whole(self._redis.get(name)))
        return None if held is None else held[1]

    async def put(self, name: str, value: bytes, ttl_s: float) -> None:
        """Keep a value for `ttl_s`."""
        await self._whole(self._put(name, value, ttl_s))

    async def all(self, prefix: str) -> dict[str, bytes]:
        """Every living value whose name begins with `prefix`."""
        return await self._whole(self._all(prefix))

    async def close(self) -> None:
        """Wait for what is under way and close the connections."""
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._redis.aclose()

    async def _whole(self, command: Awaitable[T]) -> T:
        """Run to the end whatever happens to the caller; its own socket time limit ends it."""
        task = asyncio.ensure_future(command)
        self._running.add(task)
        task.add_done_callback(self._ended)
        done, _ = await asyncio.wait({task}, timeout=OPERATION_S)
        if not done:
            raise BusDown
        try:
            return task.result()
        except (RedisError, OSError) as error:
            raise BusDown from error

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("lease.command_failed", error=type(task.exception()).__name__)

    async def _acquire(self, name: str, holder: str, ttl_s: float) -> int | None:
        for _ in range(_ATTEMPTS):
            async with self._redis.pipeline() as pipe:
                await pipe.watch(name)
                held = _held(await pipe.get(name))
                if held is not None and held[1] != holder:
                    return None
                fence = held[0] if held is not None else await self._next_fence(name)
                pipe.multi()  # type: ignore[no-untyped-call]
                pipe.set(name, f"{fence}:{holder}", px=_ms(ttl_s))
                if await _executed(pipe):
                    return fence
        return None

    async def _next_fence(self, name: str) -> int:
        """Only grows, also when Redis has lost everything: then it begins at the server's time in milliseconds."""
        key = f"{name}:fence"
        seconds, micros = await self._redis.time()
        await self._redis.set(key, seconds * 1000 + micros // 1000, nx=True, ex=FENCE_KEEP_S)
        return int(await self._redis.incr(key))

    async def _release(self, name: str, holder: str) -> None:
        for _ in range(_ATTEMPTS):
            async with self._redis.pipeline() as pipe:
                await pipe.watch(name)
                held = _held(await pipe.get(name))
                if held is None or held[1] != holder:
                    return
                pipe.multi()  # type: ignore[no-untyped-call]
                pipe.delete(name)
                if await _executed(pipe):
                    return

    async def _put(self, name: str, value: bytes, ttl_s: float) -> None:
        await self._redis.set(name, value, px=_ms(ttl_s))

    async def _all(self, prefix: str) -> dict[str, bytes]:
        pattern = "".join(f"\\{letter}" if letter in "*?[]\\" else letter for letter in prefix) + "*"
        names = [name async for name in self._redis.scan_iter(match=pattern, count=1000)]
        values = await self._redis.mget(names) if names else []
        return {name.decode(): value for name, value in zip(names, values, strict=True) if isinstance(value, bytes)}


async def _executed(pipe: "Pipeline") -> bool:
    try:
        await pipe.execute()
    except WatchError:
        return False
    return True


def _held(value: bytes | str | None) -> tuple[int, str] | None:
    if not isinstance(value, bytes):
        return None
    fence, _, holder = value.decode().partition(":")
    return int(fence), holder


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))
