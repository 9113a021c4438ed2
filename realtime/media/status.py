"""What a media node tells those who watch it, over HTTP on a port of its own: /healthz to everyone, /metrics by token.

Its own thread: a node too busy to forward packets must still be able to say so.
"""

import hmac
import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import make_server

from prometheus_client import CollectorRegistry, Gauge, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer, _SilentHandler

SLOW_S = 5.0  # a reader that sends nothing for so long is let go


class CannotTell(Exception):
    """The status port cannot be used. The text is for the person who starts the node."""


class _Handler(_SilentHandler):
    timeout = SLOW_S


class Status:
    """A running status port at `host`:`port` (0 picks one). `is_well` and `counts` are asked at each request; a count
    is called `hearth_media_NAME`. Without a `token` there are no metrics for anyone."""

    def __init__(
        self, host: str, port: int, token: str, is_well: Callable[[], bool], counts: dict[str, Callable[[], float]]
    ) -> None:
        self._token = token
        self._is_well = is_well
        registry = CollectorRegistry()
        for name, count in counts.items():
            Gauge(f"hearth_media_{name}", name.replace("_", " "), registry=registry).set_function(count)
        self._metrics = make_wsgi_app(registry)
        try:
            self._server = make_server(host, port, self._answer, ThreadingWSGIServer, _Handler)
        except OSError as error:
            raise CannotTell(
                f"The media node cannot listen on {host}:{port} ({error.strerror}). "
                "Choose another place with --status (HEARTH_STATUS)."
            ) from error
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True, name="media-status").start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/healthz":
            well = self._is_well()
            return _said(start, "200 OK" if well else "503 Service Unavailable", b"alive\n" if well else b"not well\n")
        if environ["PATH_INFO"] == "/metrics" and self._may_read(environ.get("HTTP_AUTHORIZATION", "")):
            return self._metrics(environ, start)  # type: ignore[no-any-return]
        return _said(start, "404 Not Found", b"There is nothing here.\n")

    def _may_read(self, authorization: str) -> bool:
        wanted = f"Bearer {self._token}".encode()
        return bool(self._token) and hmac.compare_digest(authorization.encode("utf-8", "replace"), wanted)


def _said(start: Callable[..., Any], status: str, text: bytes) -> list[bytes]:
    start(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(text))), ("Cache-Control", "no-store")])
    return [text]
