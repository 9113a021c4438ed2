"""X-Forwarded-For is believed from a trusted proxy only, and then only its own hop."""

from tests.support.server import HearthServer
from tests.support.visitor import Visitor

WRONG = {"email": "forwarded@agency.example", "password": "wrong"}


def guesses(visitor: Visitor, addresses: list[str]) -> list[int]:
    """What wrong passwords of one account are answered, each with one of these headers."""
    return [visitor.post("/api/sign-in", WRONG, **{"x-forwarded-for": address}).status for address in addresses]


def test_without_a_trusted_proxy_rotating_the_header_does_not_help(direct: HearthServer) -> None:
    statuses = guesses(Visitor(direct, source="127.7.0.2"), [f"203.0.113.{number}" for number in range(8)])
    assert statuses[:5] == [401] * 5
    assert 429 in statuses[5:]


def test_behind_the_proxy_only_the_last_entry_counts(hearth: HearthServer) -> None:
    statuses = guesses(Visitor(hearth), [f"203.0.113.{number}, 198.18.1.1" for number in range(8)])
    assert statuses[:5] == [401] * 5
    assert 429 in statuses[5:]
    assert guesses(Visitor(hearth), ["198.18.1.2"]) == [401]


def test_a_proxy_that_nobody_trusts_is_told_of_in_the_log(direct: HearthServer) -> None:
    Visitor(direct).get("/j", **{"x-forwarded-for": "203.0.113.9"})
    told = [line for line in direct.logged() if line["event"] == "proxy.not_trusted"]
    assert [one["set"] for one in told] == ["HEARTH_TRUSTED_PROXIES=127.0.0.1"]


def test_forwarded_host_and_scheme_are_ignored(hearth: HearthServer) -> None:
    browser = Visitor(hearth, "198.18.1.3")
    reply = browser.get("/j", **{"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"})
    assert reply.status == 200
    assert "evil.example" not in (reply.header("content-security-policy") or "") + reply.body.decode()
    assert browser.get("/j", host="evil.example").code == "host.unknown"
