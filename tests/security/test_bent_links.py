"""Links that came bent, and refusals in a browser: no token in an address is told on, and nobody is shown JSON."""

from collections.abc import Callable

import pytest

from tests.support.office import Office
from tests.support.server import METRICS_TOKEN, HearthServer
from tests.support.visitor import Reply, Visitor

NewVisitor = Callable[[], Visitor]
NAVIGATION = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "sec_fetch_mode": "navigate"}
OLD_PHONE = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PATHS = ["/j%23{}", "/J%23{}", "/j%2523{}", "/j/{}", "/j?{}", "/j?token={}", "/J/?{}", "/j{}", "/j%20{}", "/j%23{}%3E."]


@pytest.mark.parametrize("path", PATHS)
def test_a_token_in_an_address_goes_back_into_the_fragment_unspent_and_unlogged(
    hearth: HearthServer, visitor: NewVisitor, path: str
) -> None:
    meeting = Office(hearth).schedules()
    token = meeting.token("Dana")
    for headers in (NAVIGATION, {}):
        reply = visitor().get(path.format(token), **headers)
        assert (reply.status, reply.header("location")) == (303, f"/j#{token}")
        assert reply.header("referrer-policy") == "no-referrer" and reply.header("cache-control") == "no-store"
        assert reply.header("set-cookie") is None and token.encode() not in reply.body
    assert token not in hearth.log_text() and token not in metrics(hearth)
    assert visitor().spend(token).json["state"] == "seated"


def metrics(hearth: HearthServer) -> str:
    return Visitor(hearth).get("/metrics", authorization=f"Bearer {METRICS_TOKEN}").body.decode()


@pytest.mark.parametrize("path", ["/J", "/j.", "/j)", "/j%3E", "/j%E2%80%9D"])
def test_the_path_in_capitals_or_with_marks_leads_to_the_link_page(visitor: NewVisitor, path: str) -> None:
    reply = visitor().get(path, **NAVIGATION)
    assert (reply.status, reply.header("location")) == (303, "/j")


def test_no_address_leads_anywhere_else(visitor: NewVisitor) -> None:
    for path in ("//evil.example/j%23" + "A" * 43, "/j?lang=%0d%0aSet-Cookie:a&" + "A" * 43, "/J?lang=fr"):
        reply = visitor().get(path, **NAVIGATION)
        assert (reply.header("location") or "/j").startswith("/j")
        assert reply.header("set-cookie") is None


REFUSED: list[tuple[str, str, dict[str, str], int]] = [
    ("GET", "/meeting", {}, 404),
    ("GET", "/api/no-such-thing", {}, 404),
    ("GET", "/assets/gone.js", {}, 404),
    ("GET", "/j/enter", {}, 405),
    ("GET", "/api/links/spend", {}, 405),
    ("GET", "/api/me", {}, 401),
    ("GET", "/api/join", {}, 401),
    ("GET", "/api/records/0/pdf", {}, 404),
    ("GET", "/" + "a" * 3000, {}, 414),
    ("GET", "/j", {"x-much": "a" * 17_000}, 431),
    ("GET", "/j", {"host": "elsewhere.example"}, 400),
    ("POST", "/j/enter", {"content-type": "text/plain"}, 415),
    ("HEAD", "/meeting", {}, 404),
]


@pytest.mark.parametrize(("method", "path", "headers", "status"), REFUSED)
@pytest.mark.parametrize("browser", [NAVIGATION, OLD_PHONE])
def test_a_refusal_in_a_browser_is_a_page_with_the_number_to_call(
    visitor: NewVisitor, browser: dict[str, str], method: str, path: str, headers: dict[str, str], status: int
) -> None:
    reply = visitor().request(method, path, None, {**browser, "accept-language": "es-MX", **headers})
    assert reply.status == status
    is_page(reply)
    if method != "HEAD":
        text = reply.body.decode()
        assert "555-0100" in text and '<html lang="es">' in text
        assert "urn:hearth" not in text and "{" not in text.partition("</style>")[2]


def is_page(reply: Reply) -> None:
    assert (reply.header("content-type") or "").startswith("text/html")
    policy = reply.header("content-security-policy") or ""
    assert "default-src 'none'" in policy
    if reply.body:
        nonce = policy.partition("style-src 'self' 'nonce-")[2].partition("'")[0]
        assert f'nonce="{nonce}"' in reply.body.decode()
        assert int(reply.header("content-length") or 0) == len(reply.body)


def test_too_many_tries_in_a_browser_are_told_on_a_page(visitor: NewVisitor) -> None:
    person = visitor()
    form = {"content-type": "application/x-www-form-urlencoded", **NAVIGATION}
    replies = [person.request("POST", "/j/enter", b"link=" + b"A" * 43, form) for _ in range(20)]
    slowed = [reply for reply in replies if reply.status == 429]
    assert slowed
    is_page(slowed[0])
    assert "wait" in slowed[0].body.decode().lower() and slowed[0].header("retry-after")


def test_people_with_half_a_link_do_not_wait_for_each_other(visitor: NewVisitor) -> None:
    for _ in range(30):
        form = {"content-type": "application/x-www-form-urlencoded"}
        assert visitor().request("POST", "/j/enter", b"link=half", form).status == 404
        assert visitor().spend("half").code == "link.unknown"


@pytest.mark.parametrize(
    "headers", [{}, {"accept": "*/*"}, {"accept": "application/json, text/html;q=0.5"}, {"sec_fetch_mode": "cors"}]
)
def test_programs_get_a_problem_as_before(visitor: NewVisitor, headers: dict[str, str]) -> None:
    assert visitor().get("/meeting", **headers).code == "page.unknown"
    assert visitor().get("/api/me", **headers).code == "sign_in.required"
