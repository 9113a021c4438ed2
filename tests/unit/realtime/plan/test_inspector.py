from collections.abc import Set as AbstractSet

import pytest

from realtime.plan import schema
from realtime.plan.inspector import Inspected, Inspector, Sender
from realtime.plan.refusals import PlanUpdateError
from realtime.plan.structs import LIVE, STEP_TWO
from tests.support.plan_peer import writes_as
from tests.support.yjs_bytes import QUESTION, block, deleted, gc, shared, skip, string, update
from tests.support.yjs_corpus import Step, Story, stories


def sender(client_id: int, participant_id: str, *others: int) -> Sender:
    ids: AbstractSet[int] = {client_id, *others}
    return Sender(client_id=client_id, client_ids=ids, may_write=writes_as(participant_id))


DANA = sender(9, "dana", 8)


def inspected(gate: Inspector, step: Step) -> tuple[Inspected, ...]:
    limits = STEP_TWO if step.kind == "step_two" else LIVE
    return gate.inspect(step.update, sender(step.client_id, step.participant_id), limits)


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.name)
def test_what_a_stock_yjs_client_sends_passes_and_says_the_same(story: Story) -> None:
    gate = Inspector()
    rows = [row for step in story.steps for row in inspected(gate, step)]
    doc = schema.document([row.update for row in rows])
    assert schema.contents(doc) == {name: value for name, value in story.roots.items() if value}
    reached: dict[int, int] = {}
    for row in rows:
        assert row.clock_from == reached.get(row.client_id, 0)
        reached[row.client_id] = row.clock_to
    assert reached == gate.state_vector()


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.name)
def test_after_compaction_the_inspector_knows_as_much_and_sees_nothing_new(story: Story) -> None:
    gate, again = Inspector(), Inspector()
    rows = [row for step in story.steps for row in inspected(gate, step)]
    again.admit(schema.document([row.update for row in rows]).get_update())
    assert again.state_vector() == gate.state_vector()
    for step in story.steps:
        assert again.holds(step.update, STEP_TWO)
        assert inspected(again, step) == ()


def test_a_single_change_goes_to_the_log_byte_for_byte() -> None:
    gate = Inspector()
    data = update(block(9, 0, string("a")))
    assert gate.inspect(data, DANA, LIVE) == (Inspected(9, 0, 1, data, b""),)
    data = update(deletes={9: [(0, 1)]})
    assert gate.inspect(data, DANA, LIVE) == (Inspected(9, 1, 1, data, data[1:]),)
    assert gate.clock(9) == 1 and gate.clock(5) == 0


def test_only_what_is_new_goes_to_the_log() -> None:
    gate = Inspector()
    gate.admit(update(block(5, 0, string("Ruth"), string("here", root="words:ruth"))))
    gate.admit(update(deletes={5: [(0, 1), (4, 2)]}))
    gate.inspect(update(block(9, 0, string("abc", origin=(5, 3)))), DANA, LIVE)
    everything = update(
        block(5, 0, string("Ruth"), string("here", root="words:ruth")),
        block(9, 0, string("abcdef", origin=(5, 3))),
        deletes={5: [(0, 2), (4, 2)], 9: [(4, 1)]},
    )
    (row,) = gate.inspect(everything, DANA, STEP_TWO)
    assert row.update == update(block(9, 3, string("def", origin=(9, 2))), deletes={5: [(1, 1)], 9: [(4, 1)]})
    assert (row.client_id, row.clock_from, row.clock_to) == (9, 3, 6)
    assert gate.inspect(everything, DANA, STEP_TWO) == ()


def test_two_pages_of_one_person_make_a_row_each_in_the_order_they_need() -> None:
    gate = Inspector()
    both = update(block(9, 0, string("new", origin=(8, 2))), block(8, 0, string("old")), deletes={8: [(0, 1)]})
    first, second = gate.inspect(both, DANA, STEP_TWO)
    assert (first.client_id, first.clock_to, first.deletes) == (8, 3, b"")
    assert (second.client_id, second.clock_to) == (9, 3)
    assert second.deletes == b"\x01\x08\x01\x00\x01"


def test_two_pages_that_wait_for_a_third_are_missing_it() -> None:
    gate = Inspector()
    both = update(block(9, 0, string("a", origin=(8, 0))), block(8, 0, string("b", origin=(7, 0))))
    with pytest.raises(PlanUpdateError) as caught:
        gate.inspect(both, DANA, STEP_TWO)
    assert caught.value.code == "plan.missing"
    assert gate.state_vector() == {}


