"""What people with a link do before they are in: spend it, come back, choose a language, leave. No account."""

import time
from datetime import datetime
from typing import Any

import msgspec
from babel.dates import format_datetime, get_timezone
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Response
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from markupsafe import Markup, escape

from server.auth import cookies
from server.auth.doorway import peer_of
from server.auth.guards import same_origin
from server.auth.headers import CLEAR_SITE_DATA
from server.auth.limits import Limits
from server.config import Settings
from server.errors import HttpError
from server.routes.bodies import Language, form_field, json_body
from server.routes.link_text import token_in
from server.routes.link_words import PAGE, TOLD
from server.routes.pages import language_of, render, words_and_phone
from server.services.links import Guest, GuestMeeting, LinkError, Links

AnyRequest = Request[Any, Any, Any]


class Spend(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /api/links/spend: the token, or what became of the link that holds it."""

    token: str

    def __repr__(self) -> str:
        """A token cannot be printed."""
        return "Spend()"


class Joining(msgspec.Struct, frozen=True, kw_only=True):
    """Who the link belongs to and what they may know before they are admitted. `state`: "seated" or "second_device"."""

    name: str
    language: str
    state: str
    meeting: GuestMeeting

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"Joining({self.state})"


def joining(guest: Guest) -> Joining:
    """The guest as the page gets it."""
    return Joining(name=guest.name, language=guest.language, state=guest.state, meeting=guest.meeting)


@post("/api/links/spend", status_code=HTTP_200_OK)
async def spend(
    request: AnyRequest,
    settings: NamedDependency[Settings],
    limits: NamedDependency[Limits],
    links: NamedDependency[Links],
) -> Response[Joining]:
    """Open a link in this browser: the first one is bound to it.

    404 `link.unknown`, 410 `link.revoked` | `meeting.over`, 425 `meeting.too_early` |
    `meeting.moved`, 429.
    """
    await same_origin(request, settings)
    body = await json_body(request, Spend)
    token = token_in(body.token)
    _count(limits, request, token)
    if not token:
        raise LinkError("link.unknown")
    spent = await links.spend(token, cookies.read(request.scope["headers"], cookies.GUEST))
    limits.know(spent.cookie)
    return Response(joining(spent.guest), cookies=[cookies.guest_cookie(spent.cookie)])


@get("/api/join")
async def join(guest: NamedDependency[Guest], links: NamedDependency[Links]) -> Joining:
    """The same for a browser that comes back with its cookie. 425 `meeting.moved` where it came for an earlier time."""
    return joining(links.in_time(guest))


@post("/api/join/language", status_code=HTTP_200_OK)
async def language(request: AnyRequest, guest: NamedDependency[Guest], links: NamedDependency[Links]) -> Joining:
    """Keep the language this person chose."""
    body = await json_body(request, Language)
    gid = cookies.read(request.scope["headers"], cookies.GUEST)
    return joining(await links.choose_language(gid or "", body.language))


@post("/api/join/leave", status_code=HTTP_204_NO_CONTENT)
async def leave(
    request: AnyRequest, settings: NamedDependency[Settings], links: NamedDependency[Links]
) -> Response[None]:
    """Forget this person here: the session ends and the browser empties what it kept. Works without a session too."""
    await same_origin(request, settings)
    gid = cookies.read(request.scope["headers"], cookies.GUEST)
    if gid:
        await links.leave(gid)
    return Response(
        None,
        status_code=HTTP_204_NO_CONTENT,
        headers={"Clear-Site-Data": CLEAR_SITE_DATA},
        cookies=[cookies.ended(cookies.GUEST)],
    )


@post("/j/enter", status_code=HTTP_200_OK, include_in_schema=False)
async def enter(
    request: AnyRequest,
    settings: NamedDependency[Settings],
    limits: NamedDependency[Limits],
    links: NamedDependency[Links],
) -> Response[str]:
    """For browsers without scripts: who the pasted link is for and how to take part. Spends nothing."""
    language = language_of(request)
    token = token_in(await form_field(request, "link"))
    _count(limits, request, token)
    values = words_and_phone(language, settings)
    try:
        guest = await links.look(token)
    except LinkError as error:
        title, text = TOLD[language].get(error.code, TOLD[language]["other"])
        lines = [text.format(when=_time(error.scheduled_at, error.time_zone, language))]
        status = 404 if error.code == "link.unknown" else 410
        return render(request, "enter.html", {**values, "title": title, "lines": lines}, status)
    words = PAGE[language]
    when = _time(guest.meeting.scheduled_at, guest.meeting.time_zone, language)
    lines = [
        words["enter_when"].format(when=when),
        _with_name(words["enter_with"], facilitator=guest.meeting.facilitator_first_name),
        words["enter_how"],
    ]
    title = _with_name(words["enter_hello"], name=guest.name)
    return render(request, "enter.html", {**values, "title": title, "lines": lines})


def _with_name(words: str, **names: str) -> Markup:
    """Our sentence with somebody's name in it, in the direction of the name."""
    return escape(words).format(**{key: Markup("<bdi>{}</bdi>").format(name) for key, name in names.items()})


def _time(at: datetime | None, zone: str | None, language: str) -> str:
    if at is None or zone is None:
        return ""
    pattern = "EEEE d 'de' MMMM, h:mm a (VVVV)" if language == "es" else "EEEE, MMMM d, h:mm a (VVVV)"
    return format_datetime(at, pattern, tzinfo=get_timezone(zone), locale=language)


def _count(limits: Limits, request: AnyRequest, token: str) -> None:
    """By the link. Its 256 bits are not guessed, so the address counts for floods only."""
    now = time.monotonic()
    # What holds no token is nobody's link: counted as one, it would make each wait for all others with half a link.
    pause = limits.link_by_token.take(cookies.digest(token), now) if token else 0.0
    pause = pause or limits.link_by_peer.take(peer_of(request), now)
    if pause:
        raise HttpError(429, "rate.exceeded", "Many tries. Please wait a minute.", retry_s=pause)
