"""The listening socket and uvicorn around it: limits of the wire, a start that can be waited for, an orderly stop."""

import asyncio
import contextlib
import signal
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import structlog
import uvicorn

from server.auth.crowd import Crowd
from server.auth.limits import Limits
from server.bounded_requests import BoundedRequests
from server.bounded_sockets import SLACK_BYTES, BoundedSocket
from server.config import Settings

# Connections the kernel holds while the loop is busy: more wait longer for an answer, fewer are refused in a burst.
BACKLOG = 2048

_log = structlog.get_logger("hearth.listener")


class PortTaken(Exception):
    """Another program listens there. The text is for the person who starts the server."""


def bind(host: str, port: int) -> socket.socket:
    """A listening TCP socket at `host`:`port` (0: a free one). Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        # Here and not with the first loop: a port two starts have bound is only refused to the second that listens.
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise PortTaken(
            f"Hearth cannot listen on {host}:{port} ({error.strerror}). "
            "Stop the program that uses this port, or choose another one with --port (HEARTH_PORT; 0 picks one)."
        ) from error
    listening.set_inheritable(False)
    return listening


def uvicorn_config(app: Any, settings: Settings, limits: Limits | None = None) -> uvicorn.Config:
    """Every limit of the wire in one place (sizes in bytes, times in seconds). `limits`: the app's."""
    BoundedRequests.settings = BoundedSocket.settings = settings
    BoundedRequests.crowd = Crowd(settings, limits or Limits(settings))
    config = uvicorn.Config(
        app,
        http=BoundedRequests,
        ws=BoundedSocket,
        loop="uvloop",
        lifespan="on",
        interface="asgi3",
        ws_max_size=settings.socket_message_bytes + SLACK_BYTES,
        ws_max_queue=settings.socket_queue,
        ws_ping_interval=settings.socket_ping_s,
        ws_ping_timeout=settings.socket_pong_s,
        ws_per_message_deflate=False,
        proxy_headers=False,  # the peer is worked out in server.auth.peers
        server_header=False,
        access_log=False,
        log_config=None,
        limit_concurrency=settings.connections * 3 // 4 or 1,  # the rest is for sessions (server.bounded_requests)
        timeout_keep_alive=5,
        timeout_graceful_shutdown=settings.drain_s,
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.certificate_key,
    )
    config.load()
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
    return config


class Listener(uvicorn.Server):
    """A server that says when it is ready, and that drains before it closes: `on_ready` after it listens,
    `on_drain` at the first SIGTERM or SIGINT, before any connection is closed. A second signal stops it at once."""

    def __init__(
        self, config: uvicorn.Config, on_ready: Callable[[], None], on_drain: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._on_drain = on_drain
        self._draining: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the app, listen, and say so."""
        await super().startup(sockets)
        if self.started and not self.should_exit:
            self._on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the two stop signals on the loop, where the drain can run."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def stop(self) -> None:
        """Drain, then close. Again: close now."""
        if self._draining is None:
            self._draining = asyncio.get_running_loop().create_task(self._drain())
        else:
            self.should_exit = True
            self.force_exit = True

    def give_up(self) -> None:
        """As a first signal does; nothing more when it stops already."""
        if self._draining is None:
            self.stop()

    async def _drain(self) -> None:
        try:
            await asyncio.wait_for(self._on_drain(), self.config.timeout_graceful_shutdown)
        except Exception as error:  # whatever it is, the server stops
            _log.error("drain.failed", kind=type(error).__name__, exc_info=error)
        finally:
            self.should_exit = True
