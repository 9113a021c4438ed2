"""A client of the media node made of plain parts: it sends and counts exactly the packets a test wants."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from struct import pack, unpack_from
from typing import Any

from aioice import stun
from aiortc import rtcdtlstransport
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from meetings.ids import ParticipantId
from realtime.media import control
from tests.support.media_room import MediaRoom

WITHIN_S = 10.0
AUDIO_SSRC, VIDEO_SSRC, REPAIR_SSRC = 1111, 2222, 3333
LEVEL_ID, TRANSPORT_ID = 1, 3


def publish_offer(fingerprint: str, **changes: str) -> str:
    """A good offer of one microphone and one camera; `changes` replace text in it."""
    common = (
        "c=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"
        f"a=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\na=rtcp-mux\r\na=sendonly\r\n"
        f"a=extmap:{TRANSPORT_ID} http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    )
    text = (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
        f"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n{common}a=mid:0\r\n"
        f"a=extmap:{LEVEL_ID} urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
        f"a=rtpmap:111 opus/48000/2\r\na=ssrc:{AUDIO_SSRC} cname:x\r\n"
        f"m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n{common}a=mid:1\r\n"
        "a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
        f"a=ssrc:{VIDEO_SSRC} cname:x\r\n"
    )
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def subscribe_answer(offer: str, fingerprint: str) -> str:
    """The answer that takes every slot."""
    head, *media = offer.split("m=")
    mids = [part.split("a=mid:")[1].split("\r\n")[0] for part in media]
    lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", f"a=group:BUNDLE {' '.join(mids)}"]
    for part, mid in zip(media, mids, strict=True):
        lines += ["m=" + part.split("\r\n")[0], "a=ice-ufrag:wxyz", "a=ice-pwd:abcdefghijklmnopqrstuvwx"]
        lines += [f"a=fingerprint:sha-256 {fingerprint}", "a=setup:active", "a=rtcp-mux", "a=recvonly", f"a=mid:{mid}"]
    assert head.startswith("v=0")
    return "\r\n".join(lines) + "\r\n"


def rtp(payload_type: int, seq: int, rtp_time: int, ssrc: int, payload: bytes, *, marker: bool = False) -> bytes:
    return pack("!BBHII", 0x80, payload_type | (128 if marker else 0), seq & 0xFFFF, rtp_time, ssrc) + payload


def sound(seq: int, level: int = 20, ssrc: int = AUDIO_SSRC) -> bytes:
    """An Opus packet with its level and a transport-wide number."""
    extensions = bytes([LEVEL_ID << 4, 0x80 | level, TRANSPORT_ID << 4 | 1]) + pack("!H", seq & 0xFFFF) + bytes(3)
    return pack("!BBHIIHH", 0x90, 111, seq & 0xFFFF, seq * 960, ssrc, 0xBEDE, 2) + extensions + b"sound"


def picture(seq: int, *, is_keyframe: bool = False, picture_id: int | None = None) -> bytes:
    """A VP8 frame in one packet, with picture id and TL0PICIDX."""
    number = (seq if picture_id is None else picture_id) & 0x7FFF
    descriptor = bytes([0x90, 0xE0]) + pack("!H", 0x8000 | number) + bytes([seq & 0xFF, 0])
    frame = bytes([0x10 if is_keyframe else 0x11]) + b"picture" + bytes([seq & 0xFF])
    return rtp(96, seq, seq * 3000, VIDEO_SSRC, descriptor + frame, marker=True)


class _Wire:
    role, state = "controlling", "completed"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._out = send

    async def _recv(self) -> bytes:
        return await self.queue.get()

    async def _send(self, data: bytes) -> None:
        self._out(data)


class Connection(asyncio.DatagramProtocol):
    """One peer connection from the client's side."""

    def __init__(self, certificate: RTCCertificate) -> None:
        self.certificate = certificate
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []
        self.media_bytes = 0
        self.checks: asyncio.Queue[stun.Message] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._wire = _Wire(self.send)
        self.dtls = RTCDtlsTransport(self._wire, [certificate])  # type: ignore[arg-type]
        self.dtls._set_role("client")
        self.dtls._srtp_profiles = [rtcdtlstransport.SRTP_AEAD_AES_128_GCM]
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if data[0] < 4:
            self.checks.put_nowait(stun.parse_message(data))
        elif data[0] < 64:
            self._wire.queue.put_nowait(data)
        else:
            self.media_bytes += len(data)
            if 192 <= data[1] <= 223:
                self.rtcp.append(self.dtls._rx_srtp.unprotect_rtcp(data))
            else:
                self.rtp.append(self.dtls._rx_srtp.unprotect(data))
            self._changed.set()

    def send(self, datagram: bytes) -> None:
        self.transport.sendto(datagram)

    def send_rtp(self, packet: bytes) -> None:
        self.send(self.dtls._tx_srtp.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        self.send(self.dtls._tx_srtp.protect_rtcp(packet))

    async def until(self, wanted: Callable[[], bool], within_s: float = WITHIN_S) -> None:
        """Wait until what has been received makes `wanted` true."""
        async with asyncio.timeout(within_s):
            while not wanted():
                self._changed.clear()
                await self._changed.wait()

    def check(self, sdp: str, *, pwd: str | None = None, nominates: bool = True) -> None:
        """Send an ICE check for the other side's SDP."""
        ufrag = sdp.split("a=ice-ufrag:")[1].split("\r\n")[0]
        key = pwd or sdp.split("a=ice-pwd:")[1].split("\r\n")[0]
        attributes: dict[str, Any] = {"USERNAME": f"{ufrag}:abcd", "PRIORITY": 1, "ICE-CONTROLLING": 1}
        if nominates:
            attributes["USE-CANDIDATE"] = None
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes=attributes)
        request.add_message_integrity(key.encode())
        self.send(bytes(request))

    async def checked(self, sdp: str) -> None:
        self.check(sdp)
        async with asyncio.timeout(WITHIN_S):
            answer = await self.checks.get()
        assert answer.message_class == stun.Class.RESPONSE

    async def shake_hands(self, sdp: str) -> None:
        value = sdp.split("a=fingerprint:sha-256 ")[1].split("\r\n")[0]
        async with asyncio.timeout(WITHIN_S):
            await self.dtls.start(RTCDtlsParameters([RTCDtlsFingerprint("sha-256", value)]))
        assert self.dtls.state == "connected"

    async def close(self) -> None:
        await self.dtls.stop()
        await asyncio.sleep(0)
        self.transport.close()


