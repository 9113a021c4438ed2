"""The plan's shared types as data: which roots there are, what each holds, how long it may be. [pure]

The one source for the inspector and the reader (`schema`). The browser has its own, `outline.ts`; a test compares them.
"""

import re
from enum import StrEnum

import msgspec

TEMPLATE = "tdm"
WORDS_PREFIX = "words:"
STEPS_ROOT = "steps"
MAX_DEPTH = 16

_CARD_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")
_ORDER = re.compile(r"[!-~]{1,128}")
_DAY = re.compile(r"(?:[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))?")
_PERSON = re.compile(r"[0-9A-Za-z_-]{1,64}")


class FieldKind(StrEnum):
    """What a field holds. Texts are shared letter by letter, the others are last-writer-wins values."""

    TEXT = "text"
    NAME = "name"
    DAY = "day"
    FLAG = "flag"
    ORDER = "order"
    PERSON = "person"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a card or step."""

    name: str
    kind: FieldKind
    shown: bool = True


class Root(msgspec.Struct, frozen=True, kw_only=True):
    """A shared type at the top: one text (no fields) or a map of cards with these fields."""

    name: str
    section: str
    fields: tuple[Field, ...] = ()

    def field(self, name: str) -> Field | None:
        """The field of that name."""
        return next((field for field in self.fields if field.name == name), None)


def _cards(section: str, *texts: str) -> Root:
    hidden = (
        Field(name="order", kind=FieldKind.ORDER, shown=False),
        Field(name="by", kind=FieldKind.PERSON, shown=False),
    )
    fields = tuple(Field(name=text, kind=FieldKind.TEXT) for text in texts)
    return Root(name=f"cards:{section}", section=section, fields=hidden + fields)


ROOTS: tuple[Root, ...] = (
    Root(name="text:decision_question", section="decision_question"),
    _cards("strengths", "text"),
    _cards("worries", "text"),
    _cards("safety_plan", "threat", "text", "who", "when", "backup"),
    _cards("placement", "text", "note"),
    _cards("family_time", "text", "frequency", "place_note", "supervision"),
    Root(
        name=STEPS_ROOT,
        section="steps",
        fields=(
            Field(name="what", kind=FieldKind.TEXT),
            Field(name="who", kind=FieldKind.NAME),
            Field(name="by_when", kind=FieldKind.DAY),
            Field(name="order", kind=FieldKind.ORDER, shown=False),
            Field(name="done", kind=FieldKind.FLAG),
        ),
    ),
)

_BY_NAME = {root.name: root for root in ROOTS}


def root_named(name: str) -> Root | None:
    """The root of that name; `words:{participant_id}` is a text for every participant. None: not in the outline."""
    root = _BY_NAME.get(name)
    if root is None and name.startswith(WORDS_PREFIX) and _PERSON.fullmatch(name, len(WORDS_PREFIX)):
        return Root(name=name, section="words")
    return root


def is_card_id(key: str) -> bool:
    """Letters, digits, `-` and `_`, not starting with the last two, at most 64."""
    return _CARD_ID.fullmatch(key) is not None and key not in {"constructor", "prototype"}


def fits(kind: FieldKind, value: object) -> bool:
    """Whether a last-writer-wins value may stand in such a field."""
    match kind:
        case FieldKind.FLAG:
            return isinstance(value, bool)
        case FieldKind.NAME:
            return isinstance(value, str) and len(value) <= 200 and value.isprintable()
        case FieldKind.ORDER:
            return isinstance(value, str) and _ORDER.fullmatch(value) is not None
        case FieldKind.DAY:
            return isinstance(value, str) and _DAY.fullmatch(value) is not None
        case FieldKind.PERSON:
            return isinstance(value, str) and _PERSON.fullmatch(value) is not None
    return False  # a text is written letter by letter, never set as a value
