"""A ring of the newest packets of one published track, for repairs and for starting late. [pure]"""

from realtime.media.packet import Packet

# Rises with the round trip to repair over; 512 video packets are about 3 s at 1.5 Mb/s. A power of two.
CACHE_PACKETS = 512
# Starting from an older keyframe would show more seconds of the past than asking for a new one costs.
REPLAY_PACKETS = 40


class PacketCache:
    """Packets by extended sequence number; an old one gives way to the one 512 later."""

    def __init__(self) -> None:
        self._ring: list[Packet | None] = [None] * CACHE_PACKETS
        self._newest = -1
        self._keyframe_at: int | None = None

    def put(self, packet: Packet) -> bool:
        """Keep a packet; False when it is already here or too old to keep."""
        if packet.seq <= self._newest - CACHE_PACKETS:
            return False
        place = packet.seq % CACHE_PACKETS
        held = self._ring[place]
        if held is not None and held.seq == packet.seq:
            return False
        self._ring[place] = packet
        self._newest = max(self._newest, packet.seq)
        if packet.vp8 is not None and packet.vp8.is_keyframe:
            self._keyframe_at = max(packet.seq, self._keyframe_at or 0)
        return True

    def get(self, seq: int) -> Packet | None:
        """The packet with this extended number, when it is still here."""
        held = self._ring[seq % CACHE_PACKETS]
        return held if held is not None and held.seq == seq else None

    def since_keyframe(self) -> list[Packet]:
        """Everything from the newest keyframe on, when complete and short enough to send at once, else nothing."""
        start = self._keyframe_at
        if start is None or self._newest - start >= REPLAY_PACKETS:
            return []
        packets = [self.get(seq) for seq in range(start, self._newest + 1)]
        complete = [packet for packet in packets if packet is not None]
        return complete if len(complete) == len(packets) else []
