from ipaddress import ip_network
from pathlib import Path

import pytest

from server.auth.peers import household, is_proxy, is_unsaid_proxy, peer, require_trusted_proxy
from server.config import ConfigError, Settings

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


def test_who_is_a_proxy_and_what_a_household() -> None:
    assert is_proxy("10.1.2.3", PROXY) and not is_proxy("10.2.0.1", PROXY) and not is_proxy("nonsense", PROXY)
    assert not is_proxy("10.1.2.3", ())
    assert household("2001:db8:1:2:3::4") == "2001:db8:1:2::/64"


def test_a_program_of_this_machine_that_forwards_without_being_trusted_is_noticed() -> None:
    local = (ip_network("127.0.0.1/32"),)
    assert is_unsaid_proxy(scope("127.0.0.1", "203.0.113.9"), ())
    assert is_unsaid_proxy(scope("::1", "203.0.113.9"), ())
    assert not is_unsaid_proxy(scope("127.0.0.1", "203.0.113.9"), local)
    assert not is_unsaid_proxy(scope("127.0.0.1"), ())
    assert not is_unsaid_proxy(scope("198.51.100.1", "203.0.113.9"), ())
    assert not is_unsaid_proxy(scope(None, "203.0.113.9"), ())


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (Settings(public_url="https://meet.example.org"), "HEARTH_TRUSTED_PROXIES=127.0.0.1;"),
        (Settings(public_url="https://meet.example.org", host="localhost"), "HEARTH_TRUSTED_PROXIES=127.0.0.1;"),
        (Settings(public_url="http://meet.example.org", host="::1"), "HEARTH_TRUSTED_PROXIES=127.0.0.1;"),
        (Settings(public_url="https://meet.example.org", host="0.0.0.0"), "HEARTH_TRUSTED_PROXIES=10.0.0.5 "),
    ],
)
def test_a_proxy_that_is_not_trusted_refuses_the_start_with_the_line_to_set(settings: Settings, line: str) -> None:
    with pytest.raises(ConfigError, match=line):
        require_trusted_proxy(settings)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(public_url="https://meet.example.org", trusted_proxies=("127.0.0.1",)),
        Settings(public_url="https://meet.example.org", certificate=Path("made.pem")),
        Settings(public_url="http://127.0.0.1:9000", port=9000),
        Settings(public_url="http://127.0.0.1:9000", port=0),
        Settings(public_url="http://meet.example.org:9000", host="0.0.0.0", port=8470),
    ],
)
def test_without_a_proxy_or_with_a_trusted_one_it_starts(settings: Settings) -> None:
    require_trusted_proxy(settings)
