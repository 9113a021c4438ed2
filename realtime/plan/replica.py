"""This node's copy of one document: the log as far as it was read, and the inspector that knows it."""

import asyncio
from collections.abc import Sequence

import structlog

from realtime.plan.history import History
from realtime.plan.inspector import Inspector
from realtime.plan.refusals import PlanUpdateError
from realtime.ports import PlanKey, PlanLog, StoredUpdate

CATCH_UP_PAUSE_S = 1.0

log = structlog.get_logger(__name__)


class Replica:
    """Rows come in log order, whoever wrote them. The inspector runs ahead of it by what waits to be committed."""

    def __init__(self, key: PlanKey, plan_log: PlanLog) -> None:
        self._key = key
        self._log = plan_log
        self._opening: asyncio.Task[None] | None = None
        self.history = History(None, ())
        self.inspector = Inspector()
        self.durable: dict[int, int] = {}

    @property
    def seq(self) -> int:
        """The last log number taken in."""
        return self.history.seq

    async def open(self) -> None:
        """Load snapshot and tail once; who comes meanwhile waits for the same load. Raises what the log raises."""
        if self._opening is None or (self._opening.done() and self._opening.exception() is not None):
            self._opening = asyncio.create_task(self._load())
        await asyncio.shield(self._opening)

    async def _load(self) -> None:
        snapshot = await self._log.snapshot(self._key)
        tail = await self._log.after(self._key, snapshot.seq if snapshot else 0)
        self.history = History(snapshot, tail)
        self.begin_again()
        self.durable = self.inspector.state_vector()

    def begin_again(self) -> None:
        """Make the inspector's memory anew from what is durable."""
        self.inspector = Inspector()
        for update in self.history.updates():
            self._admit(update)

    def _admit(self, update: bytes) -> None:
        """A row that cannot be read here (a newer node wrote it) is passed on; what refers to it will be refused."""
        try:
            self.inspector.admit(update)
        except PlanUpdateError as error:
            log.error("plan.row_unreadable", plan_id=self._key.plan_id, after_seq=self.seq, code=error.code)

    def take(self, row: StoredUpdate, *, was_inspected_here: bool) -> bool:
        """The next row of the log. False: it is here already, or rows before it are missing."""
        if row.seq != self.seq + 1:
            return False
        if not was_inspected_here:
            self._admit(row.update)
        self.history.add(row)
        self.durable[row.client_id] = max(self.durable.get(row.client_id, 0), row.clock_to)
        return True

    async def missed(self) -> Sequence[StoredUpdate]:
        """Rows of the log that are not here yet. Raises what the log raises."""
        return await self._log.after(self._key, self.seq)

    async def missed_at_last(self) -> Sequence[StoredUpdate]:
        """The same, asked until the log answers."""
        while True:
            try:
                return await self.missed()
            except Exception as error:
                log.warning("plan.log_unreachable", plan_id=self._key.plan_id, kind=type(error).__name__)
                await asyncio.sleep(CATCH_UP_PAUSE_S)
