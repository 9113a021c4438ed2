"""Session cookies: written strictly, read strictly, never chosen by the visitor."""

from collections.abc import Callable

from tests.support.server import HearthServer
from tests.support.visitor import Reply, Visitor

NewVisitor = Callable[[], Visitor]


def written(reply: Reply) -> dict[str, str]:
    found = [value for name, value in reply.headers if name.lower() == "set-cookie"]
    return {line.partition("=")[0]: line.lower() for line in found}


def test_staff_cookies_have_every_attribute(visitor: NewVisitor, hearth: HearthServer) -> None:
    lines = written(visitor().sign_in(hearth.sign_in("facilitator")))
    assert set(lines) == {"__Host-sid", "__Host-csrf", "__Host-device"}
    for line in lines.values():
        assert "secure" in line and "path=/" in line and "domain=" not in line
    assert "httponly" in lines["__Host-sid"] and "samesite=lax" in lines["__Host-sid"]
    assert "httponly" in lines["__Host-device"] and "samesite=strict" in lines["__Host-device"]
    assert "httponly" not in lines["__Host-csrf"] and "samesite=strict" in lines["__Host-csrf"]


def test_the_guest_cookie_lasts_only_this_browser_session(visitor: NewVisitor, hearth: HearthServer) -> None:
    line = written(visitor().spend(hearth.link("provider").token))["__Host-gid"]
    assert "secure" in line and "httponly" in line and "samesite=strict" in line and "path=/" in line
    assert "max-age" not in line and "expires" not in line


def test_a_planted_session_is_not_taken_over(visitor: NewVisitor, hearth: HearthServer) -> None:
    browser = visitor()
    planted = "P" * 43
    browser.cookies["__Host-sid"] = planted
    browser.sign_in(hearth.sign_in("facilitator"))
    assert browser.cookies["__Host-sid"] != planted
    browser.cookies["__Host-sid"] = planted
    assert browser.get("/api/me").status == 401


def test_two_session_cookies_are_none(visitor: NewVisitor, hearth: HearthServer) -> None:
    browser = visitor()
    browser.sign_in(hearth.sign_in("facilitator"))
    sid = browser.cookies["__Host-sid"]
    assert browser.get("/api/me", cookie=f"__Host-sid={sid}").status == 200
    assert browser.get("/api/me", cookie=f"__Host-sid={sid}; __Host-sid={'B' * 43}").status == 401


def test_many_and_long_cookies_are_refused_calmly(visitor: NewVisitor) -> None:
    many = "; ".join(f"c{number}=1" for number in range(200))
    assert visitor().get("/api/me", cookie=many).status == 401
    assert visitor().get("/api/me", cookie="a=" + "x" * 4200).status == 401
    assert visitor().get("/api/me", cookie='__Host-csrf="><script>alert(1)</script>').status == 401


def test_the_csrf_value_belongs_to_one_session(visitor: NewVisitor, hearth: HearthServer) -> None:
    one, other = visitor(), visitor()
    one.sign_in(hearth.sign_in("facilitator"))
    other.sign_in(hearth.sign_in("caseworker"))
    mine, one.csrf = one.csrf, other.csrf
    assert one.post("/api/me/language", {"language": "en"}).code == "csrf.wrong"
    one.csrf = ""
    assert one.post("/api/me/language", {"language": "en"}).code == "csrf.wrong"
    one.csrf = mine
    assert one.post("/api/me/language", {"language": "en"}).status == 204


def test_signing_out_ends_the_session_on_the_server(visitor: NewVisitor, hearth: HearthServer) -> None:
    browser = visitor()
    browser.sign_in(hearth.sign_in("supervisor"))
    sid = browser.cookies["__Host-sid"]
    assert browser.post("/api/sign-out").status == 204
    assert "__Host-sid" not in browser.cookies
    assert browser.get("/api/me", cookie=f"__Host-sid={sid}").status == 401
