"""The case plan as a value: what the live document says when it is read, frozen and filed."""

import hashlib

import msgspec

from meetings.privacy import Unprinted


class Card(Unprinted, frozen=True, kw_only=True):
    """One card of a section. `fields` are the section's named texts ("text", "who", "when", "backup", ...)."""

    id: str
    fields: dict[str, str]


class Section(Unprinted, frozen=True, kw_only=True):
    """A titled part of the plan: one text, or cards, in the order shown."""

    id: str
    text: str = ""
    cards: tuple[Card, ...] = ()


class ActionStep(Unprinted, frozen=True, kw_only=True):
    """Who does what by when. `who` is a participant id or a written name; `by_when` is YYYY-MM-DD or empty."""

    id: str
    what: str
    who: str
    by_when: str
    done: bool = False


class OwnWords(Unprinted, frozen=True, kw_only=True):
    """A family member's own words, never edited by staff."""

    participant_id: str
    text: str


class CasePlan(Unprinted, frozen=True, kw_only=True):
    """The whole plan, canonical: equal plans encode to equal bytes."""

    template: str
    sections: tuple[Section, ...]
    steps: tuple[ActionStep, ...]
    own_words: tuple[OwnWords, ...]


def canonical(plan: CasePlan) -> bytes:
    """The bytes whose SHA-256 freezes the plan: JSON in a fixed order, UTF-8. Equal plans give equal bytes."""
    return msgspec.json.encode(plan, order="deterministic")


def plan_sha256(plan: CasePlan) -> str:
    """[L5] The hash a plan is frozen under, in hex."""
    return hashlib.sha256(canonical(plan)).hexdigest()
