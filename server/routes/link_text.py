"""The token of a personal link, out of whatever mail, chat and copying made of the link. [pure]

A link is `https://HOST/j#TOKEN` with 43 letters of base64url. On its way to a phone it may be escaped once or twice,
broken over lines, carried inside another address, put between brackets, or lose its `#`. What can only mean one thing
is read.
"""

import re
import unicodedata
from html import unescape
from urllib.parse import unquote

LENGTH = 43
MOST = 4096  # characters looked at; a filter's wrapper around a link is well below

# Where a token may begin: after the `#` of a link, after its path, or where the text is nothing else.
_BEGINNINGS = (
    re.compile(r"#[\s/?!=:]*"),
    re.compile(r"/j[?/]+(?:(?:t|token|link|key)=)?", re.IGNORECASE),
    re.compile(r"/j\s*[:=]?\s*(?=[\w-]{43})", re.IGNORECASE),
    re.compile(r"\A[\s<(\[\"']*(?=[\w\s-])"),
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]")
# Quoted-printable: a soft break, and the escapes of the characters a link is made of.
_SOFT_BREAK = re.compile(r"=\r?\n")
_QUOTED = re.compile(r"=(23|2D|2F|3A|3D|3F|5F)", re.IGNORECASE)
# The mark of quoted mail at the beginning of a line.
_QUOTE_MARK = re.compile(r"(?<=\n)[>|][>| ]*")
_BENT_PATH = re.compile(r"/+j\W*", re.IGNORECASE)


def token_in(text: str) -> str:
    """The token in `text`, or "" where there is none or it is not whole."""
    for found in _readings(text[:MOST]):
        for beginning in _BEGINNINGS:
            for place in beginning.finditer(found):
                if token := _token_at(found, place.end()):
                    return token
    return ""


def is_bent_path(path: str) -> bool:
    """Whether a path that nothing answers is the link's own in capitals or with marks around it (`/J`, `/j.`)."""
    return path != "/j" and _BENT_PATH.fullmatch(unquote(path)) is not None


def _readings(text: str) -> list[str]:
    """The text as it stands and with what may have been done to it undone, the likelier first."""
    plain = _unescaped(_QUOTE_MARK.sub("", _SOFT_BREAK.sub("", text)))
    marked = plain.replace("\u2014", "--")  # what a word processor made of two hyphens, or of one
    found = [plain, marked, _QUOTED.sub(lambda code: chr(int(code[1], 16)), plain)]
    return [_dashed(one) for one in found]


def _unescaped(text: str) -> str:
    """Without the escapes of addresses and of HTML, however often they were put on."""
    for _ in range(4):
        before, text = text, unescape(unquote(text))
        if text == before:
            break
    return text


def _dashed(text: str) -> str:
    return "".join("-" if unicodedata.category(letter) == "Pd" or letter == "\u2212" else letter for letter in text)


def _token_at(text: str, start: int) -> str:
    """The token that begins here, over spaces, line breaks and marks nobody sees; "" where it is shorter or longer."""
    letters: list[str] = []
    for place in range(start, len(text)):
        letter = text[place]
        if _TOKEN.fullmatch(letter):
            letters.append(letter)
        elif not (letter.isspace() or unicodedata.category(letter) in ("Cf", "Cc")) or len(letters) >= LENGTH:
            break
    # Chats write _so_ for emphasis: underscores and hyphens after a whole token are not its own.
    found = "".join(letters)
    return found[:LENGTH] if len(found) >= LENGTH and not found[LENGTH:].strip("_-") else ""
