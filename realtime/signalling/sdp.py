"""SDP as far as the media node needs it: a strict reader and two builders (RFC 8866, 9429, 8839, 8842, 8843). [pure]

What is read comes from strangers: sizes are capped, nothing read is written back except mids, payload types and
extension ids that were checked. Remote candidates are not even looked at.
"""

from collections.abc import Sequence

import msgspec

# Bytes and m-lines of an SDP: a browser's own offer of two tracks is under 8 KiB; its answer has a line a slot.
SDP_BYTES = 64 * 1024
MEDIA_LIMIT = 32
LINES_LIMIT = 2000

OPUS, VP8, VP8_RTX = 111, 96, 97
AUDIO_BPS, VIDEO_BPS = 64_000, 1_500_000
TRANSPORT_WIDE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"


class SdpRefused(Exception):
    """The SDP cannot be accepted; `code` is stable, `reason` is for the log of the node (no part of the SDP in it)."""

    code = "media.bad_offer"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an SDP: attributes in order as (name, value). `kind` is "" for the session part."""

    kind: str
    port: int
    formats: tuple[str, ...]
    attributes: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [value for held, value in self.attributes if held == name]

    def has(self, name: str) -> bool:
        """Whether the attribute stands here."""
        return any(held == name for held, _ in self.attributes)


class Description(msgspec.Struct, frozen=True):
    """A read SDP."""

    session: Section
    media: tuple[Section, ...]


class Dialled(msgspec.Struct, frozen=True, kw_only=True):
    """The node's own side of one connection, as written into SDP. `hosts`: advertised addresses, best first."""

    ufrag: str
    pwd: str
    fingerprint: str
    hosts: tuple[str, ...]
    port: int
    session_number: int
    has_tcp: bool = False


class AcceptedMedia(msgspec.Struct, frozen=True, kw_only=True):
    """One m-line of an accepted publish offer. Ids of extensions are 0 when not offered; `repair` 0 without RTX."""

    kind: str
    mid: str
    payload_type: int
    repair: int
    level_id: int
    transport_id: int


class VideoSlot(msgspec.Struct, frozen=True):
    """The fixed streams of one video slot."""

    ssrc: int
    repair_ssrc: int


def read(text: str) -> Description:
    """Read an SDP. Raises SdpRefused when it is too big or not SDP."""
    if len(text) > SDP_BYTES or len(text.encode()) > SDP_BYTES:
        raise SdpRefused("too big")
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > LINES_LIMIT or not lines[0].startswith("v=0"):
        raise SdpRefused("not SDP")
    sections: list[tuple[str, int, tuple[str, ...], list[tuple[str, str]]]] = [("", 0, (), [])]
    for line in lines:
        if line.startswith("m="):
            if len(sections) > MEDIA_LIMIT:
                raise SdpRefused("too many m-lines")
            sections.append(_media_line(line))
        elif line.startswith("a="):
            name, _, value = line[2:].partition(":")
            sections[-1][3].append((name, value))
    made = [
        Section(kind=kind, port=port, formats=formats, attributes=tuple(attributes))
        for kind, port, formats, attributes in sections
    ]
    return Description(made[0], tuple(made[1:]))


def _media_line(line: str) -> tuple[str, int, tuple[str, ...], list[tuple[str, str]]]:
    words = line[2:].split()
    if len(words) < 4 or not words[1].isascii() or not words[1].isdigit():
        raise SdpRefused("broken m-line")
    return words[0], int(words[1]), tuple(words[3:]), []


def _session_lines(side: Dialled, mids: Sequence[str]) -> list[str]:
    return [
        "v=0",
        f"o=- {side.session_number} 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(mids)}",
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS *",
    ]


def _transport_lines(side: Dialled, setup: str, *, with_candidates: bool) -> list[str]:
    lines = [
        "a=rtcp:9 IN IP4 0.0.0.0",
        f"a=ice-ufrag:{side.ufrag}",
        f"a=ice-pwd:{side.pwd}",
        f"a=fingerprint:sha-256 {side.fingerprint}",
        f"a=setup:{setup}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
    ]
    return lines + (_candidates(side) if with_candidates else [])


def _candidates(side: Dialled) -> list[str]:
    """Host candidates, UDP before TCP (RFC 8445 5.1.2, RFC 6544 4.2)."""
    lines = []
    for place, host in enumerate(side.hosts):
        preference = 65535 - place
        lines.append(f"a=candidate:{place + 1} 1 udp {126 << 24 | preference << 8 | 255} {host} {side.port} typ host")
        if side.has_tcp:
            priority = 90 << 24 | (4 << 13 | 8191 - place) << 8 | 255
            lines.append(f"a=candidate:{place + 101} 1 tcp {priority} {host} {side.port} typ host tcptype passive")
    return [*lines, "a=end-of-candidates"]


