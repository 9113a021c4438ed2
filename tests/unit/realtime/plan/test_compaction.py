from collections.abc import Sequence

import pytest

from meetings.ids import ParticipantId
from realtime.plan import schema
from realtime.plan.compaction import Compaction, CompactionError
from realtime.plan.inspector import Inspector, Sender
from realtime.plan.structs import STEP_TWO
from realtime.ports import NewUpdate
from tests.support.memory_plan_log import MemoryPlanLog
from tests.support.plan_peer import KEY, writes_as
from tests.support.yjs_bytes import block, string, update
from tests.support.yjs_corpus import stories


class HereEngine:
    """The engine's work without its process; `lies` plays one that loses something."""

    def __init__(self, lies: str = "") -> None:
        self._lies = lies

    async def compact(self, updates: Sequence[bytes]) -> tuple[bytes, str]:
        doc = schema.document(updates)
        lost = schema.document(updates[:-1])
        if self._lies == "contents":
            return lost.get_update(), schema.content_sha256(doc)
        if self._lies == "clocks":
            return lost.get_update(), schema.content_sha256(lost)
        return doc.get_update(), schema.content_sha256(doc)

    async def verify(self, updates: Sequence[bytes]) -> str:
        return schema.content_sha256(schema.document(updates))


async def filled() -> MemoryPlanLog:
    log, gate = MemoryPlanLog(), Inspector()
    for step in stories()[-1].steps:
        dana = ParticipantId(step.participant_id)
        sender = Sender(client_id=step.client_id, client_ids={step.client_id}, may_write=writes_as(dana))
        for row in gate.inspect(step.update, sender, STEP_TWO):
            new = NewUpdate(
                client_id=row.client_id,
                clock_from=row.clock_from,
                clock_to=row.clock_to,
                participant_id=dana,
                update=row.update,
            )
            await log.append(KEY, [new])
    return log


async def test_the_short_history_says_the_same_and_is_stored() -> None:
    log = await filled()
    rows = log.rows(KEY)
    compaction = Compaction(HereEngine(), log)
    half = await compaction(KEY, None, rows[:700])
    assert half is not None and half.seq == 700
    whole = await compaction(KEY, half, rows[700:])
    assert whole is not None and await log.snapshot(KEY) == whole
    assert schema.contents(schema.document([whole.update])) == {k: v for k, v in stories()[-1].roots.items() if v}
    assert len(whole.update) < sum(len(row.update) for row in rows) / 2
    assert await compaction(KEY, whole, []) is None


@pytest.mark.parametrize("lies", ["contents", "clocks"])
async def test_what_does_not_say_the_same_is_not_stored(lies: str) -> None:
    log = await filled()
    last = update(block(77, 0, string("a last word", root="words:sam")))
    new = NewUpdate(client_id=77, clock_from=0, clock_to=11, participant_id=ParticipantId("sam"), update=last)
    await log.append(KEY, [new])
    with pytest.raises(CompactionError):
        await Compaction(HereEngine(lies), log)(KEY, None, log.rows(KEY))
    assert await log.snapshot(KEY) is None
