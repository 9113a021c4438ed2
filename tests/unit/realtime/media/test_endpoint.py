import asyncio
import socket

import pytest
from aioice import stun as aioice_stun

from realtime.media.endpoint import Endpoint
from tests.support.media_guest import ADDRESS, Somebody, Wire, check


async def test_media_is_taken_only_from_a_proven_address() -> None:
    endpoint, guest, wire = Endpoint(), Somebody(), Wire()
    endpoint.welcome(guest)
    endpoint.take(b"\x80" * 40, wire, ADDRESS)
    assert endpoint.drops == {"stranger": 1}
    endpoint.take(check(), wire, ADDRESS)
    endpoint.take(b"\x80" * 40, wire, ADDRESS)
    endpoint.take(b"\x80" * 40, wire, ("198.51.100.7", 4001))
    endpoint.take(b"\x80" * 40, Wire(), ADDRESS)
    assert guest.datagrams == [b"\x80" * 40]
    assert endpoint.drops == {"stranger": 3}
    assert len(wire.sent) == 1


@pytest.mark.parametrize(
    ("datagram", "reason"),
    [
        (b"", "size"),
        (bytes(19), "size"),
        (bytes(1501), "size"),
        (bytes(20), "not a check"),
        (check(b"guess"), "not authentic"),
    ],
)
async def test_what_is_dropped_is_counted_and_not_answered(datagram: bytes, reason: str) -> None:
    endpoint, guest, wire = Endpoint(), Somebody(), Wire()
    endpoint.welcome(guest)
    endpoint.take(datagram, wire, ADDRESS)
    assert (endpoint.drops, wire.sent, guest.routes) == ({reason: 1}, [], [])


async def test_a_ufrag_of_nobody_is_not_answered() -> None:
    endpoint, wire = Endpoint(), Wire()
    endpoint.take(check(), wire, ADDRESS)
    assert (endpoint.drops, wire.sent) == ({"unknown ufrag": 1}, [])


async def test_an_exception_costs_one_datagram() -> None:
    endpoint, guest, wire = Endpoint(), Somebody(), Wire()
    endpoint.welcome(guest)
    endpoint.take(check(), wire, ADDRESS)
    endpoint.take(b"\x80" * 50, wire, ADDRESS)
    endpoint.take(b"\x80" * 40, wire, ADDRESS)
    assert endpoint.drops == {"broken IndexError": 1}
    assert len(guest.datagrams) == 1


async def test_an_address_given_up_and_a_guest_dismissed_are_strangers_again() -> None:
    endpoint, guest, wire = Endpoint(), Somebody(), Wire()
    endpoint.welcome(guest)
    endpoint.take(check(), wire, ADDRESS)
    guest.gone = [(wire, ADDRESS)]
    other = ("198.51.100.8", 1)
    endpoint.take(check(), wire, other)
    endpoint.take(b"\x80" * 40, wire, ADDRESS)
    assert endpoint.drops == {"stranger": 1}
    endpoint.dismiss(guest, [(wire, other)])
    endpoint.take(b"\x80" * 40, wire, other)
    endpoint.take(check(), wire, other)
    assert endpoint.drops == {"stranger": 2, "unknown ufrag": 1}


async def test_the_log_says_it_once_a_second_and_no_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    endpoint = Endpoint()
    for _ in range(100):
        endpoint.take(b"", Wire(), ADDRESS)
    assert len(caplog.records) == 1
    assert "198.51" not in caplog.text


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_it_listens_and_answers_on_both_families(host: str) -> None:
    endpoint, guest = Endpoint(), Somebody()
    port = endpoint.open([host], 0)
    endpoint.welcome(guest)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.setblocking(False)
        client.connect((host, port))
        loop = asyncio.get_running_loop()
        client.send(check())
        async with asyncio.timeout(5):
            answer = aioice_stun.parse_message(await loop.sock_recv(client, 1500))
        assert answer.attributes["XOR-MAPPED-ADDRESS"] == client.getsockname()[:2]
    endpoint.close()


async def test_an_address_in_use_or_of_another_machine_is_an_error() -> None:
    endpoint = Endpoint()
    with pytest.raises(OSError, match=r"."):
        endpoint.open(["203.0.113.77"], 0)
    endpoint.close()