def publish_answer(side: Dialled, accepted: Sequence[AcceptedMedia]) -> str:
    """The answer to a publish offer whose m-lines were accepted, in their order."""
    lines = _session_lines(side, [media.mid for media in accepted])
    for place, media in enumerate(accepted):
        types = f"{media.payload_type} {media.repair}" if media.repair else f"{media.payload_type}"
        lines.append(f"m={media.kind} 9 UDP/TLS/RTP/SAVPF {types}")
        lines += ["c=IN IP4 0.0.0.0", f"b=TIAS:{AUDIO_BPS if media.kind == 'audio' else VIDEO_BPS}"]
        lines += _transport_lines(side, "passive", with_candidates=place == 0)
        lines += [f"a=mid:{media.mid}", "a=recvonly"]
        if media.level_id:
            lines.append(f"a=extmap:{media.level_id} {AUDIO_LEVEL}")
        if media.transport_id:
            lines.append(f"a=extmap:{media.transport_id} {TRANSPORT_WIDE}")
        lines += _codec_lines(media.kind, media.payload_type, media.repair, has_transport=media.transport_id > 0)
    return "\r\n".join(lines) + "\r\n"


def _codec_lines(kind: str, payload_type: int, repair: int, *, has_transport: bool) -> list[str]:
    transport = [f"a=rtcp-fb:{payload_type} transport-cc"] if has_transport else []
    if kind == "audio":
        return [
            f"a=rtpmap:{payload_type} opus/48000/2",
            f"a=fmtp:{payload_type} minptime=10;useinbandfec=1;usedtx=1",
            *transport,
        ]
    lines = [
        f"a=rtpmap:{payload_type} VP8/90000",
        f"a=rtcp-fb:{payload_type} ccm fir",
        f"a=rtcp-fb:{payload_type} nack",
        f"a=rtcp-fb:{payload_type} nack pli",
        f"a=rtcp-fb:{payload_type} goog-remb",
        *transport,
    ]
    if repair:
        lines += [f"a=rtpmap:{repair} rtx/90000", f"a=fmtp:{repair} apt={payload_type}"]
    return lines


def subscribe_offer(side: Dialled, audio: Sequence[int], video: Sequence[VideoSlot], extension_id: int) -> str:
    """The offer of fixed slots: mids a0, a1, ... (SSRCs `audio`) and v0, v1, ...; a slot's streams never change."""
    mids = [f"a{place}" for place in range(len(audio))] + [f"v{place}" for place in range(len(video))]
    lines = _session_lines(side, mids)
    for place, ssrc in enumerate(audio):
        lines.append(f"m=audio 9 UDP/TLS/RTP/SAVPF {OPUS}")
        lines += _slot_lines(side, f"a{place}", is_first=place == 0)
        lines += _codec_lines("audio", OPUS, 0, has_transport=False)
        lines += _stream_lines(ssrc, f"a{place}")
    for place, slot in enumerate(video):
        lines.append(f"m=video 9 UDP/TLS/RTP/SAVPF {VP8} {VP8_RTX}")
        lines += _slot_lines(side, f"v{place}", is_first=not audio and place == 0)
        lines.append(f"a=extmap:{extension_id} {SEND_TIME}")
        lines += _codec_lines("video", VP8, VP8_RTX, has_transport=False)
        # Chromium takes the first SSRC it reads for the primary one: RTX first shows no picture and no error.
        lines.append(f"a=ssrc-group:FID {slot.ssrc} {slot.repair_ssrc}")
        lines += _stream_lines(slot.ssrc, f"v{place}") + _stream_lines(slot.repair_ssrc, f"v{place}")
    return "\r\n".join(lines) + "\r\n"


def _slot_lines(side: Dialled, mid: str, *, is_first: bool) -> list[str]:
    transport = _transport_lines(side, "actpass", with_candidates=is_first)
    return ["c=IN IP4 0.0.0.0", *transport, f"a=mid:{mid}", "a=sendonly", f"a=msid:slot-{mid} track-{mid}"]


def _stream_lines(ssrc: int, mid: str) -> list[str]:
    return [f"a=ssrc:{ssrc} cname:hearth", f"a=ssrc:{ssrc} msid:slot-{mid} track-{mid}"]
