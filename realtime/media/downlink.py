"""The connection on which a participant receives: fixed slots, each showing one track or none."""

import secrets
from collections.abc import Callable

from realtime.media import rtcp, seam
from realtime.media.forwarder import Forwarder
from realtime.media.packet import Packet, Sent, send_time_24, write_audio, write_retransmission, write_video
from realtime.media.peer import Peer
from realtime.media.track import AUDIO_RATE, VIDEO_RATE, Track
from realtime.signalling.sdp import OPUS, VP8, VP8_RTX, VideoSlot

REPORT_EVERY_S = 1.0
CNAME = b"hearth"
# Repairs a second for one slot: beyond it the link is full, and repairs only add to that.
REPAIRS_A_SECOND = 200


class Slot:
    """One output stream. `show` changes its source; nothing is sent while there is none."""

    def __init__(self, peer: Peer, *, is_video: bool, ssrc: int, repair_ssrc: int) -> None:
        self.peer = peer
        self.ssrc = ssrc
        self.repair_ssrc = repair_ssrc
        self.is_video = is_video
        self.source: Track | None = None
        self.loss = 0.0
        rate = VIDEO_RATE if is_video else AUDIO_RATE
        self.forwarder = Forwarder(rate, secrets.randbits(15), secrets.randbits(31), is_video=is_video)
        self._repair_seq = secrets.randbits(15)
        self._repairs_left = REPAIRS_A_SECOND

    def show(self, track: Track | None, now: float) -> None:
        """Show this track from its next keyframe (or the one just past), or nothing."""
        if track is self.source:
            return
        if self.source is not None:
            self.source.outputs.remove(self)
        self.source = track
        self.attach()
        if track is None:
            return
        track.outputs.append(self)
        if self.is_video:
            replay = track.cache.since_keyframe() if track.is_on else []
            for packet in replay:
                self.got(packet, now)
            if not replay:
                track.wish.ask()

    def attach(self) -> None:
        """What follows does not continue what was before."""
        self.forwarder.attach()

    def leave(self, now: float) -> None:
        """The track shown is gone."""
        self.show(None, now)

    def got(self, packet: Packet, now: float) -> None:
        """Send a packet of the source on, when it can be shown."""
        sent = self.forwarder.forward(packet, now)
        if sent is None:
            return
        if self.is_video:
            size = write_video(seam.OUT, sent, VP8, self.ssrc, send_time_24(now))
        else:
            size = write_audio(seam.OUT, sent, OPUS, self.ssrc)
        self.peer.send_rtp(size)

    def repair(self, seqs: tuple[int, ...], now: float) -> None:
        """Send again what the subscriber misses, as far as it is kept and repairs are left; the rest is skipped."""
        found: list[Sent | None] = [self.forwarder.sent(seq) for seq in seqs]
        for sent in found:
            if sent is None or self._repairs_left <= 0:
                continue
            self._repairs_left -= 1
            self._repair_seq += 1
            size = write_retransmission(seam.OUT, sent, VP8_RTX, self.repair_ssrc, self._repair_seq, send_time_24(now))
            self.peer.send_rtp(size)

    def report(self, now: float, ntp: int) -> bytes:
        """A sender report with the clock of the source, when anything was sent; renews the allowance of repairs."""
        self._repairs_left = REPAIRS_A_SECOND
        if self.source is None or not self.forwarder.packets or self.forwarder.rtp_offset is None:
            return b""
        source_time = self.source.clock.rtp_time_at(now)
        rtp_time = self.forwarder.rtp_time_at(now) if source_time is None else source_time + self.forwarder.rtp_offset
        if rtp_time is None:
            return b""
        return rtcp.sender_report(self.ssrc, ntp, rtp_time, self.forwarder.packets, self.forwarder.octets)


class Downlink:
    """Receiving side of a session."""

    def __init__(self, peer: Peer, audio_slots: int, video_slots: int, ntp_now: Callable[[float], int]) -> None:
        self.peer = peer
        ssrcs = _distinct_ssrcs(audio_slots + 2 * video_slots)
        self.audio = [Slot(peer, is_video=False, ssrc=ssrcs.pop(), repair_ssrc=0) for _ in range(audio_slots)]
        self.video = [Slot(peer, is_video=True, ssrc=ssrcs.pop(), repair_ssrc=ssrcs.pop()) for _ in range(video_slots)]
        self.estimate_bps: int | None = None
        self.round_trip_s = 0.0
        self._slots = {slot.ssrc: slot for slot in (*self.audio, *self.video)}
        self._ntp_now = ntp_now
        self._reported_at = 0.0
        peer.got_rtcp = self._got_rtcp

    @property
    def video_streams(self) -> list[VideoSlot]:
        """SSRCs of the video slots, for the offer."""
        return [VideoSlot(slot.ssrc, slot.repair_ssrc) for slot in self.video]

    @property
    def loss(self) -> float:
        """The share the subscriber said it lost, 0..1, of the worst slot in use."""
        return max((slot.loss for slot in self._slots.values() if slot.source is not None), default=0.0)

    def _got_rtcp(self, plain: bytes, now: float) -> None:
        for said in rtcp.read(plain):
            if isinstance(said, rtcp.Remb):
                self.estimate_bps = said.bps
            elif isinstance(said, rtcp.Blocks):
                for block in said.blocks:
                    self._got_block(block, now)
            elif isinstance(said, rtcp.Nack | rtcp.KeyframeRequest) and said.ssrc in self._slots:
                self._got_wish(said, self._slots[said.ssrc], now)

    def _got_wish(self, said: rtcp.Nack | rtcp.KeyframeRequest, slot: Slot, now: float) -> None:
        if isinstance(said, rtcp.Nack) and slot.is_video:
            slot.repair(said.seqs, now)
        elif isinstance(said, rtcp.KeyframeRequest) and slot.source is not None:
            slot.source.wish.ask()

    def _got_block(self, block: rtcp.Block, now: float) -> None:
        slot = self._slots.get(block.ssrc)
        if slot is None:
            return
        slot.loss = block.loss
        if block.last_report:
            middle = self._ntp_now(now) >> 16 & 0xFFFFFFFF
            self.round_trip_s = ((middle - block.last_report - block.delay) & 0xFFFFFFFF) / 65536

    def tick(self, now: float) -> None:
        """Send the sender reports when they are due; nothing at all while no slot shows anything."""
        if now - self._reported_at < REPORT_EVERY_S:
            return
        self._reported_at = now
        ntp = self._ntp_now(now)
        for slot in self._slots.values():
            report = slot.report(now, ntp)
            if report:
                self.peer.send_rtcp(report + rtcp.description(slot.ssrc, CNAME))

    def clear(self, now: float) -> None:
        """Show nothing."""
        for slot in self._slots.values():
            slot.show(None, now)


def _distinct_ssrcs(count: int) -> list[int]:
    made: set[int] = set()
    while len(made) < count:
        made.add(secrets.randbits(32) or 1)
    return list(made)
