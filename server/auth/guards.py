"""Who may pass: signed-in staff, a person with a link, and changes only from our own pages.

Each is a Litestar dependency: a route that names it is guarded by it, and has no other way to the person's session.
"""

import hmac
import time
from typing import Any

from litestar import Request
from litestar.di import NamedDependency

from server.auth import cookies
from server.auth.limits import Limits
from server.auth.origins import allowed_origins, require_same_origin
from server.config import Settings
from server.errors import HttpError
from server.services.links import Guest, LinkError, Links
from server.services.sign_in import StaffSession, StaffSessions

CSRF_HEADER = "x-csrf-token"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})

AnyRequest = Request[Any, Any, Any]


async def staff(
    request: AnyRequest,
    staff_sessions: NamedDependency[StaffSessions],
    limits: NamedDependency[Limits],
    settings: NamedDependency[Settings],
) -> StaffSession:
    """The signed-in member of staff. A change also needs our own origin and the session's csrf value.

    Raises HttpError 401 `sign_in.required`, 403 `request.cross_site` or `csrf.wrong`, 429.
    """
    sid = cookies.read(request.scope["headers"], cookies.STAFF)
    session = await staff_sessions.find(sid) if sid else None
    if sid is None or session is None:
        raise HttpError(401)
    limits.know(sid)
    _count(limits, sid)
    if request.method not in _READING:
        require_same_origin(request.headers, allowed_origins(settings))
        given = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), session.csrf.encode()):
            raise HttpError(403, "csrf.wrong", "Please load the page again.")
    return session


async def guest(
    request: AnyRequest,
    links: NamedDependency[Links],
    limits: NamedDependency[Limits],
    settings: NamedDependency[Settings],
) -> Guest:
    """The person whose link this browser spent. A change must come from our own page.

    Raises HttpError 401 `guest.signed_out`, 403 `request.cross_site`, 429.
    """
    gid = cookies.read(request.scope["headers"], cookies.GUEST)
    if gid is None:
        raise _signed_out()
    _count(limits, gid)
    if request.method not in _READING:
        require_same_origin(request.headers, allowed_origins(settings))
    try:
        found = await links.guest(gid)
    except LinkError as error:
        raise _signed_out() from error
    limits.know(gid)
    return found


def _signed_out() -> HttpError:
    return HttpError(401, "guest.signed_out", "Please open your link again.")


async def same_origin(request: AnyRequest, settings: NamedDependency[Settings]) -> None:
    """For changes nobody is signed in for yet (spend a link, sign in). Raises HttpError 403 `request.cross_site`."""
    require_same_origin(request.headers, allowed_origins(settings))


def _count(limits: Limits, secret: str) -> None:
    if pause := limits.api.take(cookies.digest(secret), time.monotonic()):
        raise HttpError(429, retry_s=pause)
