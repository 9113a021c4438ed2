"""A `PlanLog` in memory with the rules of the stored one: dense numbers in commit order, a resend is None, a freeze."""

import asyncio
from collections.abc import Sequence

from meetings.ids import DeviceId, ParticipantId
from realtime.ports import NewUpdate, PlanFrozenError, PlanKey, Snapshot, StoredUpdate


class LogDown(Exception):
    """The log cannot be reached."""


class MemoryPlanLog:
    """One log for all documents. `hold` keeps commits waiting, `fail` makes the next calls fail."""

    def __init__(self, first_client_id: int = 1001) -> None:
        self._rows: dict[PlanKey, list[StoredUpdate]] = {}
        self._snapshots: dict[PlanKey, list[Snapshot]] = {}
        self._client_ids: dict[PlanKey, dict[int, tuple[ParticipantId, DeviceId]]] = {}
        self._frozen: set[PlanKey] = set()
        self._open = asyncio.Event()
        self._open.set()
        self._failures = 0
        self._losses = 0
        self._next_client_id = first_client_id - 1
        self.commits = 0

    def hold(self) -> None:
        """Commits wait until `release`."""
        self._open.clear()

    def release(self) -> None:
        """Commits go on."""
        self._open.set()

    def fail(self, times: int) -> None:
        """The next so many appends fail after nothing was written."""
        self._failures = times

    def lose_answers(self, times: int) -> None:
        """The next so many appends are written, but the caller is told that they failed."""
        self._losses = times

    def freeze(self, plan: PlanKey) -> None:
        """Nothing is appended any more."""
        self._frozen.add(plan)

    def rows(self, plan: PlanKey) -> list[StoredUpdate]:
        """The whole log."""
        return list(self._rows.get(plan, ()))

    async def append(self, plan: PlanKey, updates: Sequence[NewUpdate]) -> Sequence[int | None]:
        await self._open.wait()
        await asyncio.sleep(0)
        if self._failures:
            self._failures -= 1
            raise LogDown
        if plan in self._frozen:
            raise PlanFrozenError
        self.commits += 1
        numbers = [self._append_one(plan, new) for new in updates]
        if self._losses:
            self._losses -= 1
            raise LogDown
        return numbers

    def _append_one(self, plan: PlanKey, new: NewUpdate) -> int | None:
        rows = self._rows.setdefault(plan, [])
        identity = (new.client_id, new.clock_from, new.clock_to, new.update)
        if any((row.client_id, row.clock_from, row.clock_to, row.update) == identity for row in rows):
            return None
        row = StoredUpdate(
            seq=len(rows) + 1,
            client_id=new.client_id,
            clock_from=new.clock_from,
            clock_to=new.clock_to,
            participant_id=new.participant_id,
            update=new.update,
        )
        rows.append(row)
        return row.seq

    async def after(self, plan: PlanKey, seq: int) -> Sequence[StoredUpdate]:
        await asyncio.sleep(0)
        return [row for row in self._rows.get(plan, ()) if row.seq > seq]

    async def snapshot(self, plan: PlanKey) -> Snapshot | None:
        await asyncio.sleep(0)
        kept = self._snapshots.get(plan)
        return kept[-1] if kept else None

    async def store_snapshot(self, plan: PlanKey, snapshot: Snapshot) -> None:
        await asyncio.sleep(0)
        self._snapshots.setdefault(plan, []).append(snapshot)

    async def issue_client_id(self, plan: PlanKey, participant_id: ParticipantId, device_id: DeviceId) -> int:
        await asyncio.sleep(0)
        self._next_client_id += 1
        self._client_ids.setdefault(plan, {})[self._next_client_id] = (participant_id, device_id)
        return self._next_client_id

    async def client_ids(self, plan: PlanKey) -> dict[int, tuple[ParticipantId, DeviceId]]:
        await asyncio.sleep(0)
        return dict(self._client_ids.get(plan, {}))
