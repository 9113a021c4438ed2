import asyncio
import os
import signal

import pytest

from realtime.plan import schema
from realtime.plan.engine import EngineError, PlanEngine
from tests.support.yjs_bytes import block, shared, update
from tests.support.yjs_corpus import stories

UPDATES = [step.update for story in stories() if story.name == "action steps" for step in story.steps]


async def test_the_engine_reads_compacts_and_verifies() -> None:
    async with PlanEngine() as engine:
        plan, sha256 = await engine.read(UPDATES)
        assert sha256 == schema.plan_sha256(plan)
        assert plan == schema.case_plan(schema.document(UPDATES))
        update, content = await engine.compact(UPDATES)
        assert await engine.verify([update]) == content == await engine.verify(UPDATES)
        assert engine.process_id is not None
    assert engine.process_id is None


async def test_a_child_that_dies_costs_one_call() -> None:
    async with PlanEngine() as engine:
        await engine.verify([])
        assert engine.process_id is not None
        os.kill(engine.process_id, signal.SIGKILL)
        with pytest.raises(EngineError):
            await asyncio.gather(*(engine.verify([]) for _ in range(1)))
        assert (await engine.read(UPDATES))[1]


async def test_a_bomb_kills_the_child_and_nothing_else() -> None:
    # Nested arrays 26 000 deep: what the inspector keeps away. Native code has no exception for it.
    bomb = update(block(9, 0, shared(0, "a"), *(shared(0, (9, clock)) for clock in range(100_000))))
    async with PlanEngine() as engine:
        with pytest.raises(EngineError) as caught:
            await engine.read([bomb, update(deletes={9: [(0, 1)]})])
        assert caught.value.kind in {"died", "PanicException", "MemoryError"}
        assert (await engine.read(UPDATES))[1]


async def test_what_cannot_be_read_is_an_error_of_that_call() -> None:
    async with PlanEngine() as engine:
        with pytest.raises(EngineError):
            await engine.read([b"\xff\xff"])
        assert (await engine.read(UPDATES))[1]


async def test_a_child_that_hangs_is_replaced() -> None:
    async with PlanEngine() as engine:
        await engine.verify([])
        assert engine.process_id is not None
        os.kill(engine.process_id, signal.SIGSTOP)
        engine._call_s = 0.05
        with pytest.raises(EngineError) as caught:
            await engine.verify([])
        assert caught.value.kind == "timeout"
        engine._call_s = 5.0
        await engine.verify([])


async def test_calls_wait_for_their_turn() -> None:
    async with PlanEngine() as engine:
        hashes = await asyncio.gather(*(engine.verify(UPDATES) for _ in range(8)))
        assert len(set(hashes)) == 1
