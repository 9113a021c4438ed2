from realtime.media.feedback import (
    ARRIVALS_LIMIT,
    GAPS_LIMIT,
    KEYFRAME_EVERY_S,
    NACK_AFTER_S,
    NACK_AGAIN_S,
    NACK_TRIES,
    Arrivals,
    Gaps,
    KeyframeWish,
    Reception,
)


def test_arrivals_are_taken_once_in_order() -> None:
    arrivals = Arrivals()
    for seq in (65_534, 0, 65_535):
        arrivals.got(seq, seq / 1000)
    batch = arrivals.take()
    assert [seq & 0xFFFF for seq, _ in batch] == [65_534, 65_535, 0]
    assert arrivals.take() == []
    arrivals.got(65_535, 2.0)
    assert arrivals.take() == []


def test_a_batch_of_arrivals_is_bounded() -> None:
    arrivals = Arrivals()
    for seq in range(ARRIVALS_LIMIT + 50):
        arrivals.got(seq, 1.0)
    assert len(arrivals.take()) == ARRIVALS_LIMIT
    assert len(arrivals.take()) == 50


def test_a_gap_is_asked_for_after_a_moment_and_so_often() -> None:
    gaps = Gaps()
    gaps.got(10, 0.0)
    gaps.got(13, 0.0)
    assert gaps.due(0.0) == []
    assert gaps.due(NACK_AFTER_S) == [11, 12]
    assert gaps.due(NACK_AFTER_S) == []
    gaps.got(11, 0.03)
    now, asked = NACK_AFTER_S, 1
    for _ in range(20):
        now += NACK_AGAIN_S
        asked += len(gaps.due(now))
    assert asked == NACK_TRIES


def test_a_long_outage_is_not_asked_for() -> None:
    gaps = Gaps()
    gaps.got(10, 0.0)
    gaps.got(11 + GAPS_LIMIT, 0.0)
    assert gaps.due(1.0) == []


def test_loss_is_that_since_the_last_report() -> None:
    reception = Reception(90_000)
    assert (reception.lost, reception.report()) == (0, 0.0)
    for seq in (100, 101, 103):
        reception.got(seq, seq * 3000, seq / 30)
    assert reception.report() == 0.25
    assert reception.lost == 1
    reception.got(104, 104 * 3000, 104 / 30)
    assert reception.report() == 0.0
    assert reception.jitter < 1


def test_jitter_grows_with_uneven_arrival_and_not_with_a_new_clock() -> None:
    reception = Reception(48_000)
    reception.got(1, 0, 0.0)
    reception.got(2, 960, 0.04)
    assert reception.jitter == 60
    reception.got(3, 1_000_000_000, 0.06)
    assert reception.jitter == 60


def test_many_wishes_are_one_request_each_half_second_until_a_keyframe_comes() -> None:
    wish = KeyframeWish()
    assert not wish.due(0.0)
    wish.ask()
    wish.ask()
    assert wish.due(0.0)
    assert not wish.due(KEYFRAME_EVERY_S / 2)
    assert wish.due(KEYFRAME_EVERY_S)
    wish.answered()
    assert not wish.due(10.0)


def test_a_later_gap_waits_for_its_own_moment() -> None:
    gaps = Gaps()
    gaps.got(10, 0.0)
    gaps.got(12, 0.0)
    gaps.got(14, NACK_AFTER_S / 2)
    assert gaps.due(NACK_AFTER_S) == [11]
    assert gaps.due(2 * NACK_AFTER_S) == [13]
