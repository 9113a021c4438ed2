"""The security headers of every response. [pure]"""

from collections.abc import Sequence

from server.config import Settings

_OFF = (
    "geolocation=(), usb=(), serial=(), hid=(), bluetooth=(), midi=(), payment=(), accelerometer=(), gyroscope=(), "
    "magnetometer=(), idle-detection=(), browsing-topics=(), clipboard-read=()"
)
_MEETING = "camera=(self), microphone=(self), fullscreen=(self), autoplay=(self), screen-wake-lock=(self)"
_QUIET = "camera=(), microphone=(), fullscreen=(), autoplay=(), screen-wake-lock=(), display-capture=()"

CLEAR_SITE_DATA = '"cache","cookies","storage"'
# Staff sign out of a browser that stays known to their account: its session's cookies are ended one by one.
CLEAR_BUT_COOKIES = '"cache","storage"'
IMMUTABLE = "public, max-age=31536000, immutable"


def content_security_policy(host: str, is_https: bool, nonce: str) -> str:
    """The policy of one response; `nonce` (128 random bits) is what its own scripts and style carry."""
    socket = f"{'wss' if is_https else 'ws'}://{host}"
    return (
        "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; "
        f"script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; font-src 'self'; "
        "img-src 'self' blob: data:; media-src 'self' blob:; "
        f"connect-src 'self' {socket}; worker-src 'self'; manifest-src 'none'; "
        "require-trusted-types-for 'script'; trusted-types app svelte-trusted-html; report-to csp; report-uri /csp"
    )


def permissions_policy(path: str) -> str:
    """Camera and microphone for the meeting's pages only; sharing a screen for staff only."""
    if path == "/j":
        return f"{_MEETING}, display-capture=(), {_OFF}"
    if path == "/app" or path.startswith("/app/"):
        return f"{_MEETING}, display-capture=(self), {_OFF}"
    return f"{_QUIET}, {_OFF}"


def security_headers(settings: Settings, path: str, host: str, nonce: str) -> list[tuple[bytes, bytes]]:
    """All headers of one response but Cache-Control, which the response may set itself. A download is sandboxed."""
    policy = content_security_policy(host, settings.is_https, nonce)
    found = {
        "content-security-policy": f"{policy}; sandbox" if path.endswith(".pdf") else policy,
        "permissions-policy": permissions_policy(path),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "same-origin",
        "origin-agent-cluster": "?1",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "x-robots-tag": "noindex, nofollow, noarchive",
        "x-dns-prefetch-control": "off",
        "reporting-endpoints": 'csp="/csp"',
    }
    if settings.is_https and not settings.self_made_certificate:
        found["strict-transport-security"] = "max-age=63072000; includeSubDomains; preload"
    return [(name.encode(), value.encode("latin-1")) for name, value in found.items()]


def with_security_headers(
    own: Sequence[tuple[bytes, bytes]], ours: Sequence[tuple[bytes, bytes]]
) -> list[tuple[bytes, bytes]]:
    """The response's headers with ours in place of any of the same name; no-store unless it says how to be cached."""
    names = {name for name, _ in ours} | {b"server", b"x-powered-by"}
    merged = [(name, value) for name, value in own if name.lower() not in names]
    if not any(name.lower() == b"cache-control" for name, _ in merged):
        merged.append((b"cache-control", b"no-store"))
    return [*merged, *ours]
