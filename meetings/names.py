"""Telling people of one name apart: a father and a son, two aunts, two workers called Maria."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from meetings.ids import ParticipantId
from meetings.participants import Participant


class Mark(StrEnum):
    """What stands with a name where another person has the same."""

    RELATION = "relation"
    ROLE = "role"


class ToldApart(msgspec.Struct, frozen=True, kw_only=True):
    """How one person is named among others: `marks` beside the name, then a number where even these are the same (0:
    none). `shares_first` is whether the first name alone would be another's too."""

    marks: tuple[Mark, ...] = ()
    number: int = 0
    shares_first: bool = False


def first_name(name: str) -> str:
    """The first word of a name."""
    return name.split(maxsplit=1)[0]


def told_apart(people: Iterable[Participant]) -> dict[ParticipantId, ToldApart]:
    """[M15] How each of these people is named among them, in words each reader's language has.

    A name counts as the same whatever its case, accents and spaces. The relation tells first (the role where there is
    none), then the role too, then a number in the order given.
    """
    everyone = tuple(people)
    names = Counter(_folded(one.name) for one in everyone)
    firsts = Counter(_folded(first_name(one.name)) for one in everyone)
    short = {one.id: _short(one) if names[_folded(one.name)] > 1 else () for one in everyone}
    marks = _lengthened(everyone, short)
    same = Counter(_key(one, marks[one.id]) for one in everyone)
    seen: Counter[tuple[str, ...]] = Counter()
    found: dict[ParticipantId, ToldApart] = {}
    for one in everyone:
        key = _key(one, marks[one.id])
        seen[key] += 1
        found[one.id] = ToldApart(
            marks=marks[one.id],
            number=seen[key] if same[key] > 1 else 0,
            shares_first=firsts[_folded(first_name(one.name))] > 1,
        )
    return found


def _short(one: Participant) -> tuple[Mark, ...]:
    return (Mark.RELATION,) if _folded(one.relation) else (Mark.ROLE,)


def _lengthened(
    people: tuple[Participant, ...], short: dict[ParticipantId, tuple[Mark, ...]]
) -> dict[ParticipantId, tuple[Mark, ...]]:
    """The role as well, where a relation is another's too."""
    same = Counter(_key(one, short[one.id]) for one in people)
    both = (Mark.RELATION, Mark.ROLE)
    return {
        one.id: both if short[one.id] == (Mark.RELATION,) and same[_key(one, short[one.id])] > 1 else short[one.id]
        for one in people
    }


def _key(one: Participant, marks: tuple[Mark, ...]) -> tuple[str, ...]:
    words = {Mark.RELATION: _folded(one.relation), Mark.ROLE: one.role.value}
    return (_folded(one.name), *(words[mark] for mark in marks))


def _folded(text: str) -> str:
    """As people compare names: without case, accents and the number of spaces."""
    letters = (one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join("".join(letters).casefold().split())
