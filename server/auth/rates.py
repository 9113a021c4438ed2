"""How often: token buckets and growing waits, kept in this process under a bounded number of keys. [pure]

Keys are socket peers (`server.auth.peers`), session digests or link digests, never what a client may choose freely.
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

    def take(self, key: Hashable, now: float, tokens: float = 1) -> float:
        """Take tokens for `key`. Returns 0 when they were there, else the seconds until they will be."""
        level, at = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._rate)
        missing = tokens - level
        self._levels[key] = (level if missing > 0 else level - tokens, now)
        if len(self._levels) > self._keys:
            self._levels.popitem(last=False)
        return missing / self._rate if missing > 0 else 0.0


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
        failures, last = self._failures.pop(key, (0, now))
        if now - last > 2 * self._slowest_s:
            failures = 0
        self._failures[key] = (failures + 1, now)
        if len(self._failures) > self._keys:
            self._failures.popitem(last=False)

    def succeeded(self, key: Hashable) -> None:
        """Forget the failures of `key`."""
        self._failures.pop(key, None)


class OpenCount:
    """How many sockets each key holds open."""

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
