"""What a practice model says of its meetings, as data."""

from enum import StrEnum

import msgspec


class SectionKind(StrEnum):
    """How a section of the plan is written."""

    TEXT = "text"
    CARDS = "cards"
    STEPS = "steps"
    OWN_WORDS = "own_words"


class Gate(StrEnum):
    """What must hold before a meeting may close. The values are the codes `closing_gaps` answers with."""

    ATTENDANCE_CONFIRMED = "attendance.unconfirmed"
    NO_OPEN_PROPOSAL = "proposal.open"
    DECISION_SETTLED = "decision.missing"
    QUESTIONS_ENDED = "question.undecided"
    PLAN_FROZEN = "plan.not_frozen"
    HAS_STEP = "steps.missing"
    STEPS_COMPLETE = "steps.incomplete"
    STEPS_IN_RANGE = "steps.day_wrong"


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of the meeting; `planned_min` is the usual length in minutes, which the team may exceed."""

    number: int
    id: str
    planned_min: int


class SectionForm(msgspec.Struct, frozen=True, kw_only=True):
    """One section of the plan's template; `fields` are the named texts of its cards."""

    id: str
    kind: SectionKind
    fields: tuple[str, ...] = ()


class PracticeModel(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of meeting: its stages, the sections of its plan in order, and the gates before it closes."""

    id: str
    stages: tuple[Stage, ...]
    sections: tuple[SectionForm, ...]
    gates: tuple[Gate, ...]
