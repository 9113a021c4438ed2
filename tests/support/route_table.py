"""Every HTTP route of the server, from the table the app is made of (`server.app.ROUTES`).

Not from the OpenAPI document: that leaves out pages, probes and assets, and knows nothing of bodies, which routes read
themselves.
"""

import inspect
import re
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler, WebsocketRouteHandler

from server.app import ROUTES
from tests.support.samples import id_names

_PARAMETER = re.compile(r"\{(\w+):\w+\}")
_BODY = re.compile(r"json_body\(request, (\w+)\)")


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one address. `path` has its parameters as {name}; `body` is the struct it reads, if any; `ids` are
    the names of the ids it takes, in its address, its query or its body."""

    method: str
    path: str
    ids: frozenset[str]
    body: type[Any] | None
    is_for_staff: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes() -> list[Route]:
    """All of them, by address."""
    handlers = [handler for handler in ROUTES if isinstance(handler, HTTPRouteHandler)]
    found = [
        _route(handler, method, path)
        for handler in handlers
        for path in handler.paths
        for method in handler.http_methods
    ]
    return sorted(found, key=lambda route: (route.path, route.method))


def socket_paths() -> list[str]:
    """Where sockets are opened."""
    return sorted(path for handler in ROUTES if isinstance(handler, WebsocketRouteHandler) for path in handler.paths)


def _route(handler: HTTPRouteHandler, method: str, path: str) -> Route:
    taken = inspect.signature(handler.fn).parameters
    body = _body(handler)
    ids = set(_PARAMETER.findall(path)) - {"path"}  # the rest of an address names no object
    ids |= {name for name in taken if name.endswith("_id")} | (id_names(body) if body else set())
    return Route(
        method=method,
        path=_PARAMETER.sub(r"{\1}", path),
        ids=frozenset(ids),
        body=body,
        is_for_staff="staff" in taken,
    )


def _body(handler: HTTPRouteHandler) -> type[Any] | None:
    source = inspect.getsource(handler.fn)
    named = _BODY.findall(source)
    assert len(named) == source.count("json_body("), f"the body of {handler.fn.__name__} is not seen: name its struct"
    assert "request.json(" not in source, f"{handler.fn.__name__} reads a body of no known shape"
    found: type[Any] | None = handler.fn.__globals__[named[0]] if named else None
    return found
