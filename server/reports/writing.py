"""What people wrote, on a printed page: in its own direction, by the font of its language, and no letter unsaid.

WeasyPrint knows `dir="rtl"` but no `dir="auto"`, so the direction is found here, as a browser would find it.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
import regex
from markupsafe import Markup, escape
from msgspec.structs import replace

from server.reports.fonts import families, unprintable

Value = TypeVar("Value")

# The fields of a record that people wrote; the others are ids, dates and words of a list.
_WRITTEN = frozenset(
    {"name", "relation", "family_name", "decision_question", "question", "text", "reason", "what", "who"}
)
# Han letters look otherwise in Japan; these say that it is Japanese: kana, or a variant chosen by a selector.
_JAPANESE = regex.compile(r"[\p{Hiragana}\p{Katakana}]|\p{Han}[\U000E0100-\U000E01EF]")
_KOREAN = regex.compile(r"\p{Hangul}")
TONGUES = {"ja": "Noto Sans JP", "ko": "Noto Sans KR"}


class Written(str):
    """A text a person wrote. Escaped into a page it stands by itself, whatever stands beside it."""

    __slots__ = ()

    def strip(self, chars: str | None = None, /) -> "Written":
        """Still somebody's."""
        return Written(super().strip(chars))

    def __html__(self) -> str:
        """`<bdi>` with its direction and language; a letter that no font has as its number, U+13E3."""
        tongue = tongue_of(self)
        attributes = Markup(' dir="rtl"') if is_rtl(self) else Markup()
        if tongue:
            attributes += Markup(' lang="{}"').format(tongue)
        words = escape(str(self))
        for one in unprintable(self):
            words = words.replace(one, Markup('<span class="unprinted">U+{:04X}</span>').format(ord(one)))
        return Markup("<bdi{}>{}</bdi>").format(attributes, words)


def is_rtl(text: str) -> bool:
    """Whether the first letter that has a direction runs from right to left."""
    directions = (unicodedata.bidirectional(one) for one in text)
    return next((one for one in directions if one in ("L", "R", "AL")), "L") != "L"


def tongue_of(text: str) -> str:
    """ "ja" or "ko" where the letters say so, else ""."""
    if _JAPANESE.search(text):
        return "ja"
    return "ko" if _KOREAN.search(text) else ""


def marked(value: Value) -> Value:
    """The same struct with everything people wrote in it as `Written`."""
    if not isinstance(value, msgspec.Struct):
        return value
    return replace(value, **{name: _marked(name, one) for name, one in _fields(value)})


def font_rules() -> Markup:
    """The page's fonts as CSS: one order, and another where Han letters are Japanese or Korean."""
    rules = [f"html {{ font-family: {families()}; }}"]
    rules += [f":lang({tongue}) {{ font-family: {families(first)}; }}" for tongue, first in TONGUES.items()]
    return Markup("\n".join(rules))  # noqa: S704  # family names of our own


def _fields(value: msgspec.Struct) -> list[tuple[str, Any]]:
    return [(name, getattr(value, name)) for name in value.__struct_fields__]


def _marked(name: str, value: Any) -> Any:
    if type(value) is str:
        return Written(value) if name in _WRITTEN else value
    if isinstance(value, tuple):
        return tuple(marked(one) for one in value)
    if isinstance(value, Mapping):  # a card: every field of it is written
        return {key: Written(one) if type(one) is str else one for key, one in value.items()}
    return marked(value)
