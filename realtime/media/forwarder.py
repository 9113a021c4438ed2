"""One output stream made of changing sources: continuous numbers, times and VP8 ids whoever is in the slot. [pure]

Law: an output sequence number once used names one packet for ever, and the newest never runs back. Time is an argument.
"""

from realtime.media.packet import Packet, Sent

# How far back a subscriber may ask again. A power of two.
HISTORY_PACKETS = 512
# A change of source advances the output clock at least this much, so that two pictures never share a time.
MIN_STEP_S = 0.02


class Forwarder:
    """The numbers of one slot. `attach` when the source changes, `forward` each packet of the present source."""

    def __init__(self, clock_rate: int, first_seq: int, first_time: int, *, is_video: bool) -> None:
        self.clock_rate = clock_rate
        self.is_video = is_video
        self.is_waiting = True
        self.packets = 0
        self.octets = 0
        self.rtp_offset: int | None = None
        self._newest_seq = first_seq + 0x10000
        self._newest_time = first_time
        self._newest_at: float | None = None
        self._start = 0
        self._seq_offset = 0
        self._picture_offset = self._tl0_offset = 0
        self._picture_id = self._tl0 = 0
        self._sent: list[Sent | None] = [None] * HISTORY_PACKETS

    def attach(self) -> None:
        """A new source follows: video waits for its keyframe, audio for its next packet."""
        self.is_waiting = True
        self.rtp_offset = None

    def forward(self, packet: Packet, now: float) -> Sent | None:
        """What this packet becomes, or None when it may not be shown (no keyframe yet, from before the change)."""
        if self.is_waiting:
            if self.is_video and (packet.vp8 is None or not packet.vp8.is_keyframe):
                return None
            self._begin(packet, now)
        elif packet.seq < self._start:
            return None
        seq = packet.seq + self._seq_offset
        if seq <= self._newest_seq - HISTORY_PACKETS:
            return None
        sent = self._numbered(packet, seq)
        if seq > self._newest_seq:
            self._newest_seq, self._newest_time, self._newest_at = seq, sent.rtp_time, now
            self._picture_id, self._tl0 = sent.picture_id, sent.tl0
        self._sent[seq % HISTORY_PACKETS] = sent
        self.packets += 1
        self.octets += len(packet.payload)
        return sent

    def _begin(self, packet: Packet, now: float) -> None:
        elapsed = MIN_STEP_S if self._newest_at is None else max(MIN_STEP_S, now - self._newest_at)
        first_time = self._newest_time + int(elapsed * self.clock_rate)
        self.is_waiting = False
        self._start = packet.seq
        self._seq_offset = self._newest_seq + 1 - packet.seq
        self.rtp_offset = first_time - packet.rtp_time
        if packet.vp8 is not None:
            self._picture_offset = self._picture_id + 1 - packet.vp8.picture_id
            self._tl0_offset = self._tl0 + 1 - packet.vp8.tl0

    def _numbered(self, packet: Packet, seq: int) -> Sent:
        rtp_time = (packet.rtp_time + (self.rtp_offset or 0)) & 0xFFFFFFFF
        vp8 = packet.vp8
        if vp8 is None:
            return Sent(packet, seq, rtp_time, self._picture_id, self._tl0)
        picture_id = (vp8.picture_id + self._picture_offset) & 0x7FFF
        return Sent(packet, seq, rtp_time, picture_id, (vp8.tl0 + self._tl0_offset) & 0xFF)

    def sent(self, seq: int) -> Sent | None:
        """What went out under this 16-bit number lately, for a repair."""
        held = self._sent[seq % HISTORY_PACKETS]
        return held if held is not None and held.seq & 0xFFFF == seq else None

    def rtp_time_at(self, now: float) -> int | None:
        """The output clock at a moment, guessed from the newest packet; None before the first."""
        if self._newest_at is None:
            return None
        return (self._newest_time + int((now - self._newest_at) * self.clock_rate)) & 0xFFFFFFFF
