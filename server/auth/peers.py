"""From which address a request really comes: the socket's peer, or one hop behind a trusted proxy."""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Networks = Sequence[IPv4Network | IPv6Network]


def peer(scope: Mapping[str, Any], trusted: Networks) -> str:
    """The address to count and limit by; IPv6 as its /64, which is one household.

    X-Forwarded-For counts only when the socket's own peer is a trusted proxy, and then only its last entry (the one
    that proxy wrote): anything before it was written by the client.
    """
    client = scope.get("client")
    address = str(client[0]) if client else "unknown"
    if trusted and _is_in(address, trusted):
        forwarded = _last_forwarded(scope.get("headers", ()))
        if forwarded and _is_address(forwarded):
            address = forwarded
    return _household(address)


def _last_forwarded(headers: Iterable[tuple[bytes, bytes]]) -> str:
    values = [value for name, value in headers if name == b"x-forwarded-for"]
    return values[-1].decode("latin-1").rsplit(",", 1)[-1].strip() if values else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_in(address: str, networks: Networks) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _household(address: str) -> str:
    if not _is_address(address):
        return address
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed, 64), strict=False))
    return address