class Client:
    """A participant's two connections."""

    def __init__(self, room: MediaRoom, who: str, session_id: str | None = None) -> None:
        self.room, self.who = room, ParticipantId(who)
        self.session_id = session_id or f"session-{who}"
        self.certificate = RTCCertificate.generateCertificate()
        self.fingerprint = rtcdtlstransport.certificate_digest(self.certificate._cert, "sha-256")
        self.up = Connection(self.certificate)
        self.down = Connection(self.certificate)
        self.ready: control.PeerReady | None = None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        for connection in (self.up, self.down):
            await loop.create_datagram_endpoint(
                lambda made=connection: made, remote_addr=("127.0.0.1", self.room.port), family=socket.AF_INET
            )

    async def signal(self, video_slots: int = 2) -> control.PeerReady:
        """Exchange SDP only."""
        ready = await self.room.join(self.session_id, self.who, publish_offer(self.fingerprint), video_slots)
        assert isinstance(ready, control.PeerReady)
        answered = await self.room.answer(self.session_id, subscribe_answer(ready.offer, self.fingerprint))
        assert isinstance(answered, control.PeerAnswered)
        self.ready = ready
        return ready

    async def join(self, video_slots: int = 2) -> None:
        """Be in the meeting with both connections up."""
        ready = await self.signal(video_slots)
        await self.up.checked(ready.answer)
        await self.down.checked(ready.offer)
        await self.up.shake_hands(ready.answer)
        await self.down.shake_hands(ready.offer)

    def slot_ssrcs(self, kind: str) -> list[int]:
        """Primary SSRCs of the slots of a kind, in order."""
        assert self.ready is not None
        parts = [part for part in self.ready.offer.split("m=")[1:] if part.startswith(kind)]
        return [int(part.split("a=ssrc:")[1].split(" ")[0]) for part in parts]

    def got(self, ssrc: int) -> list[bytes]:
        """RTP received on one stream."""
        return [packet for packet in self.down.rtp if unpack_from("!I", packet, 8)[0] == ssrc]

    async def close(self) -> None:
        await self.up.close()
        await self.down.close()


def seqs(packets: list[bytes]) -> list[int]:
    return [unpack_from("!H", packet, 2)[0] for packet in packets]


@asynccontextmanager
async def clients(room: MediaRoom, *people: str) -> AsyncIterator[list[Client]]:
    """Opened clients, not joined."""
    made = [Client(room, who) for who in people]
    for client in made:
        await client.open()
    try:
        yield made
    finally:
        for client in made:
            await client.close()


def junk(size: int) -> bytes:
    return secrets.token_bytes(size)
