"""A listener of ours around an app of the test, on a free port of this machine."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

from server.auth.limits import Limits
from server.config import Settings
from server.listener import Listener, bind, uvicorn_config


class Listening:
    """A listener that is ready."""

    def __init__(self, port: int, listener: Listener, drained: asyncio.Event) -> None:
        self.port = port
        self.listener = listener
        self.drained = drained

    @property
    def socket_url(self) -> str:
        """Where its WebSocket is."""
        return f"ws://127.0.0.1:{self.port}/"


@contextlib.asynccontextmanager
async def held_loop() -> AsyncIterator[list[float]]:
    """How long the loop was held between two of its turns, in seconds of this thread's own processor time."""
    held: list[float] = [0.0]

    async def beat() -> None:
        before = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            held.append(now - before)
            before = now

    beating = asyncio.create_task(beat())
    await asyncio.sleep(0)
    held.clear()
    try:
        yield held
    finally:
        beating.cancel()


@contextlib.asynccontextmanager
async def listening(app: Any, limits: Limits | None = None, **changed: Any) -> AsyncIterator[Listening]:
    """Serve `app` with the settings given, and stop in order."""
    bound = bind("127.0.0.1", 0)
    ready, drained = asyncio.Event(), asyncio.Event()

    async def drain() -> None:
        drained.set()

    listener = Listener(uvicorn_config(_with_lifespan(app), Settings(**changed), limits), ready.set, drain)
    serving = asyncio.create_task(listener.serve(sockets=[bound]))
    await asyncio.wait_for(ready.wait(), 10)
    try:
        yield Listening(bound.getsockname()[1], listener, drained)
    finally:
        listener.stop()
        await asyncio.wait_for(serving, 10)
        bound.close()


def _with_lifespan(app: Any) -> Any:
    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    return served
