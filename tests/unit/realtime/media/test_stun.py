from struct import pack

import pytest
from aioice import stun as aioice_stun
from hypothesis import given
from hypothesis import strategies as st

from realtime.media import stun


def request(**attributes: object) -> aioice_stun.Message:
    return aioice_stun.Message(
        aioice_stun.Method.BINDING, aioice_stun.Class.REQUEST, attributes={"USERNAME": "here:there", **attributes}
    )


def signed(message: aioice_stun.Message, pwd: bytes = b"secret") -> bytes:
    message.add_message_integrity(pwd)
    return bytes(message)


def test_a_signed_request_is_read_and_believed_with_the_right_password() -> None:
    found = stun.read_request(signed(request()))
    assert found is not None
    assert (found.ufrag, found.nominates) == ("here", False)
    assert stun.is_authentic(found, "secret")
    assert not stun.is_authentic(found, "guess")


def test_use_candidate_nominates() -> None:
    found = stun.read_request(signed(request(**{"USE-CANDIDATE": None})))
    assert found is not None
    assert found.nominates


@pytest.mark.parametrize(
    "datagram",
    [
        bytes(request()),
        signed(aioice_stun.Message(aioice_stun.Method.BINDING, aioice_stun.Class.REQUEST)),
        signed(aioice_stun.Message(aioice_stun.Method.BINDING, aioice_stun.Class.RESPONSE)),
        signed(request(USERNAME="nocolon")),
        signed(request())[:-1],
        pack("!HHI12s", 1, 8, aioice_stun.COOKIE, bytes(12)) + b"\x00\x06\x00\x02\xff\xfe\x00\x00",
        bytes(20),
        b"",
    ],
)
def test_anything_else_is_no_request(datagram: bytes) -> None:
    assert stun.read_request(datagram) is None


@given(st.binary(max_size=100))
def test_any_bytes_after_the_header_are_read_or_refused(body: bytes) -> None:
    datagram = pack("!HHI12s", 1, len(body), aioice_stun.COOKIE, bytes(12)) + body
    assert stun.read_request(datagram) is None


def test_the_response_is_signed_tells_the_address_and_is_no_longer_than_the_request() -> None:
    datagram = signed(request(PRIORITY=1, **{"ICE-CONTROLLING": 1}))
    found = stun.read_request(datagram)
    assert found is not None
    answer = stun.response(found, "secret", ("198.51.100.7", 4000))
    message = aioice_stun.parse_message(answer)
    assert message.check_message_integrity(b"secret")
    assert message.attributes["XOR-MAPPED-ADDRESS"] == ("198.51.100.7", 4000)
    assert message.transaction_id == found.message.transaction_id
    assert len(answer) <= len(datagram)