def test_erased_runs_are_taken_for_the_own_next_clocks_only() -> None:
    gate = Inspector()
    (row,) = gate.inspect(update(block(9, 0, gc(5), deleted(3), gc(65_536)), deletes={9: [(0, 65_544)]}), DANA, LIVE)
    assert row.clock_to == 65_544
    with pytest.raises(PlanUpdateError) as caught:
        gate.inspect(update(block(9, 65_544, gc(65_537))), DANA, LIVE)
    assert caught.value.code == "plan.too_big"


def test_a_card_made_and_deleted_in_one_update_may_still_be_written_to() -> None:
    gate = Inspector()
    card = update(block(9, 0, deleted_card(), shared(2, (9, 0), "text"), string("x", root=(9, 1))))
    assert len(gate.inspect(card, DANA, LIVE)) == 1


def deleted_card() -> bytes:
    return shared(1, "cards:worries", "w1").replace(b"\x27", b"\x21", 1)


def test_own_words_are_ones_own() -> None:
    gate = Inspector()
    gate.inspect(update(block(9, 0, string("mine", root="words:dana"))), DANA, LIVE)
    gate.inspect(update(deletes={9: [(1, 2)]}), DANA, LIVE)
    sam = sender(4, "sam")
    with pytest.raises(PlanUpdateError):
        gate.inspect(update(deletes={9: [(0, 1)]}), sam, LIVE)
    assert gate.inspect(update(deletes={9: [(1, 2)]}), sam, LIVE) == ()


def test_a_gap_in_the_log_is_noticed() -> None:
    with pytest.raises(PlanUpdateError) as caught:
        Inspector().admit(update(block(9, 3, string("x"))))
    assert caught.value.code == "plan.gap"
    with pytest.raises(PlanUpdateError):
        Inspector().admit(update(block(9, 0, skip(3))))


def test_a_block_of_nothing_says_nothing() -> None:
    assert Inspector().inspect(update(block(5, 7)), DANA, LIVE) == ()
    assert not Inspector().holds(update(block(5, 0, string("x"))), LIVE)


def test_plan_text_cannot_be_printed() -> None:
    (row,) = Inspector().inspect(update(block(9, 0, string("secret"))), DANA, LIVE)
    assert "secret" not in repr(row)


def test_nothing_is_hung_between_letters_and_an_erased_run() -> None:
    gate = Inspector()
    gate.inspect(update(block(9, 0, string("ab"), gc(3))), DANA, LIVE)
    for item in (
        string("x", origin=(9, 1), right=(9, 2)),
        string("x", origin=(9, 2), right=(9, 0)),
        string("x", origin=(9, 0), right=(9, 0)),
    ):
        with pytest.raises(PlanUpdateError) as caught:
            gate.inspect(update(block(9, 5, item)), DANA, LIVE)
        assert caught.value.code == "plan.outside_outline"


def test_in_a_deleted_card_everything_beside_an_erased_run_is_erased() -> None:
    gate = Inspector()
    card = (shared(1, "cards:worries", "w1"), shared(2, (5, 0), "text"), string("ab", root=(5, 1)))
    gate.admit(update(block(5, 0, *card), deletes={5: [(0, 4)]}))
    gate.inspect(update(block(9, 0, gc(3)), deletes={9: [(0, 3)]}), DANA, LIVE)
    late = update(block(9, 3, string("x", origin=(5, 3), right=(9, 0))), deletes={9: [(3, 1)]})
    assert len(gate.inspect(late, DANA, LIVE)) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (update(block(5, 0, string("x"))), "plan.other_client"),
        (update(block(9, 1, string("x"))), "plan.gap"),
        (update(block(9, 0, string("x", root="words:ruth"))), "plan.not_allowed"),
        (update(block(9, 0, shared(2, QUESTION))), "plan.outside_outline"),
        (update(block(9, 0, string("x", root="steps", key="s1"))), "plan.outside_outline"),
        (update(block(9, 0, string("x")), block(8, 0, string("y", root="words:ruth"))), "plan.not_allowed"),
    ],
)
def test_what_a_person_may_not_write_is_refused_and_leaves_nothing(data: bytes, code: str) -> None:
    gate = Inspector()
    with pytest.raises(PlanUpdateError) as caught:
        gate.inspect(data, DANA, LIVE)
    assert caught.value.code == code
    assert gate.state_vector() == {}


def test_a_longer_erased_run_brings_only_its_end() -> None:
    gate = Inspector()
    gate.inspect(update(block(9, 0, gc(3))), DANA, LIVE)
    (row,) = gate.inspect(update(block(9, 0, gc(5))), DANA, STEP_TWO)
    assert row.update == update(block(9, 3, gc(2)))
