"""Staff sign in and out, and who is signed in."""

import time
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Response
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from msgspec import Meta

from server.auth import cookies
from server.auth.attempts import Attempt
from server.auth.devices import ID_LETTERS, device_of, remembering
from server.auth.doorway import peer_of
from server.auth.guards import same_origin
from server.auth.headers import CLEAR_BUT_COOKIES
from server.auth.limits import Limits
from server.auth.passwords import PasswordCheck
from server.auth.turns import TooMany
from server.config import Settings, line_to_set
from server.errors import HttpError
from server.routes.bodies import Language, json_body
from server.services.clock import new_secret
from server.services.sign_in import StaffMember, StaffSession, StaffSessions

AnyRequest = Request[Any, Any, Any]


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /api/sign-in."""

    email: Annotated[str, Meta(min_length=3, max_length=254)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]

    def __repr__(self) -> str:
        """A password cannot be printed."""
        return "SignIn()"


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """The signed-in member of staff; `csrf` goes back in the X-CSRF-Token header of every change. `time_zone` is the
    agency's; `to_set` the line its operator has yet to set before a meeting can be scheduled, else empty."""

    staff_id: str
    name: str
    role: str
    language: str
    csrf: str
    time_zone: str
    to_set: str

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"Me({self.staff_id[:6]})"


@post("/api/sign-in", status_code=HTTP_200_OK)
async def sign_in(
    request: AnyRequest,
    settings: NamedDependency[Settings],
    limits: NamedDependency[Limits],
    staff_sessions: NamedDependency[StaffSessions],
    password_check: NamedDependency[PasswordCheck],
) -> Response[Me]:
    """Check e-mail and password; open a session under a new id, whatever cookie came along.

    401 `sign_in.refused` says the same for an unknown e-mail and a wrong password. 429 `sign_in.wait` after five wrong
    ones in a row of this browser, or of this address at this account, and while too many strangers try.
    """
    await same_origin(request, settings)
    body = await json_body(request, SignIn)
    email = body.email.strip().lower()
    cookie = cookies.read(request.scope["headers"], cookies.DEVICE) or ""
    known_to = await staff_sessions.by_email(email) if cookie else None
    device = device_of(cookie, known_to.password_hash) if known_to else None
    attempt = Attempt(limits, peer_of(request), cookies.digest(email), device)
    if pause := attempt.begin(time.monotonic()):
        raise _must_wait(pause)
    member = known_to or await staff_sessions.by_email(email)
    try:
        stored = member.password_hash if member else None
        place = device if attempt.is_known else peer_of(request)
        is_right = await password_check(
            stored, body.password, place=place, is_known=attempt.is_known, is_first=attempt.is_first
        )
    except TooMany as error:
        raise _must_wait(2) from error
    if member is None or not is_right:
        # A row each would let whoever hammers an account keep the database's writer busy for everybody.
        if member is not None and (unsaid := limits.traces.due(member.staff_id, time.monotonic())) is not None:
            await staff_sessions.refused(member.staff_id, unsaid)
        raise HttpError(401, "sign_in.refused", "This e-mail and password do not belong together.")
    attempt.succeeded(time.monotonic())
    await _end_old(request, staff_sessions)
    opened = await staff_sessions.open(member.staff_id)
    limits.know(opened.cookie)
    known = remembering(cookie, device or new_secret()[:ID_LETTERS], member.password_hash)
    me = _me(member, opened.csrf, settings)
    written = [cookies.staff_cookie(opened.cookie), cookies.csrf_cookie(opened.csrf), cookies.device_cookie(known)]
    return Response(me, cookies=written)


def _must_wait(pause: float) -> HttpError:
    return HttpError(429, "sign_in.wait", "Too many tries. Please wait a moment.", retry_s=pause)


@post("/api/sign-out", status_code=HTTP_204_NO_CONTENT)
async def sign_out(
    request: AnyRequest, staff: NamedDependency[StaffSession], staff_sessions: NamedDependency[StaffSessions]
) -> Response[None]:
    """End this session and empty the browser of what it kept; only that it is known to the account stays."""
    await _end_old(request, staff_sessions)
    return Response(
        None,
        status_code=HTTP_204_NO_CONTENT,
        headers={"Clear-Site-Data": CLEAR_BUT_COOKIES},
        cookies=[cookies.ended(name) for name in (cookies.STAFF, cookies.CSRF, cookies.GUEST)],
    )


@get("/api/me")
async def me(staff: NamedDependency[StaffSession], settings: NamedDependency[Settings]) -> Me:
    """Who is signed in."""
    return _me(staff, staff.csrf, settings)


def _me(person: StaffMember | StaffSession, csrf: str, settings: Settings) -> Me:
    return Me(
        staff_id=person.staff_id,
        name=person.name,
        role=person.role,
        language=person.language,
        csrf=csrf,
        time_zone=settings.practice_time_zone,
        to_set=line_to_set(settings.unset),
    )


@post("/api/me/language", status_code=HTTP_204_NO_CONTENT)
async def my_language(
    request: AnyRequest, staff: NamedDependency[StaffSession], staff_sessions: NamedDependency[StaffSessions]
) -> None:
    """Keep the language this person chose."""
    body = await json_body(request, Language)
    await staff_sessions.choose_language(staff.staff_id, body.language)


async def _end_old(request: AnyRequest, staff_sessions: StaffSessions) -> None:
    old = cookies.read(request.scope["headers"], cookies.STAFF)
    if old:
        await staff_sessions.close(old)
