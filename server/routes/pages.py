"""The HTML pages: `/j` for people with a link, `/app` for staff. They hold nothing of any case; GET changes nothing."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Redirect, Response
from litestar.status_codes import HTTP_303_SEE_OTHER
from markupsafe import Markup

from server.auth.doorway import nonce_of
from server.config import Settings
from server.routes.assets import BUILD_COMMAND, Assets
from server.routes.link_text import is_bent_path, token_in
from server.routes.link_words import LANGUAGES, PAGE, chosen_language, script_words

JOIN_ENTRY = "src/main-join.ts"
STAFF_ENTRY = "src/main-staff.ts"

AnyRequest = Request[Any, Any, Any]


def _json(value: object) -> Markup:
    """JSON that may stand inside a script element."""
    text = msgspec.json.encode(value).decode()
    for unsafe in "<>&\u2028\u2029":
        text = text.replace(unsafe, f"\\u{ord(unsafe):04x}")
    return Markup(text)  # noqa: S704  escaped for a script element just above


def _squeezed(code: str) -> str:
    """A script or style without indents, empty lines and lines that are only a remark: a phone on a weak link waits for
    every one of them."""
    lines = (line.strip() for line in code.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))


@cache
def templates() -> Environment:
    """The page templates, escaping everything."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).resolve().parent.parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["tojson"] = _json
    environment.filters["squeezed"] = lambda code: Markup(_squeezed(code))  # noqa: S704  our own templates' code
    return environment


def render(request: AnyRequest, template: str, values: Mapping[str, object], status: int = 200) -> Response[str]:
    """One page with the nonce of its response."""
    text = templates().get_template(template).render({**values, "nonce": nonce_of(request)})
    headers = {"vary": "accept-language"}
    return Response(text, media_type="text/html", status_code=status, headers=headers)


def language_of(request: AnyRequest) -> str:
    """English or Spanish, as asked for in the address or by the browser."""
    return chosen_language(request.query_params.get("lang"), request.headers.get("accept-language", ""))


def words_and_phone(language: str, settings: Settings) -> dict[str, object]:
    """What every family page needs. Without a number set, the pages name none; without an exit page, it is empty."""
    phone = settings.office_phone
    return {
        "language": language,
        "other": "en" if language == "es" else "es",
        "words": PAGE[language],
        "phone": phone,
        "phone_digits": "".join(letter for letter in phone if letter.isdigit() or letter == "+"),
        "quick_exit_url": settings.quick_exit_url or "about:blank",
    }


def way_of_bent_link(request: AnyRequest) -> Response[Any] | None:
    """Where an address leads that is a personal link with its token in the path or query, or `/j` in capitals or with
    marks around it; None for any other. There the token stands in a fragment again, and no server is sent it twice. (A
    fragment the browser holds stays with it over a redirect that names none.)"""
    if request.method != "GET":
        return None
    query = request.scope["query_string"].decode("latin-1")
    raw = (request.scope.get("raw_path") or b"").decode("latin-1")
    token = token_in(f"{raw}?{query}")
    if not token and not is_bent_path(raw):
        return None
    language = request.query_params.get("lang")
    kept = f"?lang={language}" if language in LANGUAGES else ""
    fragment = f"#{token}" if token else ""
    return Response(None, status_code=HTTP_303_SEE_OTHER, headers={"location": f"/j{kept}{fragment}"})


@get("/", include_in_schema=False)
async def front() -> Redirect:
    """Staff come by the bare address."""
    return Redirect("/app", status_code=302)


@get("/j", include_in_schema=False)
async def link_page(
    request: AnyRequest, settings: NamedDependency[Settings], assets: NamedDependency[Assets]
) -> Response[str]:
    """The page every personal link opens. The same bytes for everyone but for language and nonce."""
    if way := way_of_bent_link(request):
        return way
    language = language_of(request)
    values = {
        **words_and_phone(language, settings),
        "script_words": script_words(language),
        "entry": assets.entry(JOIN_ENTRY),
    }
    return render(request, "link.html", values)


@get(["/app", "/app/{path:path}"], include_in_schema=False)
async def staff_page(request: AnyRequest, assets: NamedDependency[Assets]) -> Response[str]:
    """The shell of the staff app."""
    entry = assets.entry(STAFF_ENTRY)
    if entry is None:
        return render(request, "unbuilt.html", {"command": BUILD_COMMAND}, status=503)
    return render(request, "app.html", {"language": language_of(request), "entry": entry})
