"""What a document's log says, kept in memory while it is live: the newest snapshot and the rows after it. [pure]"""

from collections.abc import Iterator, Sequence

from realtime.plan import sync
from realtime.ports import Snapshot, StoredUpdate


class History:
    """Grows row by row in log order; `seq` is the last number in it."""

    def __init__(self, snapshot: Snapshot | None, tail: Sequence[StoredUpdate]) -> None:
        self.snapshot = snapshot
        self.tail = list(tail)
        self.tail_bytes = sum(len(row.update) for row in self.tail)

    @property
    def seq(self) -> int:
        """The last log number held."""
        if self.tail:
            return self.tail[-1].seq
        return self.snapshot.seq if self.snapshot else 0

    @property
    def size(self) -> int:
        """Bytes a joiner is sent."""
        return self.tail_bytes + (len(self.snapshot.update) if self.snapshot else 0)

    def add(self, row: StoredUpdate) -> None:
        """The next row."""
        self.tail.append(row)
        self.tail_bytes += len(row.update)

    def rebase(self, snapshot: Snapshot) -> None:
        """Stand on a newer snapshot; the rows it covers go."""
        if snapshot.seq > self.seq or (self.snapshot is not None and snapshot.seq <= self.snapshot.seq):
            return
        self.snapshot = snapshot
        self.tail = [row for row in self.tail if row.seq > snapshot.seq]
        self.tail_bytes = sum(len(row.update) for row in self.tail)

    def updates(self) -> list[bytes]:
        """Everything, oldest first."""
        return ([self.snapshot.update] if self.snapshot else []) + [row.update for row in self.tail]

    def messages(self, after: int | None) -> Iterator[bytes]:
        """What to send to who holds everything through `after` (None: nothing): step 2 first where all is sent.

        Rows a snapshot has swallowed cannot be sent one by one; then everything is. Receiving twice changes nothing.
        """
        covered = self.snapshot.seq if self.snapshot else 0
        if after is None or not covered <= after <= self.seq:
            yield sync.step_two(self.snapshot.update if self.snapshot else sync.EMPTY_UPDATE)
            after = covered
        for row in self.tail:
            if row.seq > after:
                yield sync.update(row.update)
