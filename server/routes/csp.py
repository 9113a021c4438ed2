"""Where browsers report content the policy blocked. Counted; nothing of the report is kept."""

import time
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_204_NO_CONTENT

from server.auth.doorway import peer_of
from server.auth.limits import Limits
from server.errors import HttpError
from server.observability.metrics import Metrics


@post("/csp", status_code=HTTP_204_NO_CONTENT, include_in_schema=False)
async def report(
    request: Request[Any, Any, Any], metrics: NamedDependency[Metrics], limits: NamedDependency[Limits]
) -> None:
    """Count one report."""
    if pause := limits.csp.take(peer_of(request), time.monotonic()):
        raise HttpError(429, retry_s=pause)
    await request.body()
    metrics.csp_reports.inc()
