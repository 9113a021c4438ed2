"""How often: token buckets and growing waits, kept in this process under a bounded number of keys. [pure]

Keys are addresses (`server.auth.peers`), session digests or link digests; what a client may choose freely (an e-mail)
only where the memory is bounded and nobody is kept out by it.
"""

from collections import OrderedDict
from collections.abc import Hashable


class TokenBuckets:
    """One bucket a key: `burst` tokens at first, `rate_per_s` back. At most `keys` buckets; the longest unused goes."""

    def __init__(self, rate_per_s: float, burst: float, keys: int = 50_000) -> None:
        self._rate = rate_per_s
        self._burst = burst
        self._keys = keys
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._taken: dict[Hashable, float] = {}

    def take(self, key: Hashable, now: float, tokens: float = 1) -> float:
        """Take tokens for `key`. Returns 0 when they were there, else the seconds until they will be."""
        level = self._level(key, now)
        missing = tokens - level
        if missing > 0:
            self._keep(key, level, now)
            return missing / self._rate
        self._keep(key, level - tokens, now)
        if len(self._taken) < self._keys:
            self._taken[key] = self._taken.get(key, 0.0) + tokens
        return 0.0

    def give_back(self, key: Hashable, now: float) -> None:
        """One token that should not have counted."""
        self._keep(key, min(self._burst, self._level(key, now) + 1), now)
        if key in self._taken:
            self._taken[key] -= 1

    def taken_elsewhere(self, key: Hashable, now: float, tokens: float) -> None:
        """Another node counted these: they are missing here too, at most down to empty."""
        self._keep(key, max(0.0, self._level(key, now) - tokens), now)

    def told(self) -> dict[Hashable, float]:
        """What was taken here since the last call, for the other nodes."""
        taken, self._taken = self._taken, {}
        return {key: tokens for key, tokens in taken.items() if tokens > 0}

    def _level(self, key: Hashable, now: float) -> float:
        level, at = self._levels.pop(key, (self._burst, now))
        return min(self._burst, level + (now - at) * self._rate)

    def _keep(self, key: Hashable, level: float, now: float) -> None:
        self._levels[key] = (level, now)
        if len(self._levels) > self._keys:
            self._levels.popitem(last=False)


class Recent:
    """Keys that were seen within the last `keep_s` seconds; at most `keys`, the oldest goes."""

    def __init__(self, keep_s: float, keys: int = 50_000) -> None:
        self._keep_s = keep_s
        self._keys = keys
        self._seen: OrderedDict[Hashable, float] = OrderedDict()

    def add(self, key: Hashable, now: float) -> None:
        """Seen now."""
        self._seen.pop(key, None)
        self._seen[key] = now
        if len(self._seen) > self._keys:
            self._seen.popitem(last=False)

    def has(self, key: Hashable, now: float) -> bool:
        """Whether it was seen lately."""
        at = self._seen.get(key)
        return at is not None and now - at <= self._keep_s


class GrowingWait:
    """After `free` failures in a row each further try must wait twice as long as the last, up to `slowest_s`."""

    def __init__(self, free: int, slowest_s: float, keys: int = 50_000) -> None:
        self._free = free
        self._slowest_s = slowest_s
        self._keys = keys
        self._failures: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()

    def wait(self, key: Hashable, now: float) -> float:
        """Seconds until `key` may try again; 0 is now."""
        failures, last = self._failures.get(key, (0, now))
        if failures < self._free:
            return 0.0
        pause: float = min(self._slowest_s, float(2 ** min(failures - self._free + 1, 30)))
        return max(0.0, last + pause - now)

    def failed(self, key: Hashable, now: float) -> None:
        """One more failure. After a quiet spell of twice `slowest_s` the count starts again."""
        failures = self.failures(key, now)
        self._failures.pop(key, None)
        self._failures[key] = (failures + 1, now)
        if len(self._failures) > self._keys:
            self._failures.popitem(last=False)

    def failures(self, key: Hashable, now: float) -> int:
        """How many failures in a row are remembered."""
        failures, last = self._failures.get(key, (0, now))
        return 0 if now - last > 2 * self._slowest_s else failures

    def succeeded(self, key: Hashable) -> None:
        """Forget the failures of `key`."""
        self._failures.pop(key, None)


class OpenCount:
    """How many of something (sockets, requests under way) each key has open."""

    def __init__(self) -> None:
        self._open: dict[Hashable, int] = {}

    def enter(self, key: Hashable, most: int) -> bool:
        """Count one more unless `most` are open. True: call `leave` later."""
        if self._open.get(key, 0) >= most:
            return False
        self._open[key] = self._open.get(key, 0) + 1
        return True

    def leave(self, key: Hashable) -> None:
        """One less."""
        left = self._open.get(key, 0) - 1
        if left > 0:
            self._open[key] = left
        else:
            self._open.pop(key, None)


class Thinned:
    """Of many alike some are written down, each with how many before it were not."""

    def __init__(self, rate_per_s: float, burst: float) -> None:
        self._buckets = TokenBuckets(rate_per_s, burst)
        self._unsaid: dict[Hashable, int] = {}

    def due(self, key: Hashable, now: float) -> int | None:
        """How many of this key went unsaid before one that is to be written down; None: this one is not."""
        if self._buckets.take(key, now):
            self._unsaid[key] = self._unsaid.get(key, 0) + 1
            return None
        return self._unsaid.pop(key, 0)
