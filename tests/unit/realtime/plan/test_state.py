import copy

import pytest

from realtime.plan.refusals import PlanUpdateError
from realtime.plan.state import DocumentState
from realtime.plan.structs import LIVE, decode
from tests.support.yjs_bytes import any_string, any_values, block, gc, shared, string, update


def grow(state: DocumentState, data: bytes) -> None:
    for one in decode(data, LIVE).blocks:
        for item in one.items:
            slot = state.place(item, [])
            if item.kind == 7 and slot:
                state.open_type((one.client_id, item.clock), state.slots[slot])
            state.append(one.client_id, item, slot)


def test_the_state_goes_back_to_where_it_was() -> None:
    state = DocumentState()
    grow(
        state,
        update(block(9, 0, shared(1, "cards:worries", "w1"), shared(2, (9, 0), "text"), string("a🏠", root=(9, 1)))),
    )
    before = copy.deepcopy(vars(state))
    mark = state.mark([9, 8])
    grow(
        state,
        update(block(9, 5, shared(1, "cards:worries", "w2"), shared(2, (9, 5), "text"), string("🏠", root=(9, 6)))),
    )
    grow(state, update(block(8, 0, string("x", root="words:ruth"))))
    assert state.state_vector() == {9: 9, 8: 1}
    state.undo(mark)
    assert state.state_vector() == {9: 5}
    after = vars(state)
    for name in ("slots", "_containers", "_roots", "_children", "_slot_at"):
        assert after[name] == before[name]
    assert {c: halves for c, halves in after["_second_halves"].items() if halves} == before["_second_halves"]


def test_what_hangs_on_an_erased_run_is_erased() -> None:
    state = DocumentState()
    grow(state, update(block(9, 0, gc(4))))
    for item in (string("x", origin=(9, 1)), string("x", root=(9, 2)), string("x", right=(9, 3))):
        (one,) = decode(update(block(8, 0, item)), LIVE).blocks
        assert state.place(one.items[0], []) == 0


def test_depth_counts_parents() -> None:
    state = DocumentState()
    grow(state, update(block(9, 0, shared(1, "steps", "s1"), shared(2, (9, 0), "what"), string("x", root=(9, 1)))))
    runs = state.runs[9]
    assert [state.depth(state.slots[runs.slot(clock)]) for clock in range(3)] == [1, 2, 3]


def test_deletes_of_the_unknown_are_missing() -> None:
    state = DocumentState()
    grow(state, update(block(9, 0, string("abc"))))
    state.delete(9, 1, 2)
    assert state.new_deletes(9, 0, 3) == [(0, 1), (2, 3)]
    with pytest.raises(PlanUpdateError):
        state.new_deletes(9, 0, 4)
    with pytest.raises(PlanUpdateError):
        state.new_deletes(8, 0, 1)


def test_a_letter_of_two_halves_is_never_split() -> None:
    state = DocumentState()
    grow(state, update(block(9, 0, string("a🏠b"))))
    for item in (string("x", origin=(9, 1)), string("x", right=(9, 2)), string("x", origin=(9, 0), right=(9, 2))):
        (one,) = decode(update(block(8, 0, item)), LIVE).blocks
        with pytest.raises(PlanUpdateError) as caught:
            state.place(one.items[0], [])
        assert caught.value.code == "plan.split_character"
    for clock, length in ((0, 2), (2, 1)):
        with pytest.raises(PlanUpdateError) as caught:
            state.new_deletes(9, clock, length)
        assert caught.value.code == "plan.split_character"
    assert state.new_deletes(9, 1, 2) == [(1, 3)]


@pytest.mark.parametrize(
    "item",
    [
        string("x", root="text:other"),
        string("x", root=""),
        string("x", key="k"),
        string("x", root="cards:worries"),
        shared(1, "cards:worries", "__proto__"),
        shared(2, (9, 0), "color"),
        shared(2, (9, 0)),
        string("x", root=(9, 1)),
    ],
    ids=["root", "no root", "key in a text", "no key", "card id", "field", "no field", "in a value"],
)
def test_what_has_no_place_in_the_outline_gets_none(item: bytes) -> None:
    state = DocumentState()
    order = any_values(any_string("a0"), root=(9, 0), key="order")
    grow(state, update(block(9, 0, shared(1, "cards:worries", "w1"), order)))
    (one,) = decode(update(block(8, 0, item)), LIVE).blocks
    with pytest.raises(PlanUpdateError) as caught:
        state.place(one.items[0], [])
    assert caught.value.code == "plan.outside_outline"
