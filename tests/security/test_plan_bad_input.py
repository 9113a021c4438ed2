"""The bad-input list for the plan: each is refused, nothing of it is kept, and the others at the table write on."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from realtime.bus.memory import MemoryBus
from realtime.errors import ProtocolError
from realtime.plan import sync
from realtime.plan.frames import MAX_FRAME_BYTES
from realtime.plan.inspector import Inspector, Sender
from realtime.plan.lib0 import var_bytes, var_string, varuint
from realtime.plan.live import LivePlan
from realtime.plan.refusals import PlanUpdateError
from realtime.plan.structs import LIVE
from tests.support.clock import HandClock
from tests.support.memory_plan_log import MemoryPlanLog
from tests.support.plan_peer import KEY, PlanPeer, writes_as
from tests.support.yjs_bytes import (
    QUESTION,
    any_string,
    any_values,
    block,
    deleted,
    gc,
    place,
    shared,
    skip,
    string,
    update,
)

ME, VICTIM = 8, 7
STRENGTHS = "cards:strengths"


class Table:
    """Ruth (the victim) and Dana's page, which says anything."""

    def __init__(self, plan: LivePlan, log: MemoryPlanLog, clock: HandClock, ruth: PlanPeer, dana: PlanPeer) -> None:
        self.plan, self.log, self.clock, self.ruth, self.dana = plan, log, clock, ruth, dana

    async def nobody_else_is_harmed(self) -> None:
        """Ruth still writes, is still saved, and reads what she wrote."""
        self.clock.forward(60)
        rows = len(self.log.rows(KEY))
        self.ruth.text(QUESTION).insert(0, "R")
        await self.ruth.flush(self.plan)
        await self.plan.close()
        assert len(self.log.rows(KEY)) == rows + 1
        assert self.ruth.refusals == []


@pytest.fixture
async def table() -> AsyncIterator[Table]:
    log, clock = MemoryPlanLog(first_client_id=VICTIM), HandClock()
    plan = LivePlan(KEY, log, MemoryBus(), clock)
    running = asyncio.create_task(plan.run())
    ruth, dana = PlanPeer("ruth"), PlanPeer("dana")
    await ruth.arrive(plan)
    await dana.arrive(plan)
    ruth.text(QUESTION).insert(0, "Where will Lee live?")
    ruth.text("words:ruth").insert(0, "I will help")
    await ruth.flush(plan)
    await plan.close()
    yield Table(plan, log, clock, ruth, dana)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


BROKEN_MESSAGES = {
    "1 empty": b"",
    "2 one zero": b"\x00",
    "3 kind 9": b"\x09\x00",
    "4 sync step 7": b"\x00\x07\x00",
    "6 state vector of 2^32 entries": b"\x00\x00" + var_bytes(b"\x80\x80\x80\x80\x0f"),
    "7 state vector of 2 million entries": b"\x00\x00" + var_bytes(b"\xff\xff\xff\x7a"),
    "8 truncated number": b"\xff",
    "9 number of 11 bytes": b"\xff" * 10 + b"\x01",
    "10 length beyond the frame": b"\x00\x00\x7f\x00",
    "30 bytes after the message": sync.step_one({}) + b"\x00",
    "state vector over 128 KiB": b"\x00\x00" + var_bytes(b"\x01" * 131_073),
}


@pytest.mark.parametrize("message", BROKEN_MESSAGES.values(), ids=BROKEN_MESSAGES)
async def test_a_broken_message_closes_the_socket(message: bytes, table: Table) -> None:
    with pytest.raises(ProtocolError) as caught:
        await table.plan.got(table.dana, message)
    assert caught.value.close_code == 4400
    await table.nobody_else_is_harmed()


def nested_arrays(depth: int) -> bytes:
    structs = [shared(0, QUESTION), *(shared(0, (ME, clock)) for clock in range(depth - 1))]
    return update(block(ME, 0, *structs))


def nested_any(depth: int) -> bytes:
    return update(block(ME, 0, any_values(b"\x76\x01\x01a" * depth + b"\x7e", root=STRENGTHS, key="c1")))


MALFORMED, TOO_BIG, OUTSIDE = "plan.malformed", "plan.too_big", "plan.outside_outline"
OTHER, GAP, MISSING, NOT_ALLOWED = "plan.other_client", "plan.gap", "plan.missing", "plan.not_allowed"

