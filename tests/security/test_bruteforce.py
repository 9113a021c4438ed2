"""Guessing passwords and links soon costs more time than it is worth, and tells nothing."""

from collections.abc import Callable

from tests.support.server import HearthServer
from tests.support.visitor import Visitor

NewVisitor = Callable[[], Visitor]


def test_five_wrong_passwords_and_then_a_wait(visitor: NewVisitor) -> None:
    browser = visitor()
    wrong = {"email": "nobody-here@agency.example", "password": "wrong"}
    assert [browser.post("/api/sign-in", wrong).code for _ in range(5)] == ["sign_in.refused"] * 5
    reply = browser.post("/api/sign-in", wrong)
    assert (reply.status, reply.code) == (429, "sign_in.wait")
    assert int(reply.header("retry-after") or 0) >= 1


def test_a_wait_at_one_address_keeps_nobody_out_at_another(visitor: NewVisitor) -> None:
    wrong = {"email": "rotated@agency.example", "password": "wrong"}
    browser = visitor()
    assert [browser.post("/api/sign-in", wrong).status for _ in range(6)] == [401] * 5 + [429]
    assert visitor().post("/api/sign-in", wrong).status == 401


def test_rotating_the_header_does_not_help_without_a_proxy(direct: HearthServer) -> None:
    browser = Visitor(direct, source="127.7.0.1")
    wrong = {"email": "guessed@agency.example", "password": "wrong"}
    statuses = [
        browser.post("/api/sign-in", wrong, **{"x-forwarded-for": f"203.0.113.{number}"}).status for number in range(7)
    ]
    assert statuses[:5] == [401] * 5 and 429 in statuses[5:]


def test_an_unknown_person_and_a_wrong_password_look_the_same(visitor: NewVisitor, hearth: HearthServer) -> None:
    known = visitor().post("/api/sign-in", {"email": hearth.sign_in("supervisor").email, "password": "wrong"})
    unknown = visitor().post("/api/sign-in", {"email": "unknown@agency.example", "password": "wrong"})
    assert (known.status, known.body) == (unknown.status, unknown.body)


def test_one_link_is_tried_at_most_five_times_a_minute(visitor: NewVisitor) -> None:
    statuses = [visitor().spend("Z" * 43).status for _ in range(7)]
    assert statuses[:5] == [404] * 5 and 429 in statuses[5:]


def test_a_bent_token_is_unknown(visitor: NewVisitor, hearth: HearthServer) -> None:
    token = hearth.link("kin").token
    # Marks around a whole token do no harm (tests/security/test_bent_links.py); others open nothing.
    for bent in (
        token + "A",
        token[:-1],
        token.swapcase(),
        f"{token[:20]}.{token[20:]}",
        "A" + token,
        f"x{token}x",
        "",
    ):
        reply = visitor().spend(bent)
        assert (reply.status, reply.code) == (404, "link.unknown"), bent
