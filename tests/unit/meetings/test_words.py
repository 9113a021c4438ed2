import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.errors import MeetingError
from meetings.words import (
    LONGEST_NAME,
    LONGEST_WORDS,
    filed,
    is_blank,
    is_longer,
    is_name,
    letters,
    plain,
    plain_line,
    unprintable,
)

CORPUS = json.loads((Path(__file__).parents[2] / "support" / "corpus" / "letters.json").read_text())
FAMILY = "👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("written", "filed"),
    [
        ("a\r\nb\rc\td", "a\nb\nc d"),
        ("\u202ekeil\x07\x00\ufeff\ufffe\uffff", "keil"),
        ("e\u0301", "é"),
        (f"{FAMILY} ñ", f"{FAMILY} ñ"),
    ],
)
def test_M12_filed_text_has_no_tricks(written: str, filed: str) -> None:
    assert plain(written) == filed


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\x00", "\u200b\u200d", "\u3164", "\u034f\u0301", "\u2800 \u00a0", "\u202e"]
)
def test_M12_words_that_cannot_be_seen_are_none(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", " ñ ", "؟", "7", "👍", "…", "شكرا", "\u200bx"])
def test_M12_anything_to_see_is_a_word(text: str) -> None:
    assert not is_blank(text)


@pytest.mark.parametrize("row", CORPUS, ids=lambda row: row["what"])
def test_M20_noise_is_cleaned_and_joiners_stay_where_they_join(row: dict[str, str]) -> None:
    assert plain(row["text"]) == row["plain"]
    assert plain_line(row["text"]) == row["line"]


def test_M20_the_corpus_says_what_a_reader_would() -> None:
    """The rows above are made by the code; these few are written by hand."""
    lines = {row["what"]: row["line"] for row in CORPUS}
    assert lines["Persian with its joiner"] == "\u0645\u06cc\u200c\u0634\u0648\u062f"
    assert lines["marks from contacts"] == lines["tab from a spreadsheet"] == "Dana Reyes"
    assert lines["joiner between Latin letters"] == lines["joiners at the edges"] == lines["word joiner"] == "Dana"
    assert (lines["soft hyphen"], lines["family"]) == ("Reyes", FAMILY)


ODD = st.sampled_from("aé\u0301\u0645\u06cc\u0915\u094d\u1781👩🏽⚕\ufe0f\u200b\u200c\u200d\u200e\t\r\n 🏴\U000e0067")


@given(st.text(ODD | st.characters()))
def test_M20_what_is_clean_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert plain_line(plain_line(text)) == plain_line(text)


@pytest.mark.parametrize("row", CORPUS, ids=lambda row: row["what"])
def test_M19_letters_are_counted_as_the_box_counts_them(row: dict[str, object]) -> None:
    assert letters(str(row["plain"])) == row["letters"]


@pytest.mark.parametrize(
    ("text", "count"), [("Dana", 4), (FAMILY, 1), ("\u0645\u06cc\u200c\u0634\u0648\u062f", 5), ("陈伟", 2)]
)
def test_M19_a_letter_is_what_a_reader_counts_as_one(text: str, count: int) -> None:
    assert letters(text) == count


def test_M19_a_pile_of_marks_is_not_one_letter() -> None:
    assert letters("e" + "\u0301" * 160) == 11
    assert is_longer("e" + "\u0301" * 16 * 80, LONGEST_NAME)


@pytest.mark.parametrize("letter", ["x", "é", "陈", FAMILY, "\u0915\u094d\u0937", "e\u0301\u0323"])
def test_M19_a_name_has_up_to_eighty_letters(letter: str) -> None:
    assert is_name(letter * 80)
    assert not is_name(letter * 81)


@pytest.mark.parametrize("text", ["", " ", "\u3164", "\u0301", "Dana\ue000", "Dana\ud800"])
def test_M19_a_name_is_seen_and_of_letters_that_are_anyones(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize("letter", ["x", FAMILY])
def test_M19_longer_words_are_refused_whole(letter: str) -> None:
    assert filed(letter * LONGEST_WORDS) == letter * LONGEST_WORDS
    with pytest.raises(MeetingError) as refused:
        filed(letter * (LONGEST_WORDS + 1))
    assert refused.value.code == "words.too_long"
    assert letter * 20 not in str(refused.value)


def test_R10_letters_without_a_glyph_are_named_once_in_order() -> None:
    printed = frozenset(map(ord, "Dan"))
    assert unprintable("Dana \u13e3\u13b3\u13e3", printed) == ("\u13e3", "\u13b3")
    assert unprintable("Dan\u200d \u3000\n\ufe0f", printed) == ()
