import pytest

from server.auth.lines import Lines


def test_places_are_served_in_turn_and_each_in_its_order() -> None:
    lines: Lines[str] = Lines()
    for one in ("a1", "a2", "a3", "b1", "b2", "c1"):
        lines.join(one[0], one)
    assert len(lines) == 6
    assert [lines.first() for _ in range(6)] == ["a1", "b1", "c1", "a2", "b2", "a3"]
    assert not lines
    with pytest.raises(KeyError):
        lines.first()


def test_who_leaves_is_passed_over_and_a_stranger_to_the_line_is_let_be() -> None:
    lines: Lines[str] = Lines()
    lines.join("a", "a1")
    lines.join("a", "a2")
    lines.leave("a", "a1")
    lines.leave("a", "a1")
    lines.leave("b", "b1")
    assert (len(lines), lines.first()) == (1, "a2")
    lines.join("c", "c1")
    lines.leave("c", "c1")
    assert not lines


def test_the_fullest_place_is_asked_to_make_room_for_another_and_not_for_itself() -> None:
    lines: Lines[str] = Lines()
    for one in ("a1", "a2", "a3", "b1"):
        lines.join(one[0], one)
    assert lines.newest_of_fullest(unless="c") == lines.newest_of_fullest(unless=None) == ("a", "a3")
    assert Lines[str]().newest_of_fullest(unless=None) is None
    assert lines.newest_of_fullest(unless="a") is None
    lines.leave("a", "a3")
    assert lines.newest_of_fullest(unless="b") is None  # it has nearly as many itself