# Of an update by client ME, where VICTIM wrote 20 clocks in the question and 11 in her own words (clocks 20..30).
BAD_UPDATES: dict[str, tuple[str, bytes]] = {
    "11 2^31 clients": (MALFORMED, varuint(2**31) + b"\x00"),
    "12 2^31 structs": (MALFORMED, update(block(ME, 0, count=2**31))),
    "13 2^31 deletes": (MALFORMED, b"\x00\x01" + varuint(VICTIM) + varuint(2**31)),
    "14 arrays nested 17 deep": (OUTSIDE, nested_arrays(17)),
    "14 arrays nested 4 000 deep": (OUTSIDE, nested_arrays(4_000)),
    "14 arrays nested 30 000 deep": (TOO_BIG, nested_arrays(30_000)),
    "15 maps nested 10 000 deep": (OUTSIDE, nested_any(10_000)),
    "16 string longer than the bytes": (MALFORMED, update(block(ME, 0, place(4, QUESTION) + b"\xff\x7fab"))),
    "16 more values than bytes": (MALFORMED, update(block(ME, 0, place(8, STRENGTHS, "c1") + varuint(10_000)))),
    "17 GC of 2^31": (TOO_BIG, update(block(ME, 0, gc(2**31)))),
    "17 GC of nothing": (MALFORMED, update(block(ME, 0, gc(0)))),
    "18 Deleted of 2^31": (TOO_BIG, update(block(ME, 0, deleted(2**31)))),
    "19 Skip": (GAP, update(block(ME, 0, skip(5), string("x")))),
    "20 another's id, next clock, GC": (OTHER, update(block(VICTIM, 31, gc(1)))),
    "20 another's id, next clock": (OTHER, update(block(VICTIM, 31, string("x", origin=(VICTIM, 19))))),
    "21 own id, a gap of 5": (GAP, update(block(ME, 5, string("x")))),
    "23 client id 0": (OTHER, update(block(0, 0, string("x")))),
    "23 client id 2^32": (OTHER, update(block(2**32, 0, string("x")))),
    "23 client id 2^53": (MALFORMED, update(block(2**53, 0, string("x")))),
    "23 client id 2^53+1": (MALFORMED, update(block(2**53 + 1, 0, string("x")))),
    "23 one client twice": (MALFORMED, update(block(ME, 0, string("x")), block(ME, 1, string("y")))),
    "24 4 000 client ids": (OTHER, update(*(block(100_000 + n, 0, gc(1)) for n in range(4_000)))),
    "24 100 000 client ids": (TOO_BIG, update(*(block(100_000 + n, 0, gc(1)) for n in range(100_000)))),
    "29 a V2 update": (MALFORMED, bytes.fromhex("000002a50100000104060374686902000101000001010000")),
    "30 bytes after the update": (MALFORMED, update(block(ME, 0, string("x"))) + b"\x00"),
    "31 lone surrogate": (MALFORMED, update(block(ME, 0, place(4, QUESTION) + b"\x03\xed\xa0\x80"))),
    "33 a paste of 10 MB": (TOO_BIG, update(block(ME, 0, string("a" * 10_000_000)))),
    "33 a paste of 70 kB": (TOO_BIG, update(block(ME, 0, string("a" * 70_000)))),
    "35 XML element": (OUTSIDE, update(block(ME, 0, shared(3, QUESTION) + var_string("img")))),
    "36 formatting": (OUTSIDE, update(block(ME, 0, place(6, QUESTION) + var_string("b") + var_string("true")))),
    "36 a root that is not in the outline": (OUTSIDE, update(block(ME, 0, string("x", root="text:other")))),
    "36 a card without its key": (OUTSIDE, update(block(ME, 0, shared(1, STRENGTHS)))),
    "36 a field that is not in the outline": (
        OUTSIDE,
        update(block(ME, 0, shared(1, STRENGTHS, "c1"), shared(2, (ME, 0), "nope"))),
    ),
    "36 a text where a value belongs": (
        OUTSIDE,
        update(block(ME, 0, shared(1, STRENGTHS, "c1"), shared(2, (ME, 0), "order"))),
    ),
    "36 a value where a text belongs": (
        OUTSIDE,
        update(block(ME, 0, shared(1, STRENGTHS, "c1"), any_values(any_string("x"), root=(ME, 0), key="text"))),
    ),
    "36 letters in a map": (OUTSIDE, update(block(ME, 0, string("x", root=STRENGTHS, key="c1")))),
    "36 a day that is none": (
        OUTSIDE,
        update(block(ME, 0, shared(1, "steps", "s1"), any_values(any_string("soon"), root=(ME, 0), key="by_when"))),
    ),
    "37 subdocument": (OUTSIDE, update(block(ME, 0, place(9, QUESTION) + var_string("guid") + b"\x7e"))),
    "38 embed": (OUTSIDE, update(block(ME, 0, place(5, QUESTION) + var_string('{"a":1}')))),
    "38 __proto__ as a key": (OUTSIDE, update(block(ME, 0, shared(1, STRENGTHS, "__proto__")))),
    "38 constructor as a key": (OUTSIDE, update(block(ME, 0, shared(1, STRENGTHS, "constructor")))),
    "40 binary": (OUTSIDE, update(block(ME, 0, place(3, QUESTION) + var_bytes(b"\xff\xd8")))),
    "105 an object as a value": (
        OUTSIDE,
        update(block(ME, 0, shared(1, STRENGTHS, "c1"), any_values(b"\x76\x00", root=(ME, 0), key="order"))),
    ),
    "an origin that does not exist": (MISSING, update(block(ME, 0, string("x", origin=(VICTIM, 99))))),
    "an origin in its own future": (MISSING, update(block(ME, 0, string("x", origin=(ME, 4))))),
    "a parent that does not exist": (MISSING, update(block(ME, 0, string("x", root=(VICTIM, 99))))),
    "a letter as a parent": (OUTSIDE, update(block(ME, 0, string("x", root=(VICTIM, 3))))),
    "left and right in different texts": (
        OUTSIDE,
        update(block(ME, 0, string("x", origin=(VICTIM, 3), right=(VICTIM, 25)))),
    ),
    "a delete of what does not exist": (MISSING, update(deletes={VICTIM: [(0, 1000)]})),
    "a delete of nothing": (MALFORMED, update(deletes={VICTIM: [(0, 0)]})),
    "another's words, added to": (NOT_ALLOWED, update(block(ME, 0, string("x", root="words:ruth")))),
    "another's words, typed into": (NOT_ALLOWED, update(block(ME, 0, string("x", origin=(VICTIM, 25))))),
    "another's words, erased run put in": (NOT_ALLOWED, update(block(ME, 0, deleted(1, root="words:ruth")))),
    "another's words, deleted": (NOT_ALLOWED, update(deletes={VICTIM: [(20, 11)]})),
    "25 everything deleted at once": (NOT_ALLOWED, update(deletes={VICTIM: [(0, 31)]})),
}


