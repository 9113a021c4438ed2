from datetime import timedelta

from meetings.attendance import Interval, Mode, present_s
from tests.support.story import START


def stay(from_min: float, to_min: float | None) -> Interval:
    left_at = None if to_min is None else START + timedelta(minutes=to_min)
    return Interval(joined_at=START + timedelta(minutes=from_min), left_at=left_at, mode=Mode.VIDEO)


def test_A8_time_present_is_counted_while_in_session() -> None:
    opened_at, closed_at = START, START + timedelta(minutes=60)
    assert present_s([stay(-10, -5)], opened_at, closed_at) == 0
    assert present_s([stay(-10, 10), stay(20, 30)], opened_at, closed_at) == 20 * 60
    assert present_s([stay(50, None)], opened_at, closed_at) == 10 * 60
    assert present_s([stay(50, 90)], opened_at, closed_at) == 10 * 60
    assert present_s([], opened_at, closed_at) == 0
