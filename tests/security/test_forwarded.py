"""X-Forwarded-For is believed from a trusted proxy only, and then only its own hop."""

from tests.support.server import HearthServer
from tests.support.visitor import Visitor


def spends(visitor: Visitor, addresses: list[str]) -> list[int]:
    return [
        visitor.post("/api/links/spend", {"token": f"{number:043d}"}, **{"x-forwarded-for": address}).status
        for number, address in enumerate(addresses)
    ]


def test_without_a_trusted_proxy_rotating_the_header_does_not_help(direct: HearthServer) -> None:
    statuses = spends(Visitor(direct), [f"203.0.113.{number}" for number in range(14)])
    assert statuses[:10] == [404] * 10
    assert 429 in statuses[10:]


def test_behind_the_proxy_only_the_last_entry_counts(hearth: HearthServer) -> None:
    statuses = spends(Visitor(hearth), [f"203.0.113.{number}, 198.18.1.1" for number in range(14)])
    assert statuses[:10] == [404] * 10
    assert 429 in statuses[10:]
    assert spends(Visitor(hearth), ["198.18.1.2"]) == [404]


def test_forwarded_host_and_scheme_are_ignored(hearth: HearthServer) -> None:
    browser = Visitor(hearth, "198.18.1.3")
    reply = browser.get("/j", **{"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"})
    assert reply.status == 200
    assert "evil.example" not in (reply.header("content-security-policy") or "") + reply.body.decode()
    assert browser.get("/j", host="evil.example").code == "host.unknown"
