"""Who waits, place by place: a thousand of one address are served no sooner than the first of another. [pure]"""

from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Lines(Generic[T]):
    """A line for each place (an address, a session); `first` goes round them."""

    def __init__(self) -> None:
        self._lines: OrderedDict[Hashable, deque[T]] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def join(self, place: Hashable, one: T) -> None:
        """To the end of its place's line."""
        self._lines.setdefault(place, deque()).append(one)
        self._count += 1

    def leave(self, place: Hashable, one: T) -> None:
        """Out of the line, wherever it stands; let be when it is not there."""
        line = self._lines.get(place)
        if line is None or one not in line:
            return
        line.remove(one)
        self._count -= 1
        if not line:
            del self._lines[place]

    def first(self) -> T:
        """Take the first of the next place. Raises KeyError when nobody waits."""
        place, line = self._lines.popitem(last=False)
        one = line.popleft()
        self._count -= 1
        if line:
            self._lines[place] = line
        return one

    def newest_of_fullest(self, unless: Hashable | None) -> tuple[Hashable, T] | None:
        """The newest of the place with most in line; None where nobody waits, or `unless` has (nearly) as many."""
        if not self._lines:
            return None
        fullest = max(self._lines, key=lambda one: len(self._lines[one]))
        if unless is not None and len(self._lines[fullest]) <= len(self._lines.get(unless, ())) + 1:
            return None
        return fullest, self._lines[fullest][-1]
