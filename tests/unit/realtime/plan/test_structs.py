import pytest

from realtime.plan.refusals import PlanUpdateError
from realtime.plan.structs import LIVE, Limits, decode, encode_block, encode_deletes
from tests.support.yjs_bytes import any_string, any_values, block, deleted, gc, shared, string, update
from tests.support.yjs_corpus import stories

STEPS = [step for story in stories() for step in story.steps]


def test_every_real_update_is_taken_apart_to_the_last_byte() -> None:
    for step in STEPS:
        decoded = decode(step.update, Limits(update_bytes=262_144))
        blocks = [encode_block(step.update, one, one.clock)[1:] for one in decoded.blocks]
        assert step.update[0] == len(blocks)
        assert b"".join([step.update[:1], *blocks, encode_deletes(decoded.deletes)]) == step.update


def test_an_item_is_cut_as_yjs_cuts_it() -> None:
    whole = update(block(9, 5, string("abcdef"), gc(3)))
    (one,) = decode(whole, LIVE).blocks
    assert encode_block(whole, one, 8) + b"\x00" == update(block(9, 8, string("def", origin=(9, 7)), gc(3)))
    assert encode_block(whole, one, 12) + b"\x00" == update(block(9, 12, gc(2)))
    right = update(block(9, 0, string("añ🏠b", origin=(7, 1), right=(7, 2)), deleted(4)))
    (one,) = decode(right, LIVE).blocks
    cut = string("🏠b", origin=(9, 1), right=(7, 2))
    assert encode_block(right, one, 2) + b"\x00" == update(block(9, 2, cut, deleted(4)))
    assert encode_block(right, one, 7) + b"\x00" == update(block(9, 7, deleted(2, origin=(9, 6))))
    with pytest.raises(PlanUpdateError):
        encode_block(right, one, 3)


def test_values_are_cut_too() -> None:
    values = update(block(9, 0, any_values(any_string("a"), b"\x78", b"\x79", root="steps", key="k")))
    (one,) = decode(values, LIVE).blocks
    tail = any_values(b"\x78", b"\x79", root=None, origin=(9, 0))
    assert encode_block(values, one, 1) + b"\x00" == update(block(9, 1, tail))
    tail = any_values(any_string("z"), root=None, origin=(9, 0))
    values = update(block(9, 0, any_values(b"\x78", any_string("z"), root="steps", key="k")))
    assert encode_block(values, decode(values, LIVE).blocks[0], 1) + b"\x00" == update(block(9, 1, tail))


@pytest.mark.parametrize(
    "broken",
    [
        update(block(9, 0, b"\x80\x00")),
        update(block(9, 0, b"\x0b")),
        update(block(9, 0, string(""))),
        update(block(9, 0, any_values(root="steps", key="k"))),
        update(block(9, 0, b"\x04\x02")),
        update(block(9, 2**31 - 2, string("abc"))),
        update(block(9, 0, string("a")), block(9, 1, string("b"))),
        update(block(9, 0, gc(0))),
        update(deletes={9: [(0, 0)]}),
        update(deletes={9: [(2**31 - 1, 1)]}),
    ],
    ids=[
        "GC with flags", "kind 11", "empty string", "no values", "parent flag 2", "clock over 2^31",
        "one client twice", "erased nothing", "deletes nothing", "deletes over 2^31",
    ],
)  # fmt: skip
def test_what_cannot_be_an_update_is_malformed(broken: bytes) -> None:
    with pytest.raises(PlanUpdateError) as caught:
        decode(broken, LIVE)
    assert caught.value.code == "plan.malformed"


def test_more_than_the_limits_is_too_big() -> None:
    data = update(block(9, 0, string("a"), gc(7)))
    assert decode(data, Limits(update_bytes=len(data), structs=2, erased=7)).blocks
    for limits in (Limits(update_bytes=len(data) - 1), Limits(structs=1), Limits(erased=6)):
        with pytest.raises(PlanUpdateError) as caught:
            decode(data, limits)
        assert caught.value.code == "plan.too_big"


@pytest.mark.parametrize(
    "foreign",
    [string("a\x00b"), shared(0, "steps", "s1"), any_values(b"\x7d\x01", root="steps", key="k"), b"\x05\x01\x01a\x00"],
    ids=["NUL", "array", "number", "embed"],
)
def test_content_a_plan_has_no_use_for_is_outside_the_outline(foreign: bytes) -> None:
    with pytest.raises(PlanUpdateError) as caught:
        decode(update(block(9, 0, foreign)), LIVE)
    assert caught.value.code == "plan.outside_outline"


def test_plan_text_cannot_be_printed() -> None:
    assert "secret" not in repr(decode(update(block(9, 0, string("secret"))), LIVE))
