import asyncio
from collections.abc import Sequence

from meetings.ids import ParticipantId
from realtime.plan.commits import MAX_WAITING, Commits, Waiting, new_update, stored
from realtime.plan.inspector import Inspected
from realtime.ports import NewUpdate
from tests.support.memory_plan_log import MemoryPlanLog
from tests.support.plan_peer import KEY, PlanPeer

DANA = ParticipantId("dana")


def waiting(peer: PlanPeer, clock: int) -> Waiting:
    return Waiting(peer, (new_update(Inspected(9, clock, clock + 1, b"x%d" % clock, b""), DANA),))


async def test_what_gathers_while_one_commit_runs_goes_into_the_next() -> None:
    log, peer = MemoryPlanLog(), PlanPeer("dana")
    commits = Commits(KEY, log)
    landed: list[int] = []

    async def land(batch: list[Waiting], rows: list[NewUpdate], numbers: Sequence[int | None]) -> None:
        landed.append(len(batch))

    def fail(items: list[Waiting], code: str) -> None:
        raise AssertionError(code)

    running = asyncio.create_task(commits.run(land, fail))
    log.hold()
    commits.put(waiting(peer, 0))
    await asyncio.sleep(0)
    for clock in range(1, 6):
        commits.put(waiting(peer, clock))
    commits.put(Waiting(peer, code="plan.gap"))
    assert commits.waiting_bytes == 10
    log.release()
    await commits.settled()
    assert landed == [1, 6]
    assert [row.seq for row in log.rows(KEY)] == [1, 2, 3, 4, 5, 6]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_freeze_fails_everything_that_waits() -> None:
    log, peer = MemoryPlanLog(), PlanPeer("dana")
    log.freeze(KEY)
    commits = Commits(KEY, log)
    failed: list[tuple[int, str]] = []

    async def land(batch: list[Waiting], rows: list[NewUpdate], numbers: Sequence[int | None]) -> None:
        raise AssertionError

    for clock in range(3):
        commits.put(waiting(peer, clock))
    running = asyncio.create_task(commits.run(land, lambda items, code: failed.append((len(items), code))))
    await commits.settled()
    assert failed == [(3, "plan.frozen")]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_the_queue_is_bounded() -> None:
    commits, peer = Commits(KEY, MemoryPlanLog()), PlanPeer("dana")
    for clock in range(MAX_WAITING):
        assert not commits.is_full
        commits.put(waiting(peer, clock))
    assert commits.is_full


def test_a_row_keeps_what_was_inspected() -> None:
    row = stored(new_update(Inspected(9, 0, 4, b"x", b""), DANA), 7)
    assert (row.seq, row.client_id, row.clock_from, row.clock_to, row.participant_id) == (7, 9, 0, 4, "dana")
    assert "secret" not in repr(waiting(PlanPeer("dana"), 0))