def inspector() -> Inspector:
    found = Inspector()
    found.admit(update(block(VICTIM, 0, string("Where will Lee live?"), string("I will help", root="words:ruth"))))
    return found


DANA = Sender(client_id=ME, client_ids={ME}, may_write=writes_as("dana"))


@pytest.mark.parametrize(("code", "attack"), BAD_UPDATES.values(), ids=BAD_UPDATES)
def test_a_bad_update_is_refused_and_leaves_nothing_behind(code: str, attack: bytes) -> None:
    gate = inspector()
    with pytest.raises(PlanUpdateError) as caught:
        gate.inspect(attack, DANA, LIVE)
    assert caught.value.code == code
    assert gate.state_vector() == {VICTIM: 31}
    good = update(block(ME, 0, string("good", origin=(VICTIM, 19))), deletes={VICTIM: [(0, 2)]})
    (row,) = gate.inspect(good, DANA, LIVE)
    assert row.update == good


async def test_every_bad_update_is_answered_and_nobody_else_is_harmed(table: Table) -> None:
    fit_in_a_frame = [(code, attack) for code, attack in BAD_UPDATES.values() if len(attack) < MAX_FRAME_BYTES]
    for _, attack in fit_in_a_frame:
        table.clock.forward(60)
        await table.plan.got(table.dana, sync.update(attack))
        await table.plan.close()
    assert table.dana.refusals == [code for code, _ in fit_in_a_frame]
    assert {row.participant_id for row in table.log.rows(KEY)} == {"ruth"}
    await table.nobody_else_is_harmed()


async def test_20_refusals_in_a_row_close_the_socket(table: Table) -> None:
    with pytest.raises(ProtocolError) as caught:
        for _ in range(21):
            await table.plan.got(table.dana, sync.update(update(block(VICTIM, 31, gc(1)))))
    assert caught.value.close_code == 4429
    await table.nobody_else_is_harmed()


def test_22_a_replay_with_other_content_changes_nothing() -> None:
    gate = inspector()
    gate.inspect(update(block(ME, 0, string("mine"))), DANA, LIVE)
    assert gate.inspect(update(block(ME, 0, string("THEM"))), DANA, LIVE) == ()
    (row,) = gate.inspect(update(block(ME, 0, string("THEM++"))), DANA, LIVE)
    assert (row.clock_from, row.clock_to) == (4, 6)
    assert b"THEM" not in row.update and b"++" in row.update


async def test_26_27_a_reader_cannot_write_as_step_two_or_update(table: Table) -> None:
    table.dana.may_write = False
    attack = update(block(table.dana.client_id, 0, string("x")))
    await table.plan.got(table.dana, sync.update(attack))
    await table.plan.got(table.dana, sync.step_two(attack))
    await table.plan.close()
    assert table.dana.refusals == ["plan.read_only"] * 2
    await table.nobody_else_is_harmed()


