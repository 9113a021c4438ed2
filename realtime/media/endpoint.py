"""The node's one UDP port: who a datagram is from is proven by authenticated STUN, or it is dropped and counted.

Law: nothing is ever sent to an address that has not proven it knows a password of this node, and no exception caused
by a datagram leaves `_take`.
"""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

from realtime.media import stun

logger = logging.getLogger(__name__)

SMALLEST_DATAGRAM, LARGEST_DATAGRAM = 20, 1500
# Rises with the number of packets that can arrive while the loop is busy: 4 MiB are about 3 000 video packets.
RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
# Datagrams read before other work gets its turn.
DATAGRAMS_A_TURN = 64

Address = Any


class Path(Protocol):
    """A way datagrams come and go: the UDP socket of one local address, or one TCP connection."""

    def send(self, datagram: bytes | memoryview, address: Address) -> None:
        """Send now or drop."""
        ...


class Guest(Protocol):
    """Whom datagrams are for: one peer connection."""

    ufrag: str
    pwd: str

    def got_check(self, path: Path, address: Address, *, nominates: bool, now: float) -> list[tuple[Path, Address]]:
        """An authentic check came over this path; returns addresses that are no longer the guest's."""
        ...

    def got_datagram(self, datagram: bytes, now: float) -> None:
        """A datagram that is not STUN came from a proven address."""
        ...


class UdpPath:
    """One bound socket."""

    def __init__(self, bound: socket.socket, drops: Counter[str]) -> None:
        self.socket = bound
        self._drops = drops

    def send(self, datagram: bytes | memoryview, address: Address) -> None:
        """Send now; a full buffer or an unreachable address drops the datagram, as the network would."""
        try:
            self.socket.sendto(datagram, address)
        except OSError:
            self._drops["unsendable"] += 1


class Endpoint:
    """Reads all sockets and hands each datagram to its guest."""

    def __init__(self) -> None:
        self.drops: Counter[str] = Counter()
        self.paths: list[UdpPath] = []
        self._guests: dict[str, Guest] = {}
        self._proven: dict[tuple[Path, Address], Guest] = {}
        self._logged_at = float("-inf")
        self._loop = asyncio.get_running_loop()

    def open(self, hosts: Sequence[str], port: int) -> int:
        """Listen on each address on one port (0 picks one); the port. Raises OSError."""
        for host in hosts:
            bound = _bound_socket(host, port)
            port = bound.getsockname()[1]
            path = UdpPath(bound, self.drops)
            self.paths.append(path)
            self._loop.add_reader(bound.fileno(), self._readable, path)
        return port

    def close(self) -> None:
        """Stop listening."""
        for path in self.paths:
            self._loop.remove_reader(path.socket.fileno())
            path.socket.close()
        self.paths.clear()

    def welcome(self, guest: Guest) -> None:
        """From now on checks for this guest's ufrag are answered."""
        self._guests[guest.ufrag] = guest

    def dismiss(self, guest: Guest, addresses: Sequence[tuple[Path, Address]]) -> None:
        """Forget a guest and the addresses it had."""
        self._guests.pop(guest.ufrag, None)
        self._forget(guest, addresses)

    def _forget(self, guest: Guest, addresses: Sequence[tuple[Path, Address]]) -> None:
        for path, address in addresses:
            if self._proven.get((path, address)) is guest:
                del self._proven[path, address]

    def is_proven(self, path: Path, address: Address) -> bool:
        """Whether a guest is known behind this address."""
        return (path, address) in self._proven

    def lost(self, path: Path, address: Address) -> None:
        """Nothing more can come over this path."""
        self._proven.pop((path, address), None)

    def _readable(self, path: UdpPath) -> None:
        receive = path.socket.recvfrom
        for _ in range(DATAGRAMS_A_TURN):
            try:
                datagram, address = receive(LARGEST_DATAGRAM + 1)
            except BlockingIOError:
                return
            except OSError:
                # An ICMP error of an earlier send; the socket itself is fine.
                self.drops["icmp"] += 1
                continue
            self.take(datagram, path, address)

    def take(self, datagram: bytes, path: Path, address: Address) -> None:
        """Hand over one datagram; whatever is wrong with it costs only itself."""
        now = self._loop.time()
        try:
            reason = self._admit(datagram, path, address, now)
        except Exception as error:
            reason = f"broken {type(error).__name__}"
        if reason:
            self._drop(reason, now)

    def _drop(self, reason: str, now: float) -> None:
        self.drops[reason] += 1
        if now - self._logged_at >= 1.0:
            self._logged_at = now
            logger.info("x datagram: %s (%d so far)", reason, self.drops[reason])

    def _admit(self, datagram: bytes, path: Path, address: Address, now: float) -> str:
        """Why the datagram was dropped, or nothing."""
        if not SMALLEST_DATAGRAM <= len(datagram) <= LARGEST_DATAGRAM:
            return "size"
        if datagram[0] > 3:
            guest = self._proven.get((path, address))
            if guest is None:
                return "stranger"
            guest.got_datagram(datagram, now)
            return ""
        request = stun.read_request(datagram)
        if request is None:
            return "not a check"
        invited = self._guests.get(request.ufrag)
        if invited is None:
            return "unknown ufrag"
        if not stun.is_authentic(request, invited.pwd):
            return "not authentic"
        path.send(stun.response(request, invited.pwd, address[:2]), address)
        gone = invited.got_check(path, address, nominates=request.nominates, now=now)
        self._proven[path, address] = invited
        self._forget(invited, gone)
        return ""


def _bound_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, RECEIVE_BUFFER_BYTES)
        made.setblocking(False)
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made
