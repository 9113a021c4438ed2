"""Who gets a page and who a problem, and what the page says."""

from typing import Any

import pytest

from server.auth.doorway import NONCE
from server.config import Settings
from server.errors import PROBLEM_JSON, problem
from server.routes.trouble import ReadableRefusals, page_for, wants_page

SETTINGS = Settings(office_phone="(608) 266-1234", quick_exit_url="https://dull.example/")
BROWSER = [(b"accept", b"text/html,*/*;q=0.8"), (b"accept-language", b"es-MX,en;q=0.5")]
NONCE_VALUE = "bm9uY2U="


@pytest.mark.parametrize(
    ("headers", "wants"),
    [
        ([(b"sec-fetch-mode", b"navigate"), (b"accept", b"*/*")], True),
        ([(b"Sec-Fetch-Mode", b"cors"), (b"accept", b"text/html")], False),
        ([(b"accept", b"text/html,application/xhtml+xml")], True),
        ([(b"accept", b"application/json, text/html;q=0.5")], False),
        ([(b"accept", b"*/*")], False),
        ([], False),
    ],
)
def test_a_page_is_for_a_browser_that_goes_to_one(headers: list[tuple[bytes, bytes]], wants: bool) -> None:
    assert wants_page(headers) is wants


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (404, "no hay ninguna"),
        (401, "ya no tiene"),
        (429, "Espere"),
        (503, "Volvemos"),
        (500, "no funcionó"),
        (413, "no"),
    ],
)
def test_the_page_says_what_to_do_and_whom_to_call_in_the_language_of_the_browser(status: int, says: str) -> None:
    page = (page_for(SETTINGS, BROWSER, NONCE_VALUE, status) or b"").decode()
    assert says in page and '<html lang="es">' in page
    assert 'href="tel:6082661234"' in page and NONCE_VALUE in page
    assert ('href="/app"' in page) is (status == 401)


def test_without_a_number_the_page_names_none() -> None:
    page = (page_for(Settings(), BROWSER[:1], NONCE_VALUE, 404) or b"").decode()
    assert "tel:" not in page and "Please call the person who sent you the link." in page


async def answered(
    method: str, headers: list[tuple[bytes, bytes]], content_type: str
) -> tuple[dict[bytes, bytes], bytes]:
    """What comes out where the app answers with a problem body under this content type."""
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope[NONCE] = NONCE_VALUE
        own = [(b"content-type", content_type.encode()), (b"content-length", b"2"), (b"retry-after", b"7")]
        await send({"type": "http.response.start", "status": 429, "headers": own})
        await send({"type": "http.response.body", "body": problem(429, "rate.exceeded", "Wait.")})

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "headers": headers}
    await ReadableRefusals(app, SETTINGS)(scope, receive, send)
    return dict(sent[0]["headers"]), sent[1]["body"]


async def test_a_problem_for_a_browser_becomes_a_page_and_keeps_its_other_headers() -> None:
    headers, body = await answered("GET", BROWSER, PROBLEM_JSON)
    assert headers[b"content-type"].startswith(b"text/html") and headers[b"retry-after"] == b"7"
    assert int(headers[b"content-length"]) == len(body) and b"Espere" in body
    headers, body = await answered("HEAD", BROWSER, PROBLEM_JSON)
    assert int(headers[b"content-length"]) > 0 and body == b""


@pytest.mark.parametrize(("headers", "content_type"), [([], PROBLEM_JSON), (BROWSER, "application/json")])
async def test_anything_else_passes_as_it_is(headers: list[tuple[bytes, bytes]], content_type: str) -> None:
    found, body = await answered("GET", headers, content_type)
    assert found[b"content-length"] == b"2" and body.startswith(b"{")


async def test_sockets_and_the_start_are_left_alone() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    for kind in ("websocket", "lifespan"):
        await ReadableRefusals(app, SETTINGS)({"type": kind}, None, None)  # type: ignore[arg-type]
    assert seen == ["websocket", "lifespan"]
