from ipaddress import ip_network

import pytest

from server.auth.peers import peer

PROXY = (ip_network("10.1.0.0/16"),)


def scope(client: str | None, *forwarded: str) -> dict[str, object]:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return {"client": (client, 4000) if client else None, "headers": headers}


def test_without_a_trusted_proxy_the_header_is_ignored() -> None:
    assert peer(scope("203.0.113.9", "198.51.100.1"), ()) == "203.0.113.9"
    assert peer(scope("203.0.113.9", "198.51.100.1"), PROXY) == "203.0.113.9"


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        (("198.51.100.1",), "198.51.100.1"),
        (("1.1.1.1, 2.2.2.2, 198.51.100.1",), "198.51.100.1"),
        (("198.51.100.1", "198.51.100.2"), "198.51.100.2"),
        (("nonsense",), "10.1.2.3"),
        (("198.51.100.1, ",), "10.1.2.3"),
        ((), "10.1.2.3"),
    ],
)
def test_behind_a_trusted_proxy_only_its_own_hop_counts(forwarded: tuple[str, ...], expected: str) -> None:
    assert peer(scope("10.1.2.3", *forwarded), PROXY) == expected


def test_an_ipv6_household_is_one_peer() -> None:
    assert peer(scope("2001:db8:1:2::5"), ()) == peer(scope("2001:db8:1:2:ffff::9"), ())
    assert peer(scope("::ffff:192.0.2.1"), ()) == "192.0.2.1"


def test_a_socket_without_a_peer_has_a_name_too() -> None:
    assert peer(scope(None), ()) == "unknown"
