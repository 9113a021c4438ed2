"""Sets of clocks as sorted, disjoint ranges: what has been deleted, and in which slot each clock stands. [pure]"""

from bisect import bisect_right


class RangeSet:
    """A set of numbers kept as disjoint, sorted [start, end) ranges that never touch."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def __len__(self) -> int:
        """How many ranges."""
        return len(self._starts)

    def __contains__(self, number: int) -> bool:
        """Whether the number is in a range."""
        index = bisect_right(self._starts, number) - 1
        return index >= 0 and number < self._ends[index]

    def missing(self, start: int, end: int) -> list[tuple[int, int]]:
        """The parts of [start, end) that are not in the set."""
        starts, ends = self._starts, self._ends
        gaps = []
        index = max(bisect_right(starts, start) - 1, 0)
        while start < end and index < len(starts) and starts[index] < end:
            if start < starts[index]:
                gaps.append((start, starts[index]))
            start = max(start, ends[index])
            index += 1
        if start < end:
            gaps.append((start, end))
        return gaps

    def add(self, start: int, end: int) -> None:
        """Add [start, end), joining what it touches."""
        starts, ends = self._starts, self._ends
        low = bisect_right(starts, start) - 1
        if low < 0 or ends[low] < start:
            low += 1
        high = low
        while high < len(starts) and starts[high] <= end:
            start = min(start, starts[high])
            end = max(end, ends[high])
            high += 1
        starts[low:high] = [start]
        ends[low:high] = [end]


class Runs:
    """For each clock of one client from 0 on, the slot it stands in: appended at the end, looked up anywhere."""

    __slots__ = ("_slots", "_starts", "end")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._slots: list[int] = []
        self.end = 0

    def __len__(self) -> int:
        """How many runs."""
        return len(self._starts)

    def append(self, slot: int, length: int) -> None:
        """The next `length` clocks stand in `slot`."""
        if not self._slots or self._slots[-1] != slot:
            self._starts.append(self.end)
            self._slots.append(slot)
        self.end += length

    def slot(self, clock: int) -> int:
        """The slot of a clock below `end`."""
        if clock >= self._starts[-1]:
            return self._slots[-1]
        return self._slots[bisect_right(self._starts, clock) - 1]

    def slots(self, start: int, end: int) -> list[int]:
        """The slots of [start, end), `end` at most the end."""
        low = bisect_right(self._starts, start) - 1
        high = bisect_right(self._starts, end - 1)
        return self._slots[low:high]

    def cut(self, end: int) -> None:
        """Forget the clocks from `end` on."""
        while self._starts and self._starts[-1] >= end:
            self._starts.pop()
            self._slots.pop()
        self.end = end
