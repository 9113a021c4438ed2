"""The only file that touches aiortc and pylibsrtp, private names included: DTLS, SRTP, and nothing else of theirs.

Upgrading aiortc: read `check_versions` and the names used here against the new source, then change PINNED.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import aiortc
import pylibsrtp
from aiortc import rtcdtlstransport
from OpenSSL import SSL

from realtime.media.packet import BUFFER_BYTES

PINNED = {"aiortc": "1.16.0", "pylibsrtp": "1.0.0"}

_ffi: Any = pylibsrtp._binding.ffi
_lib: Any = pylibsrtp._binding.lib
_out_data: Any = _ffi.new(f"char[{BUFFER_BYTES}]")
_in_data: Any = _ffi.new(f"char[{BUFFER_BYTES}]")
_in_view: Any = _ffi.buffer(_in_data)
_length: Any = _ffi.new("int *")
# Everything sent is written here, protected in place and handed to the socket before anything else is written.
OUT: memoryview = memoryview(_ffi.buffer(_out_data))
# Handshake datagrams waiting for the task that reads them; more is a flood.
QUEUE_LIMIT = 64
# The most a datagram may grow when protected.
TRAILER_BYTES = 148

_DTLS_1_2 = 0xFEFD
_CIPHERS = b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305"


class DtlsFailed(Exception):
    """The handshake did not end in a connection with the certificate that was promised."""


def check_versions() -> None:
    """Fail loudly where this file was not read against the installed libraries."""
    found = {"aiortc": aiortc.__version__, "pylibsrtp": pylibsrtp.__version__}
    if found != PINNED:
        raise RuntimeError(f"media seam was written for {PINNED}, found {found}")


class Certificate(rtcdtlstransport.RTCCertificate):
    """A fresh ECDSA P-256 certificate for one process, offered with AEAD ciphers from DTLS 1.2 on."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate as SDP writes it."""
        return str(rtcdtlstransport.certificate_digest(self._cert, "sha-256"))

    def _create_ssl_context(self, srtp_profiles: list[rtcdtlstransport.SRTPProtectionProfile]) -> SSL.Context:
        context = super()._create_ssl_context(srtp_profiles)
        context.set_min_proto_version(_DTLS_1_2)
        context.set_cipher_list(_CIPHERS)
        return context


def new_certificate() -> Certificate:
    """Make the certificate of this process."""
    return Certificate.generateCertificate()


class Srtp:
    """Both directions of one connection's SRTP keys."""

    def __init__(self, receive: pylibsrtp.Session, send: pylibsrtp.Session) -> None:
        self._sessions = receive, send
        self._receive: Any = receive._srtp[0]
        self._send: Any = send._srtp[0]

    def unprotect(self, packet: bytes) -> bytes | None:
        """The RTP packet inside, or None when it is not authentic or was seen before."""
        return self._open(packet, _lib.srtp_unprotect)

    def unprotect_rtcp(self, packet: bytes) -> bytes | None:
        """The RTCP compound inside, or None when it is not authentic or was seen before."""
        return self._open(packet, _lib.srtp_unprotect_rtcp)

    def _open(self, packet: bytes, way: Callable[[Any, Any, Any], int]) -> bytes | None:
        size = len(packet)
        if size > BUFFER_BYTES:
            return None
        _in_view[0:size] = packet
        _length[0] = size
        if way(self._receive, _in_data, _length) != 0:
            return None
        opened: bytes = _in_view[0 : _length[0]]
        return opened

    def protect(self, size: int) -> int:
        """Protect the RTP packet of `size` bytes in OUT in place; its new size, or 0 when it may not be sent."""
        _length[0] = size
        return int(_length[0]) if _lib.srtp_protect(self._send, _out_data, _length) == 0 else 0

    def protect_rtcp(self, packet: bytes) -> int:
        """Put a protected RTCP compound into OUT; its size, or 0 when it may not be sent."""
        OUT[0 : len(packet)] = packet
        _length[0] = len(packet)
        return int(_length[0]) if _lib.srtp_protect_rtcp(self._send, _out_data, _length) == 0 else 0


class _Wire:
    """What RTCDtlsTransport sees in place of an ICE transport."""

    role = "controlled"
    state = "completed"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE_LIMIT)
        self._send_now = send

    async def _recv(self) -> bytes:
        datagram = await self.queue.get()
        if datagram is None:
            raise ConnectionError
        return datagram

    async def _send(self, data: bytes) -> None:
        self._send_now(data)


class Dtls:
    """One DTLS association of which this node is always the passive side."""

    def __init__(self, certificate: Certificate, send: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self._wire = _Wire(send)
        self._lost = lost
        self._transport = rtcdtlstransport.RTCDtlsTransport(self._wire, [certificate])  # type: ignore[arg-type]
        self._transport._srtp_profiles = [
            rtcdtlstransport.SRTP_AEAD_AES_128_GCM,
            rtcdtlstransport.SRTP_AES128_CM_SHA1_80,
        ]
        self._transport._set_role("server")

    def feed(self, datagram: bytes) -> bool:
        """Take a datagram from a proven address; False when it is no DTLS record or there are too many."""
        if len(datagram) < 13 or not 20 <= datagram[0] <= 63 or self._wire.queue.full():
            return False
        self._wire.queue.put_nowait(datagram)
        return True

    async def connect(self, fingerprint: str, within_s: float) -> Srtp:
        """Shake hands with the holder of the certificate with this SHA-256. Raises DtlsFailed."""
        expected = rtcdtlstransport.RTCDtlsParameters(
            fingerprints=[rtcdtlstransport.RTCDtlsFingerprint(algorithm="sha-256", value=fingerprint)]
        )
        try:
            async with asyncio.timeout(within_s):
                await self._transport.start(expected)
        except TimeoutError as error:
            raise DtlsFailed("timeout") from error
        except (SSL.Error, ValueError, IndexError, AttributeError) as error:
            raise DtlsFailed("broken handshake") from error
        if self._transport.state != "connected":
            raise DtlsFailed(self._transport.state)
        self._transport.on("statechange", self._changed)
        return Srtp(self._transport._rx_srtp, self._transport._tx_srtp)

    def _changed(self) -> None:
        if self._transport.state == "closed":
            self._lost()

    async def close(self) -> None:
        """Say goodbye and stop."""
        self._transport.remove_all_listeners()
        await self._transport.stop()
