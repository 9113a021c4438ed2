"""RTP packets: read what a publisher sent, write what a subscriber gets (RFC 3550, 8285, 4588, 7741). [pure]"""

from struct import Struct

RTP_HEADER = Struct("!BBHII")
_HEADER_WITH_SEND_TIME = Struct("!BBHIIHHI")
_U16 = Struct("!H")

# One-byte extension id the node gives abs-send-time in everything it sends (the node offers, so it chooses).
SEND_TIME_ID = 1
# Width or height, in pixels, beyond which a picture is an attack on the decoders of the others.
PICTURE_SIDE = 4096
# Room in the output buffer: rises only with the largest datagram accepted (1 500) plus the SRTP trailer (144).
BUFFER_BYTES = 2048


class Header:
    """The fixed header, where the payload lies (`start`, `end`, padding taken off) and the extensions by id."""

    __slots__ = ("end", "extensions", "marker", "payload_type", "rtp_time", "seq", "ssrc", "start")

    def __init__(
        self, marker: bool, payload_type: int, seq: int, rtp_time: int, ssrc: int, start: int, end: int,
        extensions: dict[int, bytes],
    ) -> None:  # fmt: skip
        self.marker = marker
        self.payload_type = payload_type
        self.seq = seq
        self.rtp_time = rtp_time
        self.ssrc = ssrc
        self.start = start
        self.end = end
        self.extensions = extensions


def read_header(packet: bytes) -> Header:
    """The header of an RTP packet. Raises ValueError when anything in it points outside the packet."""
    size = len(packet)
    if size < 12:
        raise ValueError("shorter than an RTP header")
    first, second, seq, rtp_time, ssrc = RTP_HEADER.unpack_from(packet)
    if first >> 6 != 2:
        raise ValueError("not RTP version 2")
    start = 12 + 4 * (first & 15)
    extensions: dict[int, bytes] = {}
    if first & 16:
        if start + 4 > size:
            raise ValueError("extension header outside the packet")
        profile = _U16.unpack_from(packet, start)[0]
        stop = start + 4 + 4 * int(_U16.unpack_from(packet, start + 2)[0])
        if stop > size:
            raise ValueError("extensions outside the packet")
        if profile == 0xBEDE:
            extensions = _one_byte_extensions(packet, start + 4, stop)
        start = stop
    end = size - (packet[-1] if first & 32 else 0)
    if start > end or (first & 32 and packet[-1] == 0):
        raise ValueError("padding or CSRC list longer than the packet")
    return Header(second > 127, second & 127, seq, rtp_time, ssrc, start, end, extensions)


