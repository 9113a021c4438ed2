"""The address of Redis: from one line or from its parts, and checked without a word of it in any refusal.

A password is written as it is only among the parts, where a library quotes it. In a line `/`, `#`, `?` and `@` have a
meaning of their own: a line with two readings is refused, because one of them would be shown as the host.
"""

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

SCHEMES = ("redis", "rediss", "unix")
PARTS = ("HEARTH_REDIS_HOST", "HEARTH_REDIS_PORT", "HEARTH_REDIS_USER", "HEARTH_REDIS_PASSWORD")
# Options that may be chosen; others are unknown to the client or set by us (its time limits).
_OPTIONS = ("db", "client_name", "health_check_interval", "socket_keepalive")
_PLACE = re.compile(r"(?:\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._,-]*)(?::[0-9]*)?")


class AddressError(Exception):
    """An address cannot be used. The text names the setting and never a part of the address."""


def redis_address(environ: Mapping[str, str]) -> str:
    """The address these variables set, by line (HEARTH_REDIS_URL) or by PARTS; "" where neither is there.

    Raises AddressError.
    """
    line = environ.get("HEARTH_REDIS_URL", "").strip()
    place = placed(environ, "HEARTH_REDIS", "6379")
    if not place:
        return line
    user, password = (quote(environ.get(f"HEARTH_REDIS_{part}", ""), safe="") for part in ("USER", "PASSWORD"))
    secret = f"{user}:{password}@" if user or password else ""
    return f"redis://{secret}{place}/0"


def placed(environ: Mapping[str, str], prefix: str, port: str) -> str:
    """HOST:PORT of a store that is set by its parts (`{prefix}_HOST` and others), "" where it is not.

    Raises AddressError where parts and line are both there, where parts lack the host, and for what is no place.
    """
    given = [name for name in environ if name.startswith(f"{prefix}_") and environ[name]]
    line, parts = f"{prefix}_URL", [name for name in given if name != f"{prefix}_URL"]
    if not parts:
        return ""
    if line in given:
        raise AddressError(f"{line} and {min(parts)} are both set: set one of them.")
    host = environ.get(f"{prefix}_HOST", "").strip()
    if not host:
        raise AddressError(f"{prefix}_HOST is missing: {min(parts)} is set without it.")
    shown = f"[{host}]" if ":" in host else host
    found = f"{shown}:{environ.get(f'{prefix}_PORT', '').strip() or port}"
    if not _PLACE.fullmatch(found) or split(f"x://{found}") is None:
        raise AddressError(f"{prefix}_HOST and {prefix}_PORT must be a name or an IP address, and a port.")
    return found


def check_redis(url: str) -> None:
    """Raises AddressError for an address of Redis that cannot be used."""
    parts = split(url)
    if parts is None or parts.scheme not in SCHEMES:
        raise AddressError("HEARTH_REDIS_URL (--redis) must be an address such as redis://:password@host:6379/0.")
    check_reading(url, "HEARTH_REDIS_URL (--redis)", "HEARTH_REDIS")
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        is_known = name in _OPTIONS or (name.startswith("ssl_") and parts.scheme == "rediss")
        if not is_known or (name == "db" and not value.isdecimal()):
            raise AddressError(f"HEARTH_REDIS_URL (--redis) has an option that cannot be used: {name}.")


def check_reading(url: str, name: str, prefix: str) -> None:
    """Raises AddressError for an address with a second reading, as one with an unquoted password has."""
    parts = split(url)
    if parts is not None and "#" not in url and "@" not in parts.path + parts.query:
        secret, _, place = parts.netloc.rpartition("@")
        if "@" not in secret and _PLACE.fullmatch(place):
            return
    raise AddressError(
        f"{name} holds a character that means something else in an address, such as / # ? or @. "
        f"Set {prefix}_HOST, {prefix}_PORT, {prefix}_USER and {prefix}_PASSWORD in its place: there it may hold any."
    )


def split(url: str) -> SplitResult | None:
    """The parts of an address whose port is one; None for what is no address."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
