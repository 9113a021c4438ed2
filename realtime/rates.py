"""Token buckets: how often a peer may say what. [pure]"""

import msgspec


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """`per_s` on average, `burst` at once."""

    per_s: float
    burst: float


# Higher: a broken client costs its neighbours more. Lower: quick honest people are cut off.
COMMANDS = Rate(per_s=10, burst=30)
SIGNALLING = Rate(per_s=10, burst=30)
FRAMES = Rate(per_s=60, burst=240)
FRAME_BYTES = Rate(per_s=131_072, burst=1_048_576)
OTHERS = Rate(per_s=10, burst=30)


class Bucket:
    """Starts full. Time is an argument, in seconds of any monotonic clock."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = rate.burst
        self._at = now

    def take(self, now: float, cost: float = 1.0) -> bool:
        """Whether there was enough left; takes it then."""
        self._tokens = min(self._rate.burst, self._tokens + (now - self._at) * self._rate.per_s)
        self._at = now
        if self._tokens < cost:
            return False
        self._tokens -= cost
        return True
