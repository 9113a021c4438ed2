"""STUN as an ICE-lite agent needs it: read a binding request, check it, answer it (RFC 8489, RFC 8445 2.5). [pure]

Nothing here answers a stranger: `read_request` says whom a request is for, `is_authentic` whether to believe it.
"""

from struct import error

import msgspec
from aioice import stun

_HEADER_BYTES = 20
_COOKIE = b"\x21\x12\xa4\x42"
_BINDING_REQUEST = b"\x00\x01"


class Request(msgspec.Struct, frozen=True):
    """A binding request addressed to the local `ufrag`; `nominates` when it carries USE-CANDIDATE."""

    ufrag: str
    nominates: bool
    message: stun.Message


def is_stun(datagram: bytes) -> bool:
    """Whether a datagram looks like STUN (RFC 7983: first byte 0..3, and the cookie)."""
    return len(datagram) >= _HEADER_BYTES and datagram[0] <= 3 and datagram[4:8] == _COOKIE


def read_request(datagram: bytes) -> Request | None:
    """The binding request in a datagram, or None for anything else, malformed included."""
    if not is_stun(datagram) or datagram[:2] != _BINDING_REQUEST:
        return None
    try:
        message = stun.parse_message(datagram)
    except (ValueError, IndexError, KeyError, error):
        return None
    username = message.attributes.get("USERNAME")
    if not isinstance(username, str) or ":" not in username or "MESSAGE-INTEGRITY" not in message.attributes:
        return None
    return Request(username.split(":", 1)[0], "USE-CANDIDATE" in message.attributes, message)


def is_authentic(request: Request, pwd: str) -> bool:
    """Whether the request was made by somebody who knows the local password."""
    return request.message.check_message_integrity(pwd.encode())


def response(request: Request, pwd: str, address: tuple[str, int]) -> bytes:
    """The signed success response telling the sender the address it is seen at."""
    message = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.RESPONSE,
        transaction_id=request.message.transaction_id,
        attributes={"XOR-MAPPED-ADDRESS": address},
    )
    message.add_message_integrity(pwd.encode())
    return bytes(message)
