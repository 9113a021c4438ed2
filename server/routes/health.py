"""Is it alive, is it ready, what does it count."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Response

from server.auth.doorway import peer_of
from server.errors import HttpError
from server.observability.metrics import CONTENT_TYPE, Metrics
from server.routes.readiness import Readiness


@get("/healthz", include_in_schema=False, media_type="text/plain")
async def alive() -> str:
    """The process answers."""
    return "alive\n"


@get("/readyz", include_in_schema=False, media_type="text/plain")
async def ready(readiness: NamedDependency[Readiness]) -> str:
    """The server takes meetings: not starting, not draining, and the database can be written. Lines after the first are
    what the operator must look at meanwhile, such as `audit: broken`."""
    missing = await readiness.missing()
    if missing:
        raise HttpError(503, "server.not_ready", f"Not ready: {missing}.", retry_s=2)
    return "".join(f"{line}\n" for line in ["ready", *readiness.warnings])


@get("/metrics", include_in_schema=False)
async def metrics(request: Request[Any, Any, Any], metrics: NamedDependency[Metrics]) -> Response[bytes]:
    """Counts, for this machine only."""
    if request.scope.get("client") is None or peer_of(request) not in ("127.0.0.1", "::/64"):
        raise HttpError(404)
    return Response(metrics.text(), media_type=CONTENT_TYPE)
