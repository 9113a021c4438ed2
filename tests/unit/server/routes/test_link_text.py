"""What becomes of a link on its way to a phone, and that the token is still read from it."""

import html
import re
from urllib.parse import quote

import pytest

from server.routes.link_text import LENGTH, MOST, is_bent_path, token_in

TOKEN = "Qm9-dGhlciBhbmQgZmF0aGVyIGFuZCBhIF_oaWxkIQ0"
LINK = f"https://meet.example.org/j#{TOKEN}"
ESCAPED = quote(LINK, safe="")
HALVES = (TOKEN[:20], TOKEN[20:])

BENT = {
    "whole": LINK,
    "token alone": TOKEN,
    "token with spaces around": f"  {TOKEN}\n",
    "fragment alone": f"#{TOKEN}",
    "fragment escaped": LINK.replace("#", "%23"),
    "escaped twice": LINK.replace("#", "%2523"),
    "escaped three times": LINK.replace("#", "%252523"),
    "capital path": f"https://MEET.EXAMPLE.ORG/J#{TOKEN}",
    "slash before the fragment": f"/j/#{TOKEN}",
    "slash in the fragment": f"/j#/{TOKEN}",
    "as path": f"/j/{TOKEN}",
    "as query": f"/j?{TOKEN}",
    "as named query": f"/j?token={TOKEN}",
    "fragment sign gone": f"/j{TOKEN}",
    "fragment sign became a space": f"/j {TOKEN}",
    "full stop": f"Open {LINK}. We are glad to see you.",
    "bracket": f"(see {LINK})",
    "angle brackets": f"<{LINK}>",
    "quotation marks": f"\u201c{LINK}\u201d",
    "markdown": f"[your meeting]({LINK})",
    "chat emphasis": f"_{LINK}_",
    "bold in chats": f"*{LINK}*",
    "words after": f"{LINK} please come",
    "words after a token broken by a space": f"https://meet.example.org/j#{' '.join(HALVES)} please come",
    "line break": f"https://meet.example.org/j#{HALVES[0]}\r\n{HALVES[1]}",
    "escaped line break": f"/j#{HALVES[0]}%0A{HALVES[1]}",
    "quoted mail": f"> https://meet.example.org/j#{HALVES[0]}\n> {HALVES[1]}",
    "quoted-printable soft break": f"https://meet.example.org/j#{HALVES[0]}=\r\n{HALVES[1]}",
    "quoted-printable escapes": f"https://meet.example.org/j=23{TOKEN.replace('_', '=5F')}",
    "quoted-printable equals sign": f"/j?token=3D{TOKEN}",
    "zero width marks": f"/j#{TOKEN[:9]}\u200b{TOKEN[9:30]}\u2060\ufeff{TOKEN[30:]}\u200e",
    "soft hyphen": f"/j#\u00ad{TOKEN[:9]}\u00ad{TOKEN[9:]}",
    "non-breaking space": f"/j#{HALVES[0]}\u00a0{HALVES[1]}",
    "other dashes": LINK.replace("-", "\u2011"),
    "dash of a word processor": LINK.replace("-", "\u2013"),
    "minus sign": LINK.replace("-", "\u2212"),
    "trackers": f"{LINK}&utm_source=mail&fbclid=IwAR0",
    "trackers before": f"/j?utm_source=mail#{TOKEN}",
    "text directive": f"{LINK}:~:text=Meeting",
    "entity": html.escape(f"https://meet.example.org/j#{TOKEN}&a=b").replace("#", "&#35;"),
    "safe link": f"https://eu01.safelinks.example/?url={ESCAPED}&data=05%7C02%7C&sdata={'A' * 43}%3D",
    "wrapper that escapes twice": f"https://urldefense.example/v2/url?u={quote(ESCAPED, safe='')}&d=D",
    "wrapper that carries it in its path": f"https://guard.example/scan/{LINK}",
}  # fmt: skip
NOT_WHOLE = [
    "",
    "no sirve",
    "https://meet.example.org/j",
    f"/j#{TOKEN[:-1]}",
    f"/j#{TOKEN}A",
    f"/j#{TOKEN[:20]}é{TOKEN[21:]}",
    "https://eu01.safelinks.example/?url=https%3A%2F%2Fmeet.example.org%2Fj&sdata=" + "A" * 43 + "%3D",
    "#" * 5000,
    " " * MOST + LINK,
]


@pytest.mark.parametrize("kind", BENT)
def test_a_bent_link_is_read(kind: str) -> None:
    assert len(TOKEN) == LENGTH and re.fullmatch(r"[\w-]+", TOKEN)
    assert token_in(BENT[kind]) == TOKEN


def test_two_hyphens_that_became_one_long_dash_are_two_again() -> None:
    token = TOKEN[:10] + "--" + TOKEN[12:]
    assert token_in(f"/j#{token.replace('--', chr(0x2014))}") == token


@pytest.mark.parametrize("text", NOT_WHOLE)
def test_what_is_not_whole_is_no_token(text: str) -> None:
    assert token_in(text) == ""


@pytest.mark.parametrize("path", ["/J", "/j.", "/j)", "/j>", "/j%20", "/J/", "//j", "/j%E2%80%9D", "/j%2C"])
def test_the_links_path_is_known_in_capitals_and_with_marks_around_it(path: str) -> None:
    assert is_bent_path(path)


@pytest.mark.parametrize("path", ["/j", "/jay", "/app", "/j/enter", "/", "/api/join", "/x/j"])
def test_other_paths_are_not_the_links(path: str) -> None:
    assert not is_bent_path(path)
