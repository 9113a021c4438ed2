import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from realtime.bus.memory import MemoryBus
from realtime.errors import ProtocolError
from realtime.messages import PlanResume
from realtime.plan import awareness, sync
from realtime.plan.live import LivePlan
from tests.support.clock import HandClock
from tests.support.memory_plan_log import MemoryPlanLog
from tests.support.plan_peer import KEY, PlanPeer

QUESTION = "text:decision_question"


@asynccontextmanager
async def live(log: MemoryPlanLog, bus: MemoryBus, clock: HandClock | None = None) -> AsyncIterator[LivePlan]:
    plan = LivePlan(KEY, log, bus, clock or HandClock())
    running = asyncio.create_task(plan.run())
    await plan.open()
    try:
        yield plan
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_word_is_saved_and_reaches_the_other_at_the_table() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as plan:
        dana, ruth = PlanPeer("dana"), PlanPeer("ruth")
        await dana.arrive(plan)
        await ruth.arrive(plan)
        dana.text(QUESTION).insert(0, "Where will Lee live?")
        await dana.flush(plan)
        await ruth.until(lambda: str(ruth.text(QUESTION)) == "Where will Lee live?")
        await dana.until(lambda: bool(dana.acked))
        assert dana.acked == [(20, 1)]
        assert ruth.acked == []
        assert dana.seq == ruth.seq == 1
        assert [row.participant_id for row in log.rows(KEY)] == ["dana"]


async def test_what_landed_though_the_log_said_no_reaches_the_other_node() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as here, live(log, bus) as there:
        dana, ruth = PlanPeer("dana"), PlanPeer("ruth")
        await dana.arrive(here)
        await ruth.arrive(there)
        log.lose_answers(1)
        dana.text(QUESTION).insert(0, "Where will Lee live?")
        await dana.flush(here)
        await dana.until(lambda: bool(dana.acked))
        await ruth.until(lambda: str(ruth.text(QUESTION)) == "Where will Lee live?")


async def test_nothing_is_said_or_shown_before_it_is_on_disk() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as plan:
        dana, ruth = PlanPeer("dana"), PlanPeer("ruth")
        await dana.arrive(plan)
        await ruth.arrive(plan)
        log.hold()
        for letter in "home":
            dana.text(QUESTION).insert(0, letter)
            await dana.flush(plan)
        assert (dana.acked, str(ruth.text(QUESTION))) == ([], "")
        log.release()
        await plan.close()
        assert [clock for clock, _ in dana.acked] == [4, 4, 4, 4]
        assert str(ruth.text(QUESTION)) == "emoh"
        assert log.commits == 1


async def test_two_nodes_say_the_same_in_the_same_order() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as here, live(log, bus) as there:
        dana, ruth = PlanPeer("dana"), PlanPeer("ruth")
        await dana.arrive(here)
        await ruth.arrive(there)
        for number in range(20):
            dana.text(QUESTION).insert(0, str(number))
            await dana.flush(here)
            ruth.text(QUESTION).insert(0, "r")
            await ruth.flush(there)
        await dana.until(lambda: dana.seq == 40)
        await ruth.until(lambda: ruth.seq == 40)
        assert str(dana.text(QUESTION)) == str(ruth.text(QUESTION))


async def test_what_the_bus_lost_is_read_from_the_log() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as here, live(log, bus) as there:
        dana, ruth = PlanPeer("dana"), PlanPeer("ruth")
        await dana.arrive(here)
        await ruth.arrive(there)
        bus.cut()
        dana.text(QUESTION).insert(0, "unheard")
        await dana.flush(here)
        await here.close()
        assert str(ruth.text(QUESTION)) == ""
        bus.mend()
        await ruth.until(lambda: str(ruth.text(QUESTION)) == "unheard")


async def test_while_the_bus_is_away_the_log_can_be_asked() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as here, live(log, bus) as there:
        dana, ruth = PlanPeer("dana"), PlanPeer("ruth")
        await dana.arrive(here)
        await ruth.arrive(there)
        bus.cut()
        dana.text(QUESTION).insert(0, "unheard")
        await dana.flush(here)
        await here.close()
        await there.catch_up()
        await there.catch_up()
        assert str(ruth.text(QUESTION)) == "unheard"
        bus.mend()
        await ruth.until(lambda: ruth.seq == here.seq)


