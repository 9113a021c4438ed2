"""The plan log: appended once, in order, durable, and silent while frozen, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from meetings.ids import DeviceId, ParticipantId, PlanId
from realtime.ports import PlanFrozenError, PlanKey, Snapshot
from server.persistence import plans
from server.persistence.engine import open_database
from server.persistence.unit_of_work import writing
from server.services.plan_log import StoredPlanLog
from tests.support.stored import Stored, stored_hearth, written

DANA = ParticipantId("d" * 32)
PHONE = DeviceId("e" * 32)


@pytest.fixture
async def stored(database_url: str) -> AsyncIterator[Stored]:
    async with stored_hearth(database_url) as made:
        yield made


@pytest.fixture
async def plan(stored: Stored) -> PlanKey:
    return await (await stored.schedule()).plan_key()


async def test_numbers_count_from_one_without_a_gap(stored: Stored, plan: PlanKey) -> None:
    assert await stored.plan_log.append(plan, [written(0, DANA)]) == [1]
    assert await stored.plan_log.append(plan, [written(1, DANA), written(2, DANA)]) == [2, 3]
    assert await stored.plan_log.append(plan, []) == []
    tail = await stored.plan_log.after(plan, 1)
    assert [(entry.seq, entry.clock_from, entry.update) for entry in tail] == [
        (2, 1, written(1, DANA).update),
        (3, 2, written(2, DANA).update),
    ]


async def test_a_resend_is_not_written_again(stored: Stored, plan: PlanKey) -> None:
    await stored.plan_log.append(plan, [written(0, DANA), written(1, DANA)])
    again = [written(0, DANA), written(1, DANA), written(2, DANA), written(2, DANA)]
    assert await stored.plan_log.append(plan, again) == [None, None, 3, None]
    assert len(await stored.plan_log.after(plan, 0)) == 3


async def test_two_deletions_at_one_clock_are_both_kept(stored: Stored, plan: PlanKey) -> None:
    first, second = written(4, DANA, deletes=b"delete one"), written(4, DANA, deletes=b"delete two")
    assert await stored.plan_log.append(plan, [first]) == [1]
    assert await stored.plan_log.append(plan, [first, second]) == [None, 2]


async def test_concurrent_appends_keep_one_order(stored: Stored, plan: PlanKey) -> None:
    other = stored.other_node()
    logs = [stored.plan_log, other.plan_log]
    batches = [[written(number, DANA, client_id=client) for number in range(3)] for client in range(1, 21)]
    numbers = await asyncio.gather(*(logs[at % 2].append(plan, batch) for at, batch in enumerate(batches)))
    assert sorted(number for batch in numbers for number in batch if number) == list(range(1, 61))
    stored_updates = await stored.plan_log.after(plan, 0)
    assert [entry.seq for entry in stored_updates] == list(range(1, 61))
    for client in range(1, 21):
        clocks = [entry.clock_from for entry in stored_updates if entry.client_id == client]
        assert clocks == [0, 1, 2]


async def test_the_same_update_sent_through_two_nodes_at_once_is_written_once(stored: Stored, plan: PlanKey) -> None:
    other = stored.other_node()
    numbers = await asyncio.gather(
        stored.plan_log.append(plan, [written(0, DANA)]), other.plan_log.append(plan, [written(0, DANA)])
    )
    assert sorted(numbers, key=str) == [[1], [None]]


async def test_what_was_acknowledged_is_there_for_another_process(
    stored: Stored, plan: PlanKey, database_url: str
) -> None:
    await stored.plan_log.append(plan, [written(0, DANA)])
    await stored.database.close()
    reopened = await open_database(database_url)
    try:
        assert len(await StoredPlanLog(reopened, stored.clock).after(plan, 0)) == 1
    finally:
        await reopened.close()


async def test_an_unknown_plan_takes_nothing(stored: Stored) -> None:
    nowhere = PlanKey(plan_id=PlanId("0" * 32), audience="everyone", epoch=1)
    with pytest.raises(plans.PlanUnknown):
        await stored.plan_log.append(nowhere, [written(0, DANA)])
    assert await stored.plan_log.after(nowhere, 0) == []


async def test_another_epoch_is_another_document(stored: Stored, plan: PlanKey) -> None:
    await stored.plan_log.append(plan, [written(0, DANA)])
    later = PlanKey(plan_id=plan.plan_id, audience=plan.audience, epoch=plan.epoch + 1)
    assert await stored.plan_log.after(later, 0) == []


async def test_the_newest_snapshot_and_the_one_before_it_are_kept(stored: Stored, plan: PlanKey) -> None:
    assert await stored.plan_log.snapshot(plan) is None
    for seq in (3, 7, 9):
        snapshot = Snapshot(seq=seq, update=b"through %d" % seq, sha256=f"{seq:064x}")
        await stored.plan_log.store_snapshot(plan, snapshot)
        await stored.plan_log.store_snapshot(plan, snapshot)
        assert await stored.plan_log.snapshot(plan) == snapshot
    async with writing(stored.database) as connection:
        before = await plans.snapshot(connection, plan, through=8)
        oldest = await plans.snapshot(connection, plan, through=6)
    assert before is not None
    assert before.seq == 7
    assert oldest is None


async def test_client_ids_are_never_issued_twice(stored: Stored, plan: PlanKey) -> None:
    issued = await asyncio.gather(*(stored.plan_log.issue_client_id(plan, DANA, PHONE) for _ in range(20)))
    assert len(set(issued)) == 20
    assert all(0 < client_id < 2**32 for client_id in issued)
    assert await stored.plan_log.client_ids(plan) == dict.fromkeys(issued, (DANA, PHONE))


async def test_a_freeze_that_was_cut_off_lets_writing_go_on(stored: Stored, plan: PlanKey) -> None:
    async with writing(stored.database) as connection:
        assert await plans.begin_freeze(connection, plan, stored.clock.now()) == 0
    with pytest.raises(PlanFrozenError):
        await stored.plan_log.append(plan, [written(0, DANA)])
    stored.clock.forward(plans.FREEZING_S + 1)
    assert await stored.plan_log.append(plan, [written(0, DANA)]) == [1]
    async with writing(stored.database) as connection:
        assert not await plans.finish_freeze(connection, plan, 0, "a" * 64)


async def test_a_finished_freeze_holds_for_ever(stored: Stored, plan: PlanKey) -> None:
    async with writing(stored.database) as connection:
        seq = await plans.begin_freeze(connection, plan, stored.clock.now())
        assert await plans.finish_freeze(connection, plan, seq, "a" * 64)
        await plans.give_up_freeze(connection, plan, seq)
    stored.clock.forward(timedelta(days=400).total_seconds())
    with pytest.raises(PlanFrozenError):
        await stored.plan_log.append(plan, [written(0, DANA)])
