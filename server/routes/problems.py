"""Every failure of a route as `application/problem+json` with a stable code, and nothing of its inside."""

from typing import Any

import structlog
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.response import Response
from litestar.status_codes import HTTP_404_NOT_FOUND

from meetings.errors import MeetingError
from server.errors import PROBLEM_JSON, STATUS_CODES, HttpError, problem
from server.persistence.refusal import StaleWrite, StorageUnavailable
from server.routes.pages import way_of_bent_link
from server.services.links import LinkError

_log = structlog.get_logger("hearth.http")

AnyRequest = Request[Any, Any, Any]

LINK_STATUS = {"link.unknown": 404, "meeting.too_early": 425, "meeting.moved": 425, "link.too_many_devices": 429}

# Refusals of the rules whose code says more than "conflict" about the HTTP status.
MEETING_STATUS = {
    "meeting.over": 410,
    "meeting.cancelled": 410,
    "meeting.closed": 410,
    "meeting.unknown": 404,
    "participant.unknown": 404,
    "participant.removed": 410,
    "case.unknown": 404,
    "record.unknown": 404,
    "staff.unknown": 404,
}


def _answer(error: HttpError) -> Response[bytes]:
    body = problem(error.status, error.code, error.text, error.extra)
    return Response(body, status_code=error.status, media_type=PROBLEM_JSON, headers=error.headers)


def refused(request: AnyRequest, error: HttpError) -> Response[bytes]:
    """Our own refusal."""
    return _answer(error)


def refused_by_rules(request: AnyRequest, error: MeetingError) -> Response[bytes]:
    """A refusal of the meeting's rules."""
    return _answer(HttpError(MEETING_STATUS.get(error.code, 409), error.code, error.text))


def refused_link(request: AnyRequest, error: LinkError) -> Response[bytes]:
    """A link or a guest session that is no good, with the time of a meeting that has not begun."""
    status = 401 if error.code == "guest.signed_out" else LINK_STATUS.get(error.code, 410)
    extra: dict[str, object] = {}
    if error.scheduled_at is not None:
        extra = {"scheduled_at": error.scheduled_at, "time_zone": error.time_zone}
    return _answer(HttpError(status, error.code, error.text, extra=extra))


def refused_by_framework(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """Unknown paths, wrong methods and the like. A personal link that was bent on its way is sent to where it leads."""
    status = error.status_code
    if status == HTTP_404_NOT_FOUND and (way := way_of_bent_link(request)):
        return way
    if status >= 500:
        return failed(request, error)
    code, text = STATUS_CODES.get(status, ("request.refused", "The request was refused."))
    allow = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return _answer(HttpError(status, code, text, headers=allow))


def unavailable(request: AnyRequest, error: Exception) -> Response[bytes]:
    """The database cannot be reached; nothing was acknowledged."""
    _log.warning("storage.unavailable", kind=type(error).__name__)
    return _answer(HttpError(503, "storage.unavailable", "Please try again in a moment.", retry_s=2))


def failed(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Ours: logged with its trace, answered without it."""
    route = request.scope.get("path_template", "")
    _log.error("request.failed", route=route, kind=type(error).__name__, exc_info=error)
    return _answer(HttpError(500))


HANDLERS: dict[int | type[Exception], Any] = {
    HttpError: refused,
    MeetingError: refused_by_rules,
    LinkError: refused_link,
    HTTPException: refused_by_framework,
    StorageUnavailable: unavailable,
    StaleWrite: unavailable,
    Exception: failed,
}