@pytest.mark.parametrize("change", [{"epoch": KEY.epoch + 1}, {"audience": "staff"}, {"client_id": 4_000_000_000}])
async def test_a_copy_of_another_history_is_not_resumed_but_begun_anew(change: dict[str, object]) -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as plan:
        dana = PlanPeer("dana")
        await dana.arrive(plan)
        held = PlanResume(audience=KEY.audience, epoch=KEY.epoch, seq=0, client_id=dana.client_id)
        assert await plan.client_id(dana.participant_id, dana.device_id, held) == (dana.client_id, True)
        other = msgspec.structs.replace(held, **change)
        fresh, is_resumed = await plan.client_id(dana.participant_id, dana.device_id, other)
        assert not is_resumed and fresh not in (dana.client_id, other.client_id)


async def test_a_returning_tab_keeps_its_id_and_sends_what_was_not_saved() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as plan:
        dana, ruth = PlanPeer("dana"), PlanPeer("ruth")
        await dana.arrive(plan)
        await ruth.arrive(plan)
        dana.text(QUESTION).insert(0, "Stay ")
        await dana.flush(plan)
        await dana.until(lambda: dana.acked == [(5, 1)])
        plan.leave(dana)
        dana.text(QUESTION).insert(5, "together")
        ruth.text(QUESTION).insert(0, "We: ")
        await ruth.flush(plan)
        await ruth.until(lambda: ruth.seq == 2)
        before = dana.client_id
        dana.got.clear()
        await dana.arrive(plan)
        assert dana.client_id == before
        assert [type(message) for message in dana.got] == [sync.Update, sync.StepOne]
        await plan.got(dana, sync.step_two(dana.unsent()))
        await ruth.until(lambda: ruth.seq == 3)
        assert str(ruth.text(QUESTION)) == str(dana.text(QUESTION)) == "We: Stay together"


async def test_a_stranger_with_someone_elses_id_gets_a_new_one() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as plan:
        dana, lee = PlanPeer("dana"), PlanPeer("lee")
        await dana.arrive(plan)
        lee.client_id, lee.seq = dana.client_id, 0
        await lee.arrive(plan)
        assert lee.client_id != dana.client_id


async def test_a_frozen_plan_refuses_and_goes_on_serving() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as plan:
        dana = PlanPeer("dana")
        await dana.arrive(plan)
        dana.text(QUESTION).insert(0, "before")
        await dana.flush(plan)
        await plan.close()
        log.freeze(KEY)
        dana.text(QUESTION).insert(0, "after")
        await dana.flush(plan)
        await plan.close()
        assert dana.refusals == ["plan.frozen"]
        ruth = PlanPeer("ruth")
        await ruth.arrive(plan)
        assert str(ruth.text(QUESTION)) == "before"


async def test_a_log_that_fails_for_a_moment_costs_nothing() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as plan:
        dana = PlanPeer("dana")
        await dana.arrive(plan)
        log.fail(1)
        dana.text(QUESTION).insert(0, "kept")
        await dana.flush(plan)
        await plan.close()
        assert dana.acked == [(4, 1)]


async def test_a_log_that_stays_away_refuses_and_the_text_can_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.plan.commits.RETRY_PAUSES_S", (0.0,))
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as plan:
        dana = PlanPeer("dana")
        await dana.arrive(plan)
        dana.step_one = None
        log.fail(2)
        dana.text(QUESTION).insert(0, "kept")
        await dana.flush(plan)
        await plan.close()
        assert dana.refusals == ["plan.not_saved"]
        assert dana.step_one == {}
        await plan.got(dana, sync.step_two(dana.unsent()))
        await plan.close()
        assert dana.acked == [(4, 1)]


async def test_every_update_is_answered_once_and_in_order() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as plan:
        dana = PlanPeer("dana")
        await dana.arrive(plan)
        dana.text(QUESTION).insert(0, "abc")
        first = dana.take_outgoing()[0]
        await dana.say(plan, first)
        del dana.text(QUESTION)[0:1]
        await dana.flush(plan)
        await dana.say(plan, first)
        await plan.close()
        assert dana.acked == [(3, 2)] * 3
        assert len(log.rows(KEY)) == 2


async def test_a_reader_may_not_write_but_may_repeat_what_is_known() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as plan:
        dana, morgan = PlanPeer("dana"), PlanPeer("morgan")
        morgan.may_write = False
        await dana.arrive(plan)
        dana.text(QUESTION).insert(0, "abc")
        await dana.flush(plan)
        await plan.close()
        await morgan.arrive(plan)
        await plan.got(morgan, sync.step_two(morgan.doc.get_update()))
        morgan.text(QUESTION).insert(0, "x")
        await morgan.flush(plan)
        await plan.got(morgan, sync.step_two(morgan.doc.get_update()))
        await plan.close()
        assert morgan.acked == [(0, 1)]
        assert morgan.refusals == ["plan.read_only", "plan.read_only"]


