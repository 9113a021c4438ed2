"""The four cookies, how they are written and how strictly they are read. [pure]

`__Host-sid` staff session, `__Host-csrf` its companion for the double submit, `__Host-gid` the session of a person
with a link, `__Host-device` a browser that signed in before (`server.auth.devices`). All are Secure, Path=/ and without
Domain. Browsers take them over plain HTTP only from their own machine (127.0.0.1, localhost), which is what a
demonstration uses.
"""

import hashlib
import re
from collections.abc import Iterable

from litestar.datastructures import Cookie

STAFF = "__Host-sid"
CSRF = "__Host-csrf"
GUEST = "__Host-gid"
DEVICE = "__Host-device"

DEVICE_S = 180 * 86_400
"""So long a browser that nobody signs in with stays known."""

_VALUE = re.compile(r"[A-Za-z0-9_-]{16,256}")


def staff_cookie(value: str) -> Cookie:
    """A staff session: gone with the browser, ended on the server by idle and absolute time."""
    return Cookie(STAFF, value=value, secure=True, httponly=True, samesite="lax")


def csrf_cookie(value: str) -> Cookie:
    """The csrf value, readable by the page."""
    return Cookie(CSRF, value=value, secure=True, samesite="strict")


def guest_cookie(value: str) -> Cookie:
    """A person's session: this browser session only."""
    return Cookie(GUEST, value=value, secure=True, httponly=True, samesite="strict")


def device_cookie(value: str) -> Cookie:
    """A browser known to an account; outlasts the session, and signs nobody in."""
    return Cookie(DEVICE, value=value, max_age=DEVICE_S, secure=True, httponly=True, samesite="strict")


def ended(name: str) -> Cookie:
    """Removes the cookie."""
    return Cookie(
        name, value="", max_age=0, secure=True, httponly=name != CSRF, samesite="lax" if name == STAFF else "strict"
    )


def read(headers: Iterable[tuple[bytes, bytes]], name: str) -> str | None:
    """The cookie's value; None when absent, malformed, or there twice (someone planted a second one)."""
    found: list[str] = []
    for header, raw in headers:
        if header == b"cookie" and len(raw) <= 16_384:
            for part in raw.decode("latin-1").split(";"):
                key, equals, value = part.strip().partition("=")
                if equals and key == name:
                    found.append(value)
    if len(found) != 1 or not _VALUE.fullmatch(found[0]):
        return None
    return found[0]


def digest(value: str) -> str:
    """SHA-256 (hex) of a 256-bit random secret: what is stored and what rates are counted by."""
    return hashlib.sha256(value.encode()).hexdigest()
