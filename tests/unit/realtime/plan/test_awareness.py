import pytest

from realtime.plan import awareness
from realtime.plan.awareness import Cursor, Cursors, CursorState
from realtime.plan.refusals import PlanUpdateError

HERE = CursorState(field="cards:worries/w1/text", anchor="AAEB", head=None)


def test_a_cursor_comes_back() -> None:
    cursor = Cursor(client_id=9, clock=4, state=HERE)
    assert awareness.inspect(awareness.encode(cursor), 9, 3) == cursor
    gone = awareness.gone(cursor)
    assert gone == Cursor(client_id=9, clock=4, state=None)
    assert awareness.inspect(awareness.encode(gone), 9, 4) == gone


@pytest.mark.parametrize(
    "state",
    [
        '{"field":"text:none"}',
        '{"anchor":"ä"}',
        '{"anchor":"' + "A" * 513 + '"}',
        "[]",
        '{"head":1}',
        "{",
        '{"x":null}',
    ],
)
def test_a_state_is_a_field_and_two_positions(state: str) -> None:
    data = b"\x01\x09\x04" + bytes([len(state.encode()) & 0x7F | 0x80, len(state.encode()) >> 7]) + state.encode()
    if len(state) < 128:
        data = b"\x01\x09\x04" + bytes([len(state.encode())]) + state.encode()
    with pytest.raises(PlanUpdateError):
        awareness.inspect(data, 9, 3)


def test_an_update_is_one_small_entry_of_ones_own_and_not_far_ahead() -> None:
    own, other = Cursor(client_id=9, clock=4, state=HERE), Cursor(client_id=8, clock=4, state=HERE)
    for data, code in (
        (awareness.encode(own) + bytes(awareness.MAX_BYTES), "plan.too_big"),
        (awareness.encode(own, other), "plan.malformed"),
        (awareness.encode(), "plan.malformed"),
        (awareness.encode(other), "plan.other_client"),
        (awareness.encode(Cursor(client_id=9, clock=4 + awareness.MAX_CLOCK_STEP, state=HERE)), "plan.malformed"),
    ):
        with pytest.raises(PlanUpdateError) as caught:
            awareness.inspect(data, 9, 3)
        assert caught.value.code == code


def test_cursors_shown_are_the_newest_of_each() -> None:
    cursors = Cursors()
    for client_id in range(awareness.MAX_SHOWN + 1):
        cursors.put(Cursor(client_id=client_id, clock=1, state=HERE))
    assert cursors.of(0) is None and cursors.of(1) is not None
    cursors.put(Cursor(client_id=1, clock=2, state=None))
    assert cursors.of(1) is None
    assert len(cursors.shown()) == awareness.MAX_SHOWN - 1
