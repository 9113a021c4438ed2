from server.auth.headers import permissions_policy, security_headers, with_security_headers
from server.config import Settings

HTTPS = Settings(public_url="https://meet.example.org")


def named(settings: Settings, path: str = "/j") -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in security_headers(settings, path, "meet.example.org", "N")}


def test_the_policy_allows_only_what_carries_the_nonce() -> None:
    policy = named(HTTPS)["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'nonce-N' 'strict-dynamic'" in policy
    assert "unsafe" not in policy
    assert "connect-src 'self' wss://meet.example.org;" in policy
    assert "require-trusted-types-for 'script'; trusted-types app svelte-trusted-html" in policy


def test_https_is_kept_for_two_years_but_not_with_a_self_made_certificate() -> None:
    assert named(HTTPS)["strict-transport-security"] == "max-age=63072000; includeSubDomains; preload"
    assert "strict-transport-security" not in named(Settings())
    lan = Settings(public_url="https://192.168.1.20:8470", self_made_certificate=True)
    assert "strict-transport-security" not in named(lan)


def test_camera_and_microphone_are_for_meeting_pages() -> None:
    assert "camera=(self)" in permissions_policy("/j") and "display-capture=()" in permissions_policy("/j")
    assert "display-capture=(self)" in permissions_policy("/app/meetings/1")
    for path in ("/", "/api/me", "/application", "/j/enter"):
        assert "camera=()" in permissions_policy(path)


def test_a_download_is_sandboxed() -> None:
    assert named(HTTPS, "/api/records/1.pdf")["content-security-policy"].endswith("; sandbox")


def test_our_headers_replace_a_routes_own_and_nothing_is_stored_unless_said() -> None:
    ours = [(b"referrer-policy", b"no-referrer")]
    merged = dict(with_security_headers([(b"Referrer-Policy", b"unsafe-url"), (b"server", b"x")], ours))
    assert merged == {b"referrer-policy": b"no-referrer", b"cache-control": b"no-store"}
    kept = dict(with_security_headers([(b"cache-control", b"public")], ours))
    assert kept[b"cache-control"] == b"public"