async def test_too_many_updates_close_the_socket_and_time_heals() -> None:
    log, bus, clock = MemoryPlanLog(), MemoryBus(), HandClock()
    async with live(log, bus, clock) as plan:
        dana = PlanPeer("dana")
        await dana.arrive(plan)
        with pytest.raises(ProtocolError) as caught:
            for _ in range(121):
                dana.text(QUESTION).insert(0, "a")
                await dana.flush(plan)
        assert (caught.value.close_code, caught.value.code) == (4429, "plan.rate")
        clock.forward(1)
        await plan.got(dana, sync.update(sync.EMPTY_UPDATE))


async def test_step_one_is_answered_whole_twice_a_minute() -> None:
    log, bus, clock = MemoryPlanLog(), MemoryBus(), HandClock()
    async with live(log, bus, clock) as plan:
        dana = PlanPeer("dana")
        await dana.arrive(plan)
        dana.got.clear()
        await plan.got(dana, sync.step_one({}))
        await plan.got(dana, sync.step_one({}))
        assert dana.got == [sync.StepTwo(sync.EMPTY_UPDATE)] * 2
        with pytest.raises(ProtocolError):
            await plan.got(dana, sync.step_one({}))


async def test_cursors_go_at_once_to_both_nodes_and_vanish_with_their_owner() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as here, live(log, bus) as there:
        dana, ruth, lee = PlanPeer("dana"), PlanPeer("ruth"), PlanPeer("lee")
        await dana.arrive(here)
        await ruth.arrive(here)
        await lee.arrive(there)
        state = awareness.CursorState(field=QUESTION, anchor="AA==", head=None)
        cursor = awareness.encode(awareness.Cursor(client_id=dana.client_id, clock=1, state=state))
        log.hold()
        await here.got(dana, sync.awareness(cursor))
        assert ruth.cursors == [cursor]
        await lee.until(lambda: lee.cursors == [cursor])
        assert dana.cursors == []
        late = PlanPeer("sam")
        await late.arrive(there)
        assert late.cursors == [cursor]
        here.leave(dana)
        gone = awareness.encode(awareness.Cursor(client_id=dana.client_id, clock=1, state=None))
        assert ruth.cursors[-1] == gone
        await lee.until(lambda: lee.cursors[-1] == gone)


async def test_a_person_who_moved_to_a_node_that_is_behind_is_not_refused() -> None:
    log, bus = MemoryPlanLog(), MemoryBus()
    async with live(log, bus) as here, live(log, bus) as there:
        dana, ruth = PlanPeer("dana"), PlanPeer("ruth")
        await dana.arrive(here)
        await ruth.arrive(there)
        bus.cut()
        ruth.text(QUESTION).insert(0, "Ruth's word")
        await ruth.flush(there)
        await there.close()
        ruth.text(QUESTION).insert(0, "more ")
        ruth.seq = None
        await here.join(ruth, None)
        await ruth.flush(here)
        await here.close()
        assert ruth.refusals == []
        assert ruth.acked[-1] == (16, 2)
        assert str(dana.text(QUESTION)) == "more Ruth's word"


async def test_a_long_history_is_made_short_and_resumes_still_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.plan.live.COMPACT_AFTER_ROWS", 3)
    from realtime.ports import PlanKey, Snapshot, StoredUpdate

    log, bus = MemoryPlanLog(), MemoryBus()
    done = asyncio.Event()
    dana = PlanPeer("dana")

    async def compact(key: PlanKey, snapshot: Snapshot | None, tail: tuple[StoredUpdate, ...]) -> Snapshot:
        done.set()
        return Snapshot(seq=tail[-1].seq, update=dana.doc.get_update(), sha256="")

    plan = LivePlan(KEY, log, bus, HandClock(), compact)  # type: ignore[arg-type]
    running = asyncio.create_task(plan.run())
    await dana.arrive(plan)
    for letter in "abc":
        dana.text(QUESTION).insert(0, letter)
        await dana.flush(plan)
        await plan.close()
    await done.wait()
    await dana.until(lambda: dana.seq == 3)
    plan.leave(dana)
    await dana.arrive(plan)
    assert type(dana.got[-1]) is sync.StepOne
    ruth = PlanPeer("ruth")
    await ruth.arrive(plan)
    assert [type(message) for message in ruth.got] == [sync.StepTwo, sync.StepOne]
    assert str(ruth.text(QUESTION)) == "cba"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
