from hypothesis import given
from hypothesis import strategies as st

from realtime.plan.ranges import RangeSet, Runs

RANGES = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=20)


@given(RANGES, st.integers(0, 60), st.integers(1, 20))
def test_a_range_set_is_a_set(added: list[tuple[int, int]], start: int, length: int) -> None:
    ranges, plain = RangeSet(), set[int]()
    for low, size in added:
        ranges.add(low, low + size)
        plain |= set(range(low, low + size))
    gaps = ranges.missing(start, start + length)
    assert {number for low, high in gaps for number in range(low, high)} == set(range(start, start + length)) - plain
    assert all(low < high for low, high in gaps)
    assert {number for number in range(80) if number in ranges} == plain
    joined = sum(1 for number in plain if number - 1 not in plain)
    assert len(ranges) == joined


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5)), min_size=1, max_size=20), st.data())
def test_runs_know_the_slot_of_each_clock(appended: list[tuple[int, int]], data: st.DataObject) -> None:
    runs, plain = Runs(), list[int]()
    for slot, length in appended:
        runs.append(slot, length)
        plain += [slot] * length
    cut = data.draw(st.integers(0, len(plain)))
    runs.cut(cut)
    plain = plain[:cut]
    runs.append(9, 2)
    plain += [9, 9]
    assert runs.end == len(plain)
    assert [runs.slot(clock) for clock in range(len(plain))] == plain
    start = data.draw(st.integers(0, len(plain) - 1))
    end = data.draw(st.integers(start + 1, len(plain)))
    found = runs.slots(start, end)
    assert set(found) == set(plain[start:end])
    assert 1 <= len(runs) <= len(plain)


def test_ranges_that_touch_are_one() -> None:
    ranges = RangeSet()
    ranges.add(0, 2)
    ranges.add(4, 6)
    assert (len(ranges), ranges.missing(1, 7)) == (2, [(2, 4), (6, 7)])
    ranges.add(2, 4)
    assert (len(ranges), ranges.missing(0, 6), 5 in ranges, 6 in ranges) == (1, [], True, False)
