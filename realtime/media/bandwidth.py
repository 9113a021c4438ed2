"""What a link may carry: how many pictures down a weak one, and how much a participant may publish at all. [pure]

Pictures are taken away one by one before sound suffers.
"""

# Loss or round trip that, with an estimate below what is sent, means the link is full.
FULL_LOSS = 0.08
FULL_ROUND_TRIP_S = 0.8
# The link must be full for so long before a picture goes, and quiet for so long before one comes back.
SHED_AFTER_S = 1.5
TRY_AFTER_S = 8.0
# Each failed try doubles the wait, up to this.
TRY_AFTER_MOST_S = 60.0


class Allowance:
    """`pictures` is how many may be sent, None without a limit. Call `tick` twice a second."""

    def __init__(self) -> None:
        self.pictures: int | None = None
        self._full_since: float | None = None
        self._try_at = 0.0
        self._try_after_s = TRY_AFTER_S
        self._octets = 0
        self._ticked_at: float | None = None

    def tick(
        self, now: float, shown: int, octets: int, estimate_bps: int | None, loss: float, round_trip_s: float
    ) -> bool:
        """Judge the link by what was sent in all (`octets`) and what the receiver says; whether `pictures` changed."""
        sent_bps = self._sent_bps(now, octets)
        is_stressed = loss > FULL_LOSS or round_trip_s > FULL_ROUND_TRIP_S
        if is_stressed and estimate_bps is not None and estimate_bps < sent_bps:
            return self._full(now, shown)
        self._full_since = None
        if self.pictures is None or is_stressed or now < self._try_at:
            return False
        if shown < self.pictures:
            # More are allowed than wanted, and the link is quiet: no limit is needed.
            self.pictures, self._try_after_s = None, TRY_AFTER_S
            return False
        self.pictures += 1
        self._try_at = now + self._try_after_s
        return True

    def _sent_bps(self, now: float, octets: int) -> float:
        elapsed = 0.0 if self._ticked_at is None else now - self._ticked_at
        sent = (octets - self._octets) * 8 / elapsed if elapsed > 0 else 0.0
        self._octets, self._ticked_at = octets, now
        return sent

    def _full(self, now: float, shown: int) -> bool:
        if self._full_since is None:
            self._full_since = now
        if now - self._full_since < SHED_AFTER_S or shown == 0:
            return False
        if self.pictures is not None:
            self._try_after_s = min(TRY_AFTER_MOST_S, 2 * self._try_after_s)
        self.pictures = shown - 1
        self._full_since = None
        self._try_at = now + self._try_after_s
        return True


# A publisher may send this many times what was agreed, and so many seconds of it at once (a keyframe is a burst).
POLICED_TIMES, POLICED_BURST_S = 1.5, 1.5


class Budget:
    """A token bucket over octets: what is beyond it is not forwarded."""

    def __init__(self, agreed_bps: int) -> None:
        self._octets_per_s = agreed_bps * POLICED_TIMES / 8
        self._left = self._most = self._octets_per_s * POLICED_BURST_S
        self._at: float | None = None

    def take(self, octets: int, now: float) -> bool:
        """Whether these octets are within the budget; they are taken from it if so."""
        if self._at is not None:
            self._left = min(self._most, self._left + (now - self._at) * self._octets_per_s)
        self._at = now
        if octets > self._left:
            return False
        self._left -= octets
        return True
