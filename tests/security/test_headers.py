"""Every route answers with the whole set of security headers, whatever the status."""

from collections.abc import Callable

import pytest

from tests.support.visitor import Visitor

ROUTES = [
    ("GET", "/"),
    ("GET", "/j"),
    ("HEAD", "/j"),
    ("GET", "/j?lang=es"),
    ("POST", "/j/enter"),
    ("GET", "/app"),
    ("GET", "/app/meetings/1"),
    ("POST", "/api/links/spend"),
    ("GET", "/api/join"),
    ("POST", "/api/join/language"),
    ("POST", "/api/join/leave"),
    ("POST", "/api/tickets"),
    ("POST", "/api/sign-in"),
    ("POST", "/api/sign-out"),
    ("GET", "/api/me"),
    ("POST", "/api/me/language"),
    ("GET", "/api/staff"),
    ("GET", "/api/meetings"),
    ("POST", "/api/meetings"),
    ("GET", "/api/meetings/1"),
    ("POST", "/api/meetings/1/links/2"),
    ("DELETE", "/api/meetings/1/links/2"),
    ("GET", "/api/cases"),
    ("GET", "/api/cases/1"),
    ("GET", "/api/records/1"),
    ("GET", "/api/records/1.pdf"),
    ("GET", "/api/schemas/case-record"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("POST", "/csp"),
    ("GET", "/live"),
    ("GET", "/assets/none.js"),
    ("GET", "/no/such/page"),
    ("TRACE", "/j"),
    ("OPTIONS", "/api/sign-in"),
]
EXPECTED = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "origin-agent-cluster": "?1",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "x-dns-prefetch-control": "off",
    "cache-control": "no-store",
}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_carries_the_headers(visitor: Callable[[], Visitor], method: str, path: str) -> None:
    reply = visitor().request(method, path, b"{}" if method == "POST" else None)
    assert {name: reply.header(name) for name in EXPECTED} == EXPECTED
    policy = reply.header("content-security-policy") or ""
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe-" not in policy
    assert "script-src 'nonce-" in policy and "require-trusted-types-for 'script'" in policy
    assert "geolocation=()" in (reply.header("permissions-policy") or "")
    assert reply.header("server") is None
    assert reply.header("strict-transport-security") is None  # plain HTTP on this machine
    assert not [name for name, _ in reply.headers if name.lower().startswith("access-control-")]


def test_no_nonce_is_used_twice(visitor: Callable[[], Visitor]) -> None:
    browser = visitor()
    policies = {browser.get("/j").header("content-security-policy") for _ in range(5)}
    assert len(policies) == 5


def test_leaving_and_signing_out_empty_the_browser(visitor: Callable[[], Visitor]) -> None:
    reply = visitor().post("/api/join/leave")
    assert reply.header("clear-site-data") == '"cache","cookies","storage"'
