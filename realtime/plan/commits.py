"""Group commit: what was inspected waits here, goes to the log together, and is answered in order."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import msgspec
import structlog

from meetings.ids import ParticipantId
from realtime.plan.inspector import Inspected
from realtime.plan.refusals import FROZEN, NOT_SAVED
from realtime.ports import NewUpdate, PlanFrozenError, PlanKey, PlanLog, StoredUpdate

BATCH_ROWS = 256
MAX_WAITING = 2_000
MAX_WAITING_BYTES = 4 * 2**20
RETRY_PAUSES_S = (0.05, 0.2, 0.5, 1.0, *(2.0,) * 14)
"""Longer: a database away for longer costs no refusal, but the authors wait. A retry of what did land is a resend."""

log = structlog.get_logger(__name__)


class Answers(Protocol):
    """The author, as far as the queue cares."""

    @property
    def client_id(self) -> int:
        """The Yjs client id the author writes with."""
        ...

    def saved(self, clock: int, seq: int) -> None:
        """The update is on disk."""
        ...

    def refused(self, code: str) -> None:
        """The update is not taken."""
        ...


class Waiting(msgspec.Struct):
    """One update of one author on its way: its rows (none: nothing new), or why it is refused."""

    author: Answers
    rows: tuple[NewUpdate, ...] = ()
    code: str | None = None

    def __repr__(self) -> str:
        """Plan text cannot be printed."""
        return f"Waiting({len(self.rows)} rows, {self.code})"


Landed = Callable[[list[Waiting], list[NewUpdate], Sequence[int | None]], Awaitable[None]]
Failed = Callable[[list[Waiting], str], None]


class Commits:
    """The queue of one document. `run` calls `landed` after each commit, `failed` with all that cannot be saved."""

    def __init__(self, key: PlanKey, plan_log: PlanLog) -> None:
        self._key = key
        self._log = plan_log
        self._waiting: deque[Waiting] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()

    @property
    def is_full(self) -> bool:
        """Whether no more may be put in: the log is slower than the authors."""
        return len(self._waiting) >= MAX_WAITING or self._bytes >= MAX_WAITING_BYTES

    @property
    def waiting_bytes(self) -> int:
        """Bytes not yet handed to the log."""
        return self._bytes

    def put(self, item: Waiting) -> None:
        """Take the next update; it is answered after all that came before."""
        self._waiting.append(item)
        self._bytes += sum(len(row.update) for row in item.rows)
        self._settled.clear()
        self._filled.set()

    async def settled(self) -> None:
        """Wait until everything put in so far is answered."""
        await self._settled.wait()

    async def run(self, landed: Landed, failed: Failed) -> None:
        """Commit until cancelled. Whatever gathers while one commit runs goes into the next."""
        while True:
            await self._filled.wait()
            batch = self._take()
            rows = [row for item in batch if item.code is None for row in item.rows]
            try:
                numbers = await self._append(rows)
            except PlanFrozenError:
                failed(batch + self._take_all(), FROZEN)
            except Exception as error:
                log.error("plan.append_failed", plan_id=self._key.plan_id, kind=type(error).__name__)
                failed(batch + self._take_all(), NOT_SAVED)
            else:
                await landed(batch, rows, numbers)
            if not self._waiting:
                self._filled.clear()
                self._settled.set()

    async def _append(self, rows: list[NewUpdate]) -> Sequence[int | None]:
        if not rows:
            return ()
        for pause in RETRY_PAUSES_S:
            try:
                return await self._log.append(self._key, rows)
            except PlanFrozenError:
                raise
            except Exception as error:
                log.warning("plan.append_retried", plan_id=self._key.plan_id, kind=type(error).__name__)
                await asyncio.sleep(pause)
        return await self._log.append(self._key, rows)

    def _take(self) -> list[Waiting]:
        batch: list[Waiting] = []
        rows = 0
        while self._waiting and rows < BATCH_ROWS:
            batch.append(self._waiting.popleft())
            rows += len(batch[-1].rows)
            self._bytes -= sum(len(row.update) for row in batch[-1].rows)
        return batch

    def _take_all(self) -> list[Waiting]:
        everything = list(self._waiting)
        self._waiting.clear()
        self._bytes = 0
        return everything


def new_update(row: Inspected, participant_id: ParticipantId) -> NewUpdate:
    """An inspected row, with who wrote it."""
    return NewUpdate(
        client_id=row.client_id,
        clock_from=row.clock_from,
        clock_to=row.clock_to,
        participant_id=participant_id,
        update=row.update,
    )


def stored(row: NewUpdate, seq: int) -> StoredUpdate:
    """A row as it stands in the log."""
    return StoredUpdate(
        seq=seq,
        client_id=row.client_id,
        clock_from=row.clock_from,
        clock_to=row.clock_to,
        participant_id=row.participant_id,
        update=row.update,
    )
