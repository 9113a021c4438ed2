"""Who keeps the server waiting, each with a share: one too many ends the oldest of its own, never a neighbour's. [pure]

A share refuses nobody. Behind one address may sit a shelter or a school: when its share is full the connection that
has been silent longest is ended for the new one, which a browser does not even notice; what an attacker holds open
pushes out only the attacker's own.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Protocol


class Unfinished(Protocol):
    """A connection or a request that waits for its peer."""

    def give_way(self) -> None:
        """End it."""
        ...


class Shares:
    """At most `each` of one key and `together` of all; above that the oldest of whoever holds most is ended."""

    def __init__(self, each: int, together: int) -> None:
        self._each = max(1, each)
        self._together = max(1, together)
        self._held: dict[Hashable, OrderedDict[Unfinished, None]] = {}
        self._count = 0

    def enter(self, key: Hashable, one: Unfinished) -> None:
        """`one` waits for its peer from now on; somebody may have to give way for it. Entering twice counts once."""
        own = self._held.setdefault(key, OrderedDict())
        if one in own:
            return
        own[one] = None
        self._count += 1
        if len(own) > self._each:
            self._end_oldest(key)
        elif self._count > self._together:
            self._end_oldest(max(self._held, key=lambda other: len(self._held[other])))

    def leave(self, key: Hashable, one: Unfinished) -> None:
        """`one` no longer waits, or is gone; unknown ones are let be."""
        own = self._held.get(key)
        if own is None or one not in own:
            return
        del own[one]
        self._count -= 1
        if not own:
            del self._held[key]

    def __len__(self) -> int:
        return self._count

    def _end_oldest(self, key: Hashable) -> None:
        oldest = next(iter(self._held[key]))
        self.leave(key, oldest)
        oldest.give_way()
