"""From which address a request really comes: the socket's peer, or one hop behind a trusted proxy."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from server.config import ConfigError, Settings

Networks = tuple[IPv4Network | IPv6Network, ...]


def peer(scope: Mapping[str, Any], trusted: Networks) -> str:
    """The address to count and limit by; IPv6 as its /64, which is one household.

    X-Forwarded-For counts only when the socket's own peer is a trusted proxy, and then only its last entry (the one
    that proxy wrote): anything before it was written by the client.
    """
    client = scope.get("client")
    address = str(client[0]) if client else "unknown"
    if is_proxy(address, trusted):
        forwarded = _last_forwarded(scope.get("headers", ()))
        if forwarded and _is_address(forwarded):
            address = forwarded
    return household(address)


@lru_cache(maxsize=4096)
def is_proxy(address: str, trusted: Networks) -> bool:
    """Whether what comes from this address is somebody else's."""
    return bool(trusted) and _is_address(address) and any(ip_address(address) in network for network in trusted)


def is_unsaid_proxy(scope: Mapping[str, Any], trusted: Networks) -> bool:
    """Whether a program on this machine forwards for others without being trusted to: then everybody who comes through
    it is counted as one."""
    client = scope.get("client")
    address = str(client[0]) if client else ""
    if not _is_address(address) or not ip_address(address).is_loopback or is_proxy(address, trusted):
        return False
    return any(name == b"x-forwarded-for" for name, _ in scope.get("headers", ()))


def require_trusted_proxy(settings: Settings) -> None:
    """Refuse a start behind a proxy that nobody trusts: all people would be one address, and share its limits.

    There must be one where people come over HTTPS and this server speaks none, or to another port of this machine than
    its own. Raises ConfigError with the line to set.
    """
    parts = urlsplit(settings.public_url)
    is_local = settings.host == "localhost" or (_is_address(settings.host) and ip_address(settings.host).is_loopback)
    is_elsewhere = is_local and settings.port not in (0, parts.port or (443 if settings.is_https else 80))
    if settings.trusted_proxies or settings.certificate or not (settings.is_https or is_elsewhere):
        return
    example = "127.0.0.1" if is_local else "10.0.0.5 (the address of the proxy)"
    raise ConfigError(
        f"People reach {settings.public_url} through a proxy, and would all be counted as one. "
        f"Set HEARTH_TRUSTED_PROXIES={example}; the proxy must set X-Forwarded-For."
    )


def _last_forwarded(headers: Iterable[tuple[bytes, bytes]]) -> str:
    values = [value for name, value in headers if name == b"x-forwarded-for"]
    return values[-1].decode("latin-1").rsplit(",", 1)[-1].strip() if values else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def household(address: str) -> str:
    """What an address is counted as: IPv6 by its /64, IPv4 in IPv6 as itself."""
    if not _is_address(address):
        return address
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed, 64), strict=False))
    return address
