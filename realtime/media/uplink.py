"""The connection on which a participant publishes: packets to their tracks, feedback back."""

import secrets
from collections.abc import Callable

from meetings.ids import ParticipantId
from realtime.media import rtcp
from realtime.media.feedback import Arrivals
from realtime.media.packet import read_header
from realtime.media.peer import Peer
from realtime.media.sender_clock import SenderClock
from realtime.media.track import Track
from realtime.signalling.negotiation import PublishOffer

# Feedback on arrivals: the publisher's estimate follows at this pace.
TRANSPORT_EVERY_S = 0.05
REPORT_EVERY_S = 1.0
LEVEL_OF_SILENCE = 127


class Uplink:
    """Publishing side of a session. `heard` is told every audio level (participant's own, in -dBov)."""

    def __init__(
        self, peer: Peer, participant_id: ParticipantId, offer: PublishOffer, heard: Callable[[int], None]
    ) -> None:
        self.peer = peer
        sender = SenderClock()
        self.audio = Track(participant_id, "audio", sender)
        self.video = Track(participant_id, "video", sender)
        self.tracks = (self.audio, self.video)
        self._heard = heard
        self._ssrc = secrets.randbits(32)
        self._originals: dict[int, Track] = {}
        self._repairs: dict[int, Track] = {}
        self._level_id = self._transport_id = 0
        self._arrivals = Arrivals()
        self._feedbacks = 0
        self._transport_at = self._reported_at = 0.0
        for media in offer.media:
            self._take_up(media.kind, media.payload_type, media.repair)
            self._level_id = media.level_id or self._level_id
            self._transport_id = media.transport_id or self._transport_id
        peer.got_rtp, peer.got_rtcp = self._got_rtp, self._got_rtcp

    def _take_up(self, kind: str, payload_type: int, repair: int) -> None:
        track = self.video if kind == "video" else self.audio
        self._originals[payload_type] = track
        if repair:
            self._repairs[repair] = track

    def _got_rtp(self, plain: bytes, now: float) -> None:
        header = read_header(plain)
        transport = header.extensions.get(self._transport_id)
        if transport is not None and len(transport) == 2:
            self._arrivals.got(transport[0] << 8 | transport[1], now)
        payload = plain[header.start : header.end]
        track = self._originals.get(header.payload_type)
        if track is not None:
            packet = track.got(header, payload, now)
            if track is self.audio and track.is_on:
                level = header.extensions.get(self._level_id)
                self._heard(level[0] & 127 if level else LEVEL_OF_SILENCE)
        elif len(payload) > 2 and header.payload_type in self._repairs:
            track = self._repairs[header.payload_type]
            packet = track.repaired(header, payload[0] << 8 | payload[1], payload[2:], now)
        else:
            return
        if packet is not None:
            track.send_on(packet, now)
        if track is self.video:
            # At once, not at the next tick: every millisecond is one less of a frozen picture.
            wishes = self._video_wishes(now)
            if wishes:
                self.peer.send_rtcp(b"".join(wishes))

    def _got_rtcp(self, plain: bytes, now: float) -> None:
        for said in rtcp.read(plain):
            if isinstance(said, rtcp.SenderReport):
                for track in self.tracks:
                    if track.ssrc == said.ssrc:
                        track.clock.got(said, now)

    def tick(self, now: float) -> None:
        """Send what is due: arrivals, gaps, keyframe wishes, reports."""
        parts: list[bytes] = []
        if now - self._transport_at >= TRANSPORT_EVERY_S:
            self._transport_at = now
            parts += self._arrival_parts()
        parts += self._video_wishes(now)
        if now - self._reported_at >= REPORT_EVERY_S:
            self._reported_at = now
            blocks = [self._block(track, now) for track in self.tracks if track.ssrc is not None]
            if blocks:
                parts.insert(0, rtcp.receiver_report(self._ssrc, blocks))
        if parts:
            self.peer.send_rtcp(b"".join(parts))

    def _video_wishes(self, now: float) -> list[bytes]:
        video, parts = self.video, []
        if video.ssrc is None:
            return []
        if video.gaps.due_at <= now:
            missing = video.gaps.due(now)
            if missing:
                parts.append(rtcp.nack(self._ssrc, video.ssrc, [seq & 0xFFFF for seq in missing]))
        if video.is_on and video.wish.due(now):
            parts.append(rtcp.picture_loss(self._ssrc, video.ssrc))
        return parts

    def _arrival_parts(self) -> list[bytes]:
        batch = self._arrivals.take()
        media_ssrc = self.video.ssrc or self.audio.ssrc
        if not batch or media_ssrc is None:
            return []
        self._feedbacks += 1
        return [rtcp.transport_feedback(self._ssrc, media_ssrc, batch, self._feedbacks)]

    def _block(self, track: Track, now: float) -> bytes:
        clock, reception = track.clock, track.reception
        delay = 0 if clock.reported_at is None else int((now - clock.reported_at) * 65536)
        loss = reception.report()
        return rtcp.block(
            track.ssrc or 0, loss, reception.lost, reception.highest, int(reception.jitter), clock.report_middle, delay
        )

    @property
    def loss(self) -> float:
        """The share lost on the way here over the last second, 0..1."""
        return max(track.reception.loss for track in self.tracks)
