"""One published microphone or camera: what arrived of it, and the slots that show it. [pure]"""

from typing import Protocol

from meetings.ids import ParticipantId
from realtime.media.bandwidth import Budget
from realtime.media.feedback import Gaps, KeyframeWish, Reception
from realtime.media.packet import Header, Packet, extend, read_vp8
from realtime.media.packet_cache import PacketCache
from realtime.media.sender_clock import SenderClock, TrackClock
from realtime.signalling.sdp import AUDIO_BPS, VIDEO_BPS

AUDIO_RATE, VIDEO_RATE = 48_000, 90_000
# A browser changes a track's SSRC at most when it re-joins; a stream of new ones is junk.
RESTARTS_LIMIT = 16


class Output(Protocol):
    """A slot that shows a track."""

    def got(self, packet: Packet, now: float) -> None:
        """The next packet of the track."""
        ...

    def attach(self) -> None:
        """What follows does not continue what was before."""
        ...

    def leave(self, now: float) -> None:
        """The track is gone."""
        ...


class Track:
    """Packets in, numbered without wrapping; `outputs` is who gets them."""

    def __init__(self, participant_id: ParticipantId, kind: str, sender: SenderClock) -> None:
        self.participant_id = participant_id
        self.is_video = kind == "video"
        self.clock_rate = VIDEO_RATE if self.is_video else AUDIO_RATE
        self.ssrc: int | None = None
        self.is_on = True
        self.outputs: list[Output] = []
        self.cache = PacketCache()
        self.wish = KeyframeWish()
        self.clock = TrackClock(self.clock_rate, sender)
        self.gaps = Gaps()
        self.reception = Reception(self.clock_rate)
        self._budget = Budget(VIDEO_BPS if self.is_video else AUDIO_BPS)
        self._highest: int | None = None
        self._origin = 0
        self._restarts = 0

    def got(self, header: Header, payload: bytes, now: float) -> Packet | None:
        """A packet of the track itself; None when it is a duplicate or of a stream too many."""
        if header.ssrc != self.ssrc and not self._restart(header.ssrc):
            return None
        seq = extend(header.seq, self._highest) if self._highest is not None else self._origin + header.seq
        self.gaps.got(seq, now)
        self.reception.got(seq, header.rtp_time, now)
        if self._highest is None or seq > self._highest:
            self._highest = seq
        return self._kept(seq, header, payload, now)

    def repaired(self, header: Header, original_seq: int, payload: bytes, now: float) -> Packet | None:
        """A packet that came by retransmission; None when its original is here already."""
        if self._highest is None:
            return None
        seq = extend(original_seq, self._highest)
        self.gaps.got(seq, now)
        self._highest = max(seq, self._highest)
        return self._kept(seq, header, payload, now)

    def _kept(self, seq: int, header: Header, payload: bytes, now: float) -> Packet | None:
        if not self._budget.take(len(payload), now):
            return None
        vp8 = read_vp8(payload) if self.is_video and payload else None
        packet = Packet(seq, header.rtp_time, header.marker, payload, vp8)
        if not self.cache.put(packet):
            return None
        if vp8 is not None and vp8.is_keyframe:
            self.wish.answered()
        return packet

    def _restart(self, ssrc: int) -> bool:
        if self._restarts >= RESTARTS_LIMIT:
            return False
        self._restarts += 1
        self._origin = ((self._highest or 0) | 0xFFFF) + 0x10001
        self.ssrc, self._highest = ssrc, None
        self.gaps, self.reception = Gaps(), Reception(self.clock_rate)
        for output in self.outputs:
            output.attach()
        if self.is_video:
            self.wish.ask()
        return True

    def send_on(self, packet: Packet, now: float) -> None:
        """Give a packet to everyone who shows this track, unless it is switched off."""
        if self.is_on:
            for output in self.outputs:
                output.got(packet, now)

    def switch(self, *, is_on: bool) -> None:
        """The participant switched this track on or off."""
        if is_on and not self.is_on:
            for output in self.outputs:
                output.attach()
            self.wish.ask()
        self.is_on = is_on
