"""Requests as the framework hands them to guards and readers of bodies."""

from typing import Any, cast

from litestar import Request, post


@post("/api/x", request_max_body_size=None)
async def _route() -> None:
    """The route the requests are for; sizes are the doorway's."""


def request(
    method: str = "GET", body: bytes = b"", path_template: str = "/api/x", **headers: str
) -> Request[Any, Any, Any]:
    """A request with these headers (`content_type="text/html"` is Content-Type)."""
    named = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": "/api/x",
        "path_template": path_template,
        "query_string": b"",
        "headers": named,
        "state": {},
        "route_handler": _route,
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(cast(Any, scope), cast(Any, receive))
