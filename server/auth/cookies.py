"""The three cookies, how they are written and how strictly they are read. [pure]

`__Host-sid` staff session, `__Host-csrf` its companion for the double submit, `__Host-gid` the session of a person
with a link. All are Secure, Path=/ and without Domain. Browsers take them over plain HTTP only from their own machine
(127.0.0.1, localhost), which is what a demonstration uses.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable

STAFF = "__Host-sid"
CSRF = "__Host-csrf"
GUEST = "__Host-gid"

_VALUE = re.compile(r"[A-Za-z0-9_-]{16,256}")


def staff_cookie(value: str) -> str:
    """Set-Cookie of a staff session: gone with the browser, ended on the server by idle and absolute time."""
    return f"{STAFF}={value}; Path=/; Secure; HttpOnly; SameSite=Lax"


def csrf_cookie(value: str) -> str:
    """Set-Cookie of the csrf value, readable by the page."""
    return f"{CSRF}={value}; Path=/; Secure; SameSite=Strict"


def guest_cookie(value: str) -> str:
    """Set-Cookie of a person's session: this browser session only."""
    return f"{GUEST}={value}; Path=/; Secure; HttpOnly; SameSite=Strict"


def ended(name: str) -> str:
    """Set-Cookie that removes the cookie."""
    same_site = "Lax" if name == STAFF else "Strict"
    http_only = "" if name == CSRF else "; HttpOnly"
    return f"{name}=; Path=/; Max-Age=0; Secure{http_only}; SameSite={same_site}"


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


def csrf_value(session: str) -> str:
    """The csrf value that belongs to a session: derived from its secret, so that neither can be used with another's."""
    return urlsafe_b64encode(hmac.digest(session.encode(), b"hearth csrf", "sha256")).rstrip(b"=").decode()


def is_csrf_value(session: str, given: str) -> bool:
    """Whether `given` is the csrf value of `session`, compared in constant time."""
    return hmac.compare_digest(csrf_value(session).encode(), given.encode("utf-8", "replace"))


def digest(value: str) -> str:
    """SHA-256 (hex) of a 256-bit random secret: what is stored and what rates are counted by."""
    return hashlib.sha256(value.encode()).hexdigest()
