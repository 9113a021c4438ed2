"""How fast one session may send in one plan. [pure]"""

from realtime.rates import Bucket, Rate

UPDATES = Rate(per_s=30, burst=120)
BYTES = Rate(per_s=131_072, burst=524_288)
CURSORS = Rate(per_s=10, burst=30)
STEP_ONE = Rate(per_s=2 / 60, burst=2)
REFUSALS = Rate(per_s=0.5, burst=20)


class Pace:
    """The buckets of one session."""

    __slots__ = ("_bytes", "_cursors", "_refusals", "_step_one", "_updates")

    def __init__(self, now: float) -> None:
        self._updates = Bucket(UPDATES, now)
        self._bytes = Bucket(BYTES, now)
        self._cursors = Bucket(CURSORS, now)
        self._step_one = Bucket(STEP_ONE, now)
        self._refusals = Bucket(REFUSALS, now)

    def update(self, size: int, now: float) -> bool:
        """Whether an update of so many bytes is within the rates."""
        return self._updates.take(now) and self._bytes.take(now, size)

    def cursor(self, now: float) -> bool:
        """Whether one more cursor move is."""
        return self._cursors.take(now)

    def step_one(self, now: float) -> bool:
        """Whether one more step 1 is: each costs us the whole document."""
        return self._step_one.take(now)

    def refusal(self, now: float) -> bool:
        """Whether one more refused update is; beyond it the peer is broken or hostile."""
        return self._refusals.take(now)
