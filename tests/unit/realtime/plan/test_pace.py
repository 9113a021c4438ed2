from realtime.plan.pace import Pace


def test_bursts_are_taken_and_floods_are_not() -> None:
    pace = Pace(0.0)
    assert [pace.update(10, 0.0) for _ in range(121)] == [True] * 120 + [False]
    assert [pace.update(10, 1.0) for _ in range(31)] == [True] * 30 + [False]
    assert [pace.cursor(0.0) for _ in range(31)] == [True] * 30 + [False]
    assert [pace.step_one(0.0) for _ in range(3)] == [True, True, False]
    assert [pace.refusal(0.0) for _ in range(21)] == [True] * 20 + [False]


def test_bytes_count_too() -> None:
    pace = Pace(0.0)
    assert [pace.update(131_072, 0.0) for _ in range(5)] == [True] * 4 + [False]
    assert pace.update(131_072, 1.0)
