from hypothesis import given
from hypothesis import strategies as st

from meetings.ids import ParticipantId
from realtime.media.allocation import assign

DANA, RUTH, LEE = (ParticipantId(name) for name in ("dana", "ruth", "lee"))


def test_who_stays_keeps_their_slot() -> None:
    assert assign((DANA, RUTH, None), (LEE, RUTH)) == (LEE, RUTH, None)


def test_only_the_first_that_fit() -> None:
    assert assign((None, None), (DANA, RUTH, LEE)) == (DANA, RUTH)
    assert assign((), (DANA,)) == ()


def test_nobody_is_shown_twice() -> None:
    assert assign((None, None), (DANA, DANA)) == (DANA, None)


people = st.sampled_from([ParticipantId(letter) for letter in "abcdefgh"])


@given(st.lists(people, unique=True, max_size=4), st.lists(people, max_size=10))
def test_slots_hold_exactly_the_wanted_and_nobody_moves(held: list[ParticipantId], wanted: list[ParticipantId]) -> None:
    slots = tuple(held) + (None,) * (4 - len(held))
    made = assign(slots, wanted)
    chosen = list(dict.fromkeys(wanted))[:4]
    assert sorted(one for one in made if one) == sorted(chosen)
    assert all(made[place] == one for place, one in enumerate(slots) if one in chosen)
