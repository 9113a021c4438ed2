"""What the node tells a publisher about its packets: arrivals, gaps, loss, keyframe wishes. [pure]

Functions of time and counters; the uplink calls them and sends what they return.
"""

from realtime.media.packet import extend

# A gap is asked for after this long (reordering is not loss), again after that, and at most so often.
NACK_AFTER_S = 0.01
NACK_AGAIN_S = 0.08
NACK_TRIES = 8
# Gaps remembered at once; a longer outage is repaired by a keyframe.
GAPS_LIMIT = 256
KEYFRAME_EVERY_S = 0.5
# Arrivals in one feedback packet: keeps it well under a datagram.
ARRIVALS_LIMIT = 200


class Arrivals:
    """Transport-wide arrivals since the last feedback."""

    def __init__(self) -> None:
        self._arrived: dict[int, float] = {}
        self._highest: int | None = None
        self._reported = 0

    def got(self, seq: int, now: float) -> None:
        """A packet with this transport-wide number (16 bits) arrived."""
        extended = extend(seq, self._highest)
        if self._highest is None or extended > self._highest:
            self._highest = extended
        if extended > self._reported and len(self._arrived) < 4 * ARRIVALS_LIMIT:
            self._arrived.setdefault(extended, now)

    def take(self) -> list[tuple[int, float]]:
        """The next batch to report, ascending; empty when nothing arrived. Numbers span at most ARRIVALS_LIMIT."""
        if not self._arrived:
            return []
        first = min(self._arrived)
        batch = sorted((seq, at) for seq, at in self._arrived.items() if seq < first + ARRIVALS_LIMIT)
        for seq, _ in batch:
            del self._arrived[seq]
        self._reported = batch[-1][0]
        return batch


class Gaps:
    """Packets of one track that did not come, and when to ask for them: `due_at`, or infinity."""

    def __init__(self) -> None:
        self.due_at = float("inf")
        self._highest: int | None = None
        self._missing: dict[int, tuple[float, int]] = {}

    def got(self, seq: int, now: float) -> None:
        """A packet with this extended number arrived."""
        if self._highest is None:
            self._highest = seq
        elif seq > self._highest:
            if seq - self._highest > GAPS_LIMIT:
                self._missing.clear()
            else:
                for lost in range(self._highest + 1, seq):
                    self._missing[lost] = (now + NACK_AFTER_S, 0)
                self.due_at = min(self.due_at, now + NACK_AFTER_S) if self._missing else self.due_at
            self._highest = seq
        else:
            self._missing.pop(seq, None)

    def due(self, now: float) -> list[int]:
        """The extended numbers to ask for now, ascending; each is asked for at most NACK_TRIES times."""
        if now < self.due_at:
            return []
        asked = []
        for seq, (at, tries) in sorted(self._missing.items()):
            if at > now:
                continue
            if tries >= NACK_TRIES:
                del self._missing[seq]
                continue
            self._missing[seq] = (now + NACK_AGAIN_S, tries + 1)
            asked.append(seq)
        self.due_at = min((at for at, _ in self._missing.values()), default=float("inf"))
        return asked[:GAPS_LIMIT]


class Reception:
    """Loss and jitter of one incoming stream (RFC 3550 A.3, A.8)."""

    def __init__(self, clock_rate: int) -> None:
        self.clock_rate = clock_rate
        self.highest = 0
        self.jitter = 0.0
        self.loss = 0.0
        self._first: int | None = None
        self._got = self._got_before = self._expected_before = 0
        self._transit: float | None = None

    def got(self, seq: int, rtp_time: int, now: float) -> None:
        """A packet with this extended number and RTP time arrived."""
        if self._first is None:
            self._first = self.highest = seq
        self.highest = max(self.highest, seq)
        self._got += 1
        transit = now * self.clock_rate - rtp_time
        if self._transit is not None:
            change = abs(transit - self._transit)
            # A jump of the publisher's clock is not jitter.
            if change < self.clock_rate:
                self.jitter += (change - self.jitter) / 16
        self._transit = transit

    @property
    def lost(self) -> int:
        """Packets lost in all."""
        return self._expected() - self._got

    def _expected(self) -> int:
        return 0 if self._first is None else self.highest - self._first + 1

    def report(self) -> float:
        """The share lost since the last call, 0..1; also kept as `loss`."""
        expected = self._expected()
        interval, got = expected - self._expected_before, self._got - self._got_before
        self._expected_before, self._got_before = expected, self._got
        self.loss = max(0.0, (interval - got) / interval) if interval > 0 else 0.0
        return self.loss


class KeyframeWish:
    """Asks of many subscribers become at most one request each half second."""

    def __init__(self) -> None:
        self._wanted = False
        self._asked_at = float("-inf")

    def ask(self) -> None:
        """Somebody needs a keyframe."""
        self._wanted = True

    def answered(self) -> None:
        """A keyframe came."""
        self._wanted = False

    def due(self, now: float) -> bool:
        """Whether to send a request now; said once. It is repeated until a keyframe comes."""
        if not self._wanted or now < self._asked_at + KEYFRAME_EVERY_S:
            return False
        self._asked_at = now
        return True
