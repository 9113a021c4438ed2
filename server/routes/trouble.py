"""A refusal as a page, where a person's browser goes to one. (Programs get `application/problem+json`.)

No page holds a word of what was asked for: the address may carry a token.
"""

from collections.abc import Iterable

from server.auth.doorway import NONCE, App, Message, Receive, Scope, Send
from server.config import Settings
from server.errors import PROBLEM_JSON
from server.routes.link_words import PAGE, TROUBLE, chosen_language
from server.routes.pages import templates, words_and_phone

HTML = "text/html; charset=utf-8"

Headers = Iterable[tuple[bytes, bytes]]

# What a person is told, by status; anything else is "other".
_KINDS = {
    401: "signed_out",
    404: "nothing",
    405: "nothing",
    410: "nothing",
    425: "unready",
    429: "busy",
    503: "unready",
}


def wants_page(headers: Headers) -> bool:
    """Whether a person looks at the answer: the browser says that it goes to a page, or, where it is too old to say,
    takes HTML and asks for no JSON."""
    found = {name.lower(): value.decode("latin-1").lower() for name, value in headers}
    if mode := found.get(b"sec-fetch-mode"):
        return mode == "navigate"
    accepted = found.get(b"accept", "")
    return "text/html" in accepted and "json" not in accepted


def page_for(settings: Settings, headers: Headers, nonce: str, status: int) -> bytes | None:
    """The page for these request headers, None where a program asked: what is the matter in plain words, what to do,
    and the number to call. `nonce` is that of the answer's policy."""
    headers = list(headers)
    if not wants_page(headers):
        return None
    accepted = next((value.decode("latin-1") for name, value in headers if name.lower() == b"accept-language"), "")
    language = chosen_language(None, accepted)
    kind = _KINDS.get(status, "other")
    title, text = TROUBLE[language][kind]
    values = {
        **words_and_phone(language, settings),
        "title": title,
        "text": text,
        "open": PAGE[language]["paste_title"],
        "has_staff_door": kind == "signed_out",
        "nonce": nonce,
    }
    return templates().get_template("trouble.html").render(values).encode()


class ReadableRefusals:
    """Wraps the whole app: where a person's browser would get a problem, it gets the page, under the same status and
    headers. Reads the answer only, so that no refusal can be forgotten."""

    def __init__(self, app: App, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        page: bytes | None = None

        async def readable(message: Message) -> None:
            nonlocal page
            if message["type"] == "http.response.start" and _is_problem(message["headers"]):
                page = page_for(self._settings, scope["headers"], scope[NONCE], message["status"])
                if page is not None:
                    message = {**message, "headers": _of_page(message["headers"], page)}
            elif message["type"] == "http.response.body" and page is not None:
                body = b"" if scope["method"] == "HEAD" else page
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self._app(scope, receive, readable)


def _is_problem(headers: Headers) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(PROBLEM_JSON.encode()) for name, value in headers)


def _of_page(headers: Headers, page: bytes) -> list[tuple[bytes, bytes]]:
    kept = [one for one in headers if one[0].lower() not in (b"content-type", b"content-length")]
    return [
        *kept,
        (b"content-type", HTML.encode()),
        (b"content-length", str(len(page)).encode()),
        (b"vary", b"accept, accept-language"),
    ]
