"""Words as people read them: what is written down, and whether there is anything to see."""

import re
import unicodedata

# Control characters, the marks that turn the reading direction of what follows, and what is no character at all: a
# record reads on paper as it is stored.
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
# Letters by their category, and blank on every screen.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def plain(text: str) -> str:
    """[M12] A text as it is filed: one kind of line end, composed letters (NFC), no control or direction characters."""
    return unicodedata.normalize("NFC", _UNREADABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def is_blank(text: str) -> bool:
    """[M12] Whether nothing of a text can be seen: no letter, digit, sign or picture."""
    return not any(unicodedata.category(one)[0] in "LNPS" and one not in _FILLERS for one in text)
