"""Is it alive, is it ready, what does it count."""

import hmac
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Response

from server.config import Settings
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
async def metrics(
    request: Request[Any, Any, Any], metrics: NamedDependency[Metrics], settings: NamedDependency[Settings]
) -> Response[bytes]:
    """Counts, for whoever shows HEARTH_METRICS_TOKEN as a Bearer. Nobody else learns that they are here: another
    program on this machine, and whoever comes through a proxy on it, has its address and no more right than a stranger.
    """
    shown, token = request.headers.get("authorization", ""), settings.metrics_token
    if not token or not hmac.compare_digest(shown.encode("utf-8", "replace"), f"Bearer {token}".encode()):
        raise HttpError(404)
    return Response(metrics.text(), media_type=CONTENT_TYPE)
