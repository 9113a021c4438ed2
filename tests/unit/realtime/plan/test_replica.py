import asyncio

import pytest

from meetings.ids import ParticipantId
from realtime.plan.replica import Replica
from realtime.ports import NewUpdate, PlanKey, Snapshot, StoredUpdate
from tests.support.memory_plan_log import LogDown, MemoryPlanLog
from tests.support.plan_peer import KEY
from tests.support.yjs_bytes import block, string, update


def new(clock: int) -> NewUpdate:
    origin = (9, clock - 1) if clock else None
    data = update(block(9, clock, string("a", origin=origin)))
    return NewUpdate(
        client_id=9, clock_from=clock, clock_to=clock + 1, participant_id=ParticipantId("dana"), update=data
    )


def stored(seq: int, data: bytes) -> StoredUpdate:
    return StoredUpdate(
        seq=seq, client_id=9, clock_from=0, clock_to=1, participant_id=ParticipantId("dana"), update=data
    )


class ShakyLog(MemoryPlanLog):
    """Fails the first reads."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.reads = 0
        self._read_failures = failures

    async def snapshot(self, plan: PlanKey) -> Snapshot | None:
        self.reads += 1
        if self.reads <= self._read_failures:
            raise LogDown
        return await super().snapshot(plan)


async def test_all_who_open_wait_for_one_load() -> None:
    log = ShakyLog(0)
    await log.append(KEY, [new(0), new(1)])
    replica = Replica(KEY, log)
    await asyncio.gather(*(replica.open() for _ in range(5)))
    assert (log.reads, replica.seq, replica.durable) == (1, 2, {9: 2})


async def test_a_load_that_failed_is_tried_again() -> None:
    replica = Replica(KEY, ShakyLog(1))
    with pytest.raises(LogDown):
        await replica.open()
    await replica.open()


async def test_rows_are_taken_in_order_only() -> None:
    log = MemoryPlanLog()
    replica = Replica(KEY, log)
    await log.append(KEY, [new(0), new(1)])
    first, second = log.rows(KEY)
    assert not replica.take(second, was_inspected_here=False)
    assert replica.take(first, was_inspected_here=False)
    assert not replica.take(first, was_inspected_here=False)
    assert await replica.missed_at_last() == [second]


async def test_a_row_nobody_here_can_read_is_still_passed_on() -> None:
    replica = Replica(KEY, MemoryPlanLog())
    assert replica.take(stored(1, b"\xff"), was_inspected_here=False)
    assert replica.seq == 1


async def test_missed_rows_are_asked_for_until_the_log_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.plan.replica.CATCH_UP_PAUSE_S", 0)
    log = MemoryPlanLog()
    replica = Replica(KEY, log)
    answers = iter([LogDown(), LogDown()])

    async def after(plan: PlanKey, seq: int) -> list[StoredUpdate]:
        for failure in answers:
            raise failure
        return []

    monkeypatch.setattr(log, "after", after)
    assert await replica.missed_at_last() == []
