"""Makes a short history of a long one. The old one goes only after the new one was read back and says the same."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from realtime.plan.inspector import Inspector
from realtime.ports import PlanKey, PlanLog, Snapshot, StoredUpdate


class CompactionError(Exception):
    """The shorter history does not say the same; the long one stays."""


class Engine(Protocol):
    """What is needed of the plan engine."""

    async def compact(self, updates: Sequence[bytes]) -> tuple[bytes, str]:
        """One update that says the same, and the hash of what it says."""
        ...

    async def verify(self, updates: Sequence[bytes]) -> str:
        """The hash of what these updates say."""
        ...


class Compaction:
    """`await compaction(key, snapshot, tail)`: compact, read back, compare, store."""

    def __init__(self, engine: Engine, plan_log: PlanLog) -> None:
        self._engine = engine
        self._log = plan_log

    async def __call__(self, key: PlanKey, snapshot: Snapshot | None, tail: Sequence[StoredUpdate]) -> Snapshot | None:
        """A stored snapshot through the last row of the tail; None where there is nothing to do.

        Raises EngineError, CompactionError, and what the log raises; then nothing was stored.
        """
        if not tail:
            return None
        updates = [*([snapshot.update] if snapshot else []), *(row.update for row in tail)]
        update, sha256 = await self._engine.compact(updates)
        if await self._engine.verify([update]) != sha256:
            raise CompactionError("contents differ")
        if await asyncio.to_thread(_state, [update]) != await asyncio.to_thread(_state, updates):
            raise CompactionError("clocks differ")
        made = Snapshot(seq=tail[-1].seq, update=update, sha256=sha256)
        await self._log.store_snapshot(key, made)
        return made


def _state(updates: Sequence[bytes]) -> dict[int, int]:
    """The clocks these updates reach: shows what waits for something that never came."""
    inspector = Inspector()
    for update in updates:
        inspector.admit(update)
    return inspector.state_vector()
