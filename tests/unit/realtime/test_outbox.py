import pytest

from realtime.messages import BeatBack
from realtime.outbox import CATCH_UP_ITEMS, MAX_BYTES, MAX_ITEMS, Outbox


def test_messages_and_frames_keep_their_order() -> None:
    outbox = Outbox()
    outbox.put(BeatBack(ref=1, server_time=0.0))
    outbox.put_frame(b"\x00one")
    outbox.put(BeatBack(ref=2, server_time=0.0))
    outbox.put_frame(b"\x00two")
    frames = [outbox.take() for _ in range(5)]
    assert frames == [
        '{"type":"beat","ref":1,"server_time":0.0}',
        b"\x00one",
        '{"type":"beat","ref":2,"server_time":0.0}',
        b"\x00two",
        None,
    ]


def test_of_each_cursor_only_the_newest_waits() -> None:
    outbox = Outbox()
    for turn in range(1000):
        assert outbox.put_cursor(turn % 2, b"cursor %d" % turn)
    outbox.put_frame(b"text")
    assert [outbox.take(), outbox.take(), outbox.take(), outbox.take()] == [b"cursor 998", b"cursor 999", b"text", None]
    assert outbox.put_cursor(0, b"again")
    assert outbox.take() == b"again"
    assert outbox.waiting_bytes == 0


def test_too_many_items_are_too_slow() -> None:
    outbox = Outbox()
    assert all(outbox.put_frame(b"x") for _ in range(MAX_ITEMS))
    assert not outbox.put_frame(b"x")


def test_too_many_bytes_are_too_slow() -> None:
    outbox = Outbox()
    assert outbox.put_frame(b"x" * MAX_BYTES)
    assert not outbox.put_cursor(1, b"y")
    outbox.take()
    assert outbox.put_cursor(1, b"yy")
    assert len(outbox) == 1


@pytest.mark.parametrize("growth", [b"y" * MAX_BYTES, b"y" * (MAX_BYTES + 1)])
def test_a_growing_cursor_is_counted(growth: bytes) -> None:
    outbox = Outbox()
    outbox.put_cursor(1, b"y")
    assert outbox.put_cursor(1, growth) is (len(growth) <= MAX_BYTES)


def test_catching_up_has_room_of_its_own() -> None:
    outbox = Outbox()
    assert all(outbox.put_frame(b"row", is_catch_up=True) for _ in range(CATCH_UP_ITEMS))
    assert all(outbox.put_frame(b"x") for _ in range(MAX_ITEMS))
    assert not outbox.put(BeatBack(ref=1, server_time=0.0), is_catch_up=True)
