"""Every refusal is application/problem+json with a stable code, and says nothing of the inside."""

from collections.abc import Callable

import pytest

from tests.support.server import HearthServer
from tests.support.visitor import Visitor

NewVisitor = Callable[[], Visitor]
JSON = {"content-type": "application/json", "sec-fetch-site": "same-origin"}

CASES = [
    ("GET", "/no/such/page", None, {}, 404, "page.unknown"),
    ("GET", "/assets/../server/config.py", None, {}, 404, "page.unknown"),
    ("GET", "/assets/..%2f..%2fserver%2fconfig.py", None, {}, 404, "page.unknown"),
    ("GET", "/assets/%00", None, {}, 404, "page.unknown"),
    ("GET", "/assets/%c0%ae%c0%ae/x", None, {}, 404, "page.unknown"),
    ("PUT", "/api/me", b"{}", JSON, 405, "method.not_allowed"),
    ("GET", "/api/sign-in", None, {}, 405, "method.not_allowed"),
    ("HEAD", "/api/links/spend", None, {}, 405, None),
    ("POST", "/api/links/spend", b"{", JSON, 400, "request.malformed"),
    ("POST", "/api/links/spend", b"\xff\xfe", JSON, 400, "request.malformed"),
    ("POST", "/api/links/spend", b"[" * 60_000, JSON, 400, None),
    ("POST", "/api/links/spend", b'{"token": NaN}', JSON, 400, "request.malformed"),
    ("POST", "/api/links/spend", b"{}", JSON, 422, "body.invalid"),
    ("POST", "/api/links/spend", b'{"token": 7}', JSON, 422, "body.invalid"),
    ("POST", "/api/links/spend", b'{"token": "x", "admin": true}', JSON, 422, "body.invalid"),
    ("POST", "/api/links/spend", b"token=x", {**JSON, "content-type": "text/plain"}, 415, "body.not_json"),
    ("POST", "/api/links/spend", b'{"token":"' + b"x" * 70_000 + b'"}', JSON, 413, "body.too_large"),
    ("POST", "/api/links/spend", b"{}", {"content-type": "application/json"}, 403, "request.cross_site"),
    ("POST", "/api/sign-in", b"{}", {**JSON, "sec-fetch-site": "cross-site"}, 403, "request.cross_site"),
    ("GET", "/api/me", None, {}, 401, "sign_in.required"),
    ("GET", "/api/join", None, {}, 401, "guest.signed_out"),
    ("POST", "/api/tickets", b"{}", JSON, 401, "guest.signed_out"),
    ("POST", "/api/tickets", b'{"meeting_id":"../etc"}', JSON, 422, "body.invalid"),
    ("GET", "/" + "a" * 3000, None, {}, 414, "url.too_long"),
    ("GET", "/j", None, {"x-much": "a" * 17_000}, 431, "headers.too_large"),
    ("GET", "/metrics", None, {}, 404, "page.unknown"),
]


@pytest.mark.parametrize(("method", "path", "body", "headers", "status", "code"), CASES)
def test_a_refusal_is_a_problem(
    visitor: NewVisitor,
    method: str,
    path: str,
    body: bytes | None,
    headers: dict[str, str],
    status: int,
    code: str | None,
) -> None:
    browser = visitor()
    blank = {"sec-fetch-site": "", "origin": ""} if method == "POST" else {}
    reply = browser.request(method, path, body, blank | headers)
    assert reply.header("content-type") == "application/problem+json"
    if method == "HEAD":
        assert (reply.status, reply.body) == (status, b"")
        return
    if code is not None:
        assert (reply.status, reply.code) == (status, code)
    assert set(reply.json) >= {"type", "title", "status", "detail", "code"}
    assert reply.json["status"] == reply.status
    assert b"Traceback" not in reply.body and b".py" not in reply.body


def test_many_multipart_parts_and_doubled_keys_are_refused(visitor: NewVisitor) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="link"\r\n\r\nx\r\n'
    kind = {"content-type": "multipart/form-data; boundary=b"}
    assert visitor().request("POST", "/j/enter", part * 500, kind).code == "body.not_form"
    doubled = b'{"email":"a@b.example","email":"c@d.example","password":"x"}'
    assert visitor().request("POST", "/api/sign-in", doubled, JSON).status == 401


def test_control_characters_do_not_reach_the_log(visitor: NewVisitor, hearth: HearthServer) -> None:
    visitor().get("/nothing%0d%0a%1b[31mhere", **{"user-agent": "\x1b[31mred"})
    assert "\x1b" not in hearth.log_text()


def test_the_log_of_all_this_holds_no_secret(visitor: NewVisitor, hearth: HearthServer) -> None:
    browser = visitor()
    browser.sign_in(hearth.sign_in("supervisor"))
    browser.spend(hearth.link("youth").token)
    log = hearth.log_text()
    private = [browser.cookies["__Host-sid"], hearth.link("youth").token, "Reyes", "Dana", "@agency.example"]
    assert [one for one in private if one in log] == []


def test_unknown_paths_with_line_breaks_are_just_unknown(visitor: NewVisitor) -> None:
    reply = visitor().get("/j%0d%0aSet-Cookie:%20a=b")
    assert reply.code == "page.unknown" and reply.header("set-cookie") is None