def _one_byte_extensions(packet: bytes, at: int, stop: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while at < stop:
        head = packet[at]
        at += 1
        if head == 0:
            continue
        if head >> 4 == 15:
            break
        size = (head & 15) + 1
        if at + size > stop:
            raise ValueError("extension value is cut off")
        found[head >> 4] = packet[at : at + size]
        at += size
    return found


class Vp8:
    """Where the VP8 payload descriptor keeps what a change of source must rewrite; offsets are into the payload."""

    __slots__ = ("is_keyframe", "picture_id", "picture_id_at", "picture_id_wide", "tl0", "tl0_at")

    def __init__(
        self, is_keyframe: bool, picture_id: int, picture_id_at: int, picture_id_wide: bool, tl0: int, tl0_at: int
    ) -> None:
        self.is_keyframe = is_keyframe
        self.picture_id = picture_id
        self.picture_id_at = picture_id_at
        self.picture_id_wide = picture_id_wide
        self.tl0 = tl0
        self.tl0_at = tl0_at


def read_vp8(payload: bytes) -> Vp8:
    """The descriptor at the head of a VP8 payload; absent fields have offset 0. Raises ValueError when cut off."""
    try:
        return _read_vp8(payload)
    except IndexError as error:
        raise ValueError("VP8 descriptor is cut off") from error


def _read_vp8(payload: bytes) -> Vp8:
    first, at = payload[0], 1
    picture_id = picture_id_at = tl0 = tl0_at = 0
    wide = False
    if first & 0x80:
        flags, at = payload[1], 2
        if flags & 0x80:
            picture_id_at, wide = at, payload[at] > 127
            picture_id = (payload[at] & 127) << 8 | payload[at + 1] if wide else payload[at]
            at += 2 if wide else 1
        if flags & 0x40:
            tl0_at, tl0 = at, payload[at]
            at += 1
        if flags & 0x30:
            at += 1
    begins_frame = first & 0x10 != 0 and first & 7 == 0
    is_keyframe = begins_frame and payload[at] & 1 == 0
    if is_keyframe and len(payload) >= at + 10 and payload[at + 3 : at + 6] == b"\x9d\x01\x2a":
        width, height = payload[at + 6] | (payload[at + 7] & 63) << 8, payload[at + 8] | (payload[at + 9] & 63) << 8
        if width > PICTURE_SIDE or height > PICTURE_SIDE:
            raise ValueError("picture too large")
    return Vp8(is_keyframe, picture_id, picture_id_at, wide, tl0, tl0_at)


class Packet:
    """One packet of a published track as it is kept: read once, written once per subscriber.

    `seq` is extended (never wraps); `rtp_time` is the publisher's; `vp8` is None for audio and for padding.
    """

    __slots__ = ("marker", "payload", "rtp_time", "seq", "vp8")

    def __init__(self, seq: int, rtp_time: int, marker: bool, payload: bytes, vp8: Vp8 | None) -> None:
        self.seq = seq
        self.rtp_time = rtp_time
        self.marker = marker
        self.payload = payload
        self.vp8 = vp8


class Sent:
    """What one packet became for one subscriber: enough to send it again."""

    __slots__ = ("packet", "picture_id", "rtp_time", "seq", "tl0")

    def __init__(self, packet: Packet, seq: int, rtp_time: int, picture_id: int, tl0: int) -> None:
        self.packet = packet
        self.seq = seq
        self.rtp_time = rtp_time
        self.picture_id = picture_id
        self.tl0 = tl0


def write_audio(out: memoryview, sent: Sent, payload_type: int, ssrc: int) -> int:
    """Write an audio packet into `out`; the length written."""
    packet = sent.packet
    second = payload_type | 128 if packet.marker else payload_type
    RTP_HEADER.pack_into(out, 0, 0x80, second, sent.seq & 0xFFFF, sent.rtp_time & 0xFFFFFFFF, ssrc)
    end = 12 + len(packet.payload)
    out[12:end] = packet.payload
    return end


def write_video(out: memoryview, sent: Sent, payload_type: int, ssrc: int, send_time: int) -> int:
    """Write a video packet with abs-send-time (24 bits) into `out`; the length written."""
    packet = sent.packet
    second = payload_type | 128 if packet.marker else payload_type
    _write_video_header(out, second, sent.seq, sent.rtp_time, ssrc, send_time)
    end = 20 + len(packet.payload)
    out[20:end] = packet.payload
    _write_vp8(out, 20, sent)
    return end


def write_retransmission(out: memoryview, sent: Sent, payload_type: int, ssrc: int, seq: int, send_time: int) -> int:
    """Write the RTX packet (RFC 4588) of something already sent into `out`; the length written."""
    packet = sent.packet
    second = payload_type | 128 if packet.marker else payload_type
    _write_video_header(out, second, seq, sent.rtp_time, ssrc, send_time)
    _U16.pack_into(out, 20, sent.seq & 0xFFFF)
    end = 22 + len(packet.payload)
    out[22:end] = packet.payload
    _write_vp8(out, 22, sent)
    return end


def _write_video_header(out: memoryview, second: int, seq: int, rtp_time: int, ssrc: int, send_time: int) -> None:
    extension = (SEND_TIME_ID << 4 | 2) << 24 | send_time & 0xFFFFFF
    _HEADER_WITH_SEND_TIME.pack_into(
        out, 0, 0x90, second, seq & 0xFFFF, rtp_time & 0xFFFFFFFF, ssrc, 0xBEDE, 1, extension
    )


def _write_vp8(out: memoryview, start: int, sent: Sent) -> None:
    vp8 = sent.packet.vp8
    if vp8 is None:
        return
    if vp8.picture_id_at:
        if vp8.picture_id_wide:
            _U16.pack_into(out, start + vp8.picture_id_at, 0x8000 | sent.picture_id & 0x7FFF)
        else:
            out[start + vp8.picture_id_at] = sent.picture_id & 0x7F
    if vp8.tl0_at:
        out[start + vp8.tl0_at] = sent.tl0 & 0xFF


def send_time_24(now: float) -> int:
    """abs-send-time of a moment in seconds: 6.18 fixed point."""
    return int(now * 262144) & 0xFFFFFF


def extend(seq: int, highest: int | None) -> int:
    """The extended number nearest to the highest one seen for a 16-bit sequence number."""
    if highest is None:
        return seq + 0x10000
    delta = (seq - highest) & 0xFFFF
    return highest + (delta if delta < 0x8000 else delta - 0x10000)