def test_31_a_character_of_two_units_is_never_cut_in_two() -> None:
    gate = Inspector()
    gate.admit(update(block(VICTIM, 0, string("a🏠b"))))
    cuts = [
        update(deletes={VICTIM: [(1, 1)]}),
        update(deletes={VICTIM: [(2, 2)]}),
        update(block(ME, 0, string("x", origin=(VICTIM, 1)))),
        update(block(ME, 0, string("x", right=(VICTIM, 2)))),
    ]
    for cut in cuts:
        with pytest.raises(PlanUpdateError) as caught:
            gate.inspect(cut, DANA, LIVE)
        assert caught.value.code == "plan.split_character"
    assert len(gate.inspect(update(deletes={VICTIM: [(1, 2)]}), DANA, LIVE)) == 1


def test_32_strange_but_legal_text_is_text() -> None:
    gate = inspector()
    strange = "\u202ekeil\u200b" + "e\u0301" * 3 + "\u0301" * 10_000
    (row,) = gate.inspect(update(block(ME, 0, string(strange))), DANA, LIVE)
    assert row.clock_to == len(strange)


async def test_34_a_thousand_updates_a_second_close_the_socket(table: Table) -> None:
    with pytest.raises(ProtocolError) as caught:
        for _ in range(1_000):
            await table.plan.got(table.dana, sync.update(sync.EMPTY_UPDATE))
    assert caught.value.close_code == 4429
    await table.nobody_else_is_harmed()


async def test_39_step_one_again_and_again_closes_the_socket(table: Table) -> None:
    with pytest.raises(ProtocolError) as caught:
        for _ in range(3):
            await table.plan.got(table.dana, sync.step_one({}))
    assert caught.value.close_code == 4429


def entry(client: int, clock: int, state: bytes) -> bytes:
    return varuint(client) + varuint(clock) + var_bytes(state)


BAD_CURSORS = {
    "41 another's id": varuint(1) + entry(VICTIM, 1, b"{}"),
    "42 two entries": varuint(2) + entry(ME, 1, b"{}") + entry(ME, 2, b"{}"),
    "42 200 000 entries": varuint(200_000) + entry(ME, 1, b"{}") * 200,
    "43 deep JSON": varuint(1) + entry(ME, 1, b"[" * 1_900),
    "43 deep JSON in a field": varuint(1) + entry(ME, 1, b'{"field":' + b"[" * 1_800),
    "44 clock 2^53-1": varuint(1) + entry(ME, 2**53 - 1, b"{}"),
    "45 null for another": varuint(1) + entry(VICTIM, 9, b"null"),
    "46 name and role": varuint(1) + entry(ME, 1, b'{"user":{"name":"Judge Smith","role":"judge"}}'),
    "46 a name beside a field": varuint(1) + entry(ME, 1, b'{"field":"steps","name":"Sam"}'),
    "47 1 MB of state": varuint(1) + entry(ME, 1, b'{"field":"' + b"a" * 1_000_000 + b'"}'),
    "48 invalid UTF-8": varuint(1) + entry(ME, 1, b'{"field":"\xff"}'),
    "a field that is none": varuint(1) + entry(ME, 1, b'{"field":"__proto__/x"}'),
    "bytes after it": varuint(1) + entry(ME, 1, b"{}") + b"\x00",
}


@pytest.mark.parametrize("attack", BAD_CURSORS.values(), ids=BAD_CURSORS)
async def test_a_bad_cursor_closes_the_socket_and_is_shown_to_nobody(attack: bytes, table: Table) -> None:
    with pytest.raises(ProtocolError) as caught:
        await table.plan.got(table.dana, sync.awareness(attack))
    assert caught.value.close_code == 4400
    assert table.ruth.cursors == []
    await table.nobody_else_is_harmed()


def test_104_types_nested_by_parent_ids_in_small_updates_are_refused_at_the_first_step_too_deep() -> None:
    gate = Inspector()
    gate.inspect(update(block(ME, 0, shared(1, STRENGTHS, "c1"))), DANA, LIVE)
    gate.inspect(update(block(ME, 1, shared(2, (ME, 0), "text"))), DANA, LIVE)
    for deeper in (shared(2, (ME, 1)), shared(1, (ME, 1)), shared(1, (ME, 1), "text"), shared(0, (ME, 1))):
        with pytest.raises(PlanUpdateError) as caught:
            gate.inspect(update(block(ME, 2, deeper)), DANA, LIVE)
        assert caught.value.code == OUTSIDE
