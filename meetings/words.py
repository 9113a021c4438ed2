"""Words as people read them: what is written down, how long it is, and whether there is anything to see.

A letter here is what a reader counts as one: an extended grapheme cluster (Unicode UAX 29). `web/src/live/letters.ts`
counts the same in the box; both are held to `tests/support/corpus/letters.json`.
"""

import re
import unicodedata
from collections.abc import Container

import regex

from meetings.errors import MeetingError

LONGEST_NAME = 80
"""Letters of a name and of a relation."""
LONGEST_WORDS = 2000
"""Letters of a question, a proposal, a reason."""
MOST_IN_A_LETTER = 16
"""Characters (code points) of one letter. The longest emoji of a family has ten; a longer pile counts as several."""

# Control characters but the line end, format characters but the joiners and the word space of Khmer and Burmese, and
# what is no character at all. Contacts and spreadsheets leave them and no reader sees them.
_NOISE = regex.compile(
    r"[[\p{Cc}\p{Cf}\ufffe\uffff]--[\n\p{Prepended_Concatenation_Mark}\u200b\u200c\u200d\U000E0020-\U000E007F]]",
    regex.V1,
)
_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
# The flags of England, Scotland and Wales are written with tags; anywhere else tags are invisible noise.
_TAGS = regex.compile(r"(?<!\U0001F3F4[\U000E0020-\U000E007F]*)[\U000E0020-\U000E007F]", regex.V1)
_JOINERS = regex.compile(r"([\u200c\u200d])[\u200c\u200d]+")
# A joiner says something where letters are joined by hand (Persian, the scripts of India, Khmer) and between the
# pictures of one emoji. Beside letters that never join, or at an edge, nobody could see it.
_JOINED = r"[[\p{L}\p{M}]--[\p{Latin}\p{Greek}\p{Cyrillic}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Hebrew}\p{Thai}]]"
_PICTURE = r"\p{Extended_Pictographic}"
_JOINER_KEPT = (
    rf"(?<={_JOINED})[\u200c\u200d](?={_JOINED})"
    rf"|(?<={_PICTURE}[\ufe0f\U0001F3FB-\U0001F3FF]?)\u200d(?={_PICTURE})"
)
_JOINER_AT_ALL = regex.compile(rf"({_JOINER_KEPT})|[\u200c\u200d]", regex.V1)
# Letters by their category, and blank on every screen.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_LETTER = regex.compile(r"\X", regex.V1)
# Never drawn by themselves: joiners, selectors of a variant, spaces.
_UNDRAWN = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Z}\p{Cc}]")
# No letter at all, or one that each font draws as it likes.
_NOBODYS = frozenset(("Cs", "Co"))


def plain(text: str) -> str:
    """[M12] A text as it is filed: one kind of line end, composed letters (NFC), no control or direction characters.

    [M20] Tabs are spaces; invisible noise is cleaned; joiners stay where they join.
    """
    text = _LINE_END.sub("\n", text).replace("\t", " ")
    text = _JOINERS.sub(r"\1", _TAGS.sub("", _NOISE.sub("", text)))
    return unicodedata.normalize("NFC", _JOINER_AT_ALL.sub(lambda found: found[1] or "", text))


def plain_line(text: str) -> str:
    """[M20] A name as it is filed: `plain`, on one line, one space between words and none around them."""
    return " ".join(plain(text).replace("\u200b", "").split())


def letters(text: str) -> int:
    """[M19] How long a text is, in letters as its reader counts them."""
    return sum(-(-len(one) // MOST_IN_A_LETTER) for one in _LETTER.findall(text))


def is_longer(text: str, most: int) -> bool:
    """[M19] Whether a text has more letters than `most`."""
    return len(text) > most and letters(text) > most


def is_blank(text: str) -> bool:
    """[M12] Whether nothing of a text can be seen: no letter, digit, sign or picture."""
    return not any(unicodedata.category(one)[0] in "LNPS" and one not in _FILLERS for one in text)


def is_name(text: str) -> bool:
    """[M19] Whether a cleaned line can stand as somebody's name: seen, not too long, of letters that are anyone's."""
    is_anyones = not any(unicodedata.category(one) in _NOBODYS for one in text)
    return is_anyones and not is_blank(text) and not is_longer(text, LONGEST_NAME)


def filed(text: str) -> str:
    """[M19] A text as it is filed, whole. Raises MeetingError `words.too_long`: nothing is ever cut."""
    text = plain(text)
    if is_longer(text, LONGEST_WORDS):
        raise MeetingError("words.too_long", f"These words have more than {LONGEST_WORDS} letters. Make them shorter.")
    return text


def unprintable(text: str, printed: Container[int]) -> tuple[str, ...]:
    """[R10] The characters of a text that are to be seen and are not among `printed` (code points that have a glyph),
    each once, in order."""
    return tuple(one for one in dict.fromkeys(text) if ord(one) not in printed and not _UNDRAWN.match(one))
