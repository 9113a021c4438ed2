"""Somebody the endpoint lets in, and a path that keeps what is sent over it."""

from aioice import stun

from realtime.media.endpoint import Address, Path


class Somebody:
    """A guest that remembers what it was given."""

    ufrag, pwd = "here", "secret"

    def __init__(self) -> None:
        self.routes: list[tuple[Path, Address]] = []
        self.gone: list[tuple[Path, Address]] = []
        self.datagrams: list[bytes] = []

    def got_check(self, path: Path, address: Address, *, nominates: bool, now: float) -> list[tuple[Path, Address]]:
        self.routes.append((path, address))
        return self.gone

    def got_datagram(self, datagram: bytes, now: float) -> None:
        if datagram == b"\x80" * 50:
            raise IndexError
        self.datagrams.append(datagram)


class Wire:
    """A path that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, datagram: bytes | memoryview, address: Address) -> None:
        self.sent.append(bytes(datagram))


ADDRESS = ("198.51.100.7", 4000)


def check(pwd: bytes = b"secret") -> bytes:
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes={"USERNAME": "here:there"})
    request.add_message_integrity(pwd)
    return bytes(request)
