"""One peer connection of a participant: its credentials, its addresses, its DTLS and SRTP."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine

from realtime.media import seam
from realtime.media.endpoint import Address, Endpoint, Path

logger = logging.getLogger(__name__)

# ICE and DTLS together, from the join on.
CONNECT_S = 25.0
# Without an authentic check for so long the consent to send is gone (RFC 7675).
CONSENT_S = 20.0
# Addresses of one peer accepted at a time: a phone has a few networks, not hundreds.
ADDRESSES_LIMIT = 8


class Peer:
    """A guest of the endpoint. `got_rtp` and `got_rtcp` get plain packets; `connected` and `closed` are told once."""

    def __init__(self, endpoint: Endpoint, certificate: seam.Certificate) -> None:
        self.ufrag = secrets.token_hex(8)
        self.pwd = secrets.token_hex(16)
        self.got_rtp: Callable[[bytes, float], None] = _ignore
        self.got_rtcp: Callable[[bytes, float], None] = _ignore
        self.connected: Callable[[], None] = _nothing
        self.closed: Callable[[], None] = _nothing
        self.is_connected = False
        self.is_closed = False
        self.heard_at: float | None = None
        self.checked_at: float | None = None
        self.sent_bytes = 0
        self._endpoint = endpoint
        self._addresses: dict[tuple[Path, Address], float] = {}
        self._route: tuple[Path, Address] | None = None
        self._is_nominated = False
        self._srtp: seam.Srtp | None = None
        self._dtls = seam.Dtls(certificate, self._send_dtls, self.close)
        self._tasks: set[asyncio.Task[None]] = set()
        endpoint.welcome(self)

    def connect(self, fingerprint: str) -> None:
        """Shake hands, as soon as the other side calls, with the holder of the certificate with this SHA-256."""
        self._spawn(self._shake_hands(fingerprint))

    async def _shake_hands(self, fingerprint: str) -> None:
        try:
            self._srtp = await self._dtls.connect(fingerprint, CONNECT_S)
        except seam.DtlsFailed as error:
            logger.info("x handshake: %s", error)
            self.close()
            return
        self.is_connected = True
        self.connected()

    def got_check(self, path: Path, address: Address, *, nominates: bool, now: float) -> list[tuple[Path, Address]]:
        """An authentic check: the address is proven, and becomes the way to send when it is nominated."""
        route = (path, address)
        self._addresses.pop(route, None)
        self._addresses[route] = now
        self.checked_at = self.heard_at = now
        if nominates or self._route is None:
            self._route = route
        gone = [held for held, at in self._addresses.items() if now - at > CONSENT_S]
        too_many = max(0, len(self._addresses) - len(gone) - ADDRESSES_LIMIT)
        gone += [held for held in self._addresses if held != self._route and held not in gone][:too_many]
        for held in gone:
            self._addresses.pop(held, None)
        return gone

    def got_datagram(self, datagram: bytes, now: float) -> None:
        """DTLS goes to the handshake; what is authentic SRTP or SRTCP goes on as plain packets."""
        if datagram[0] < 64:
            self._dtls.feed(datagram)
        elif self._srtp is not None and 128 <= datagram[0] < 192:
            if 192 <= datagram[1] <= 223:
                self._open(self._srtp.unprotect_rtcp(datagram), self.got_rtcp, now)
            else:
                self._open(self._srtp.unprotect(datagram), self.got_rtp, now)

    def _open(self, plain: bytes | None, taker: Callable[[bytes, float], None], now: float) -> None:
        if plain is None:
            self._endpoint.drops["not authentic media"] += 1
            return
        self.heard_at = now
        taker(plain, now)

    def send_rtp(self, size: int) -> None:
        """Protect and send the packet of `size` bytes in `seam.OUT`."""
        if self._srtp is None or self._route is None:
            return
        size = self._srtp.protect(size)
        if size:
            self._send(seam.OUT[:size])

    def send_rtcp(self, compound: bytes) -> None:
        """Protect and send a compound packet."""
        if self._srtp is None or self._route is None:
            return
        size = self._srtp.protect_rtcp(compound)
        if size:
            self._send(seam.OUT[:size])

    def _send(self, datagram: memoryview) -> None:
        if self._route is not None:
            path, address = self._route
            path.send(datagram, address)
            self.sent_bytes += len(datagram)

    def _send_dtls(self, datagram: bytes) -> None:
        if self._route is not None:
            path, address = self._route
            path.send(datagram, address)

    def tick(self, now: float) -> None:
        """Close when consent has expired."""
        if self.checked_at is not None and now - self.checked_at > CONSENT_S:
            self.close()

    def close(self) -> None:
        """Stop sending and receiving at once; say goodbye behind it."""
        if self.is_closed:
            return
        self.is_closed = True
        self.is_connected = False
        self._srtp = None
        self._endpoint.dismiss(self, list(self._addresses))
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()
        self._spawn(self._dtls.close())
        self.closed()

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _ignore(_packet: bytes, _now: float) -> None:
    """Packets nobody takes."""


def _nothing() -> None:
    """Nobody listens."""
