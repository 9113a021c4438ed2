from meetings.names import Mark, ToldApart, first_name, told_apart
from meetings.participants import Participant, Role
from tests.support.story import DANA, RUTH, SAM, person

FATHER = person(21, "José Rivera", Role.PARENT, "Father")
SON = person(22, "JOSE  RIVERA", Role.YOUTH, "Son")


def marks(*people: Participant) -> list[tuple[tuple[Mark, ...], int]]:
    told = told_apart(people)
    return [(told[one.id].marks, told[one.id].number) for one in people]


def test_M15_a_name_of_ones_own_stands_alone() -> None:
    assert set(told_apart((SAM, DANA, FATHER)).values()) == {ToldApart()}


def test_M15_father_and_son_are_told_apart_by_relation() -> None:
    assert marks(FATHER, DANA, SON) == [((Mark.RELATION,), 0), ((), 0), ((Mark.RELATION,), 0)]


def test_M15_who_has_no_relation_is_told_by_role() -> None:
    worker = person(23, "José Rivera", Role.PROVIDER, " ")
    assert marks(FATHER, worker) == [((Mark.RELATION,), 0), ((Mark.ROLE,), 0)]


def test_M15_one_relation_is_told_apart_by_role_too() -> None:
    cousin = person(24, "Jose Rivera", Role.SUPPORT_PERSON, "father")
    both = (Mark.RELATION, Mark.ROLE)
    assert marks(FATHER, cousin, SON) == [(both, 0), (both, 0), ((Mark.RELATION,), 0)]


def test_M15_what_is_still_the_same_is_counted() -> None:
    twins = [person(30 + at, "Ana Rivera", Role.KIN, "Aunt") for at in range(2)]
    workers = [person(40 + at, "Ana Rivera", Role.PROVIDER) for at in range(2)]
    both = (Mark.RELATION, Mark.ROLE)
    assert marks(*twins, *workers) == [(both, 1), (both, 2), ((Mark.ROLE,), 1), ((Mark.ROLE,), 2)]


def test_M15_a_first_name_alone_may_be_anothers() -> None:
    other = person(25, "Dána Brandt", Role.PROVIDER)
    told = told_apart((DANA, other, RUTH))
    assert [told[one.id].shares_first for one in (DANA, other, RUTH)] == [True, True, False]
    assert told[DANA.id].marks == ()


def test_a_first_name_is_the_first_word() -> None:
    assert first_name("Dana de la Cruz") == "Dana"
