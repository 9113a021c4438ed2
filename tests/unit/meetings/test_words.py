import pytest

from meetings.words import is_blank, plain


@pytest.mark.parametrize(
    ("written", "filed"),
    [
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("\u202ekeil\x07\x00\ufeff\ufffe\uffff", "keil"),
        ("e\u0301", "é"),
        ("👨\u200d👩\u200d👧 ñ", "👨\u200d👩\u200d👧 ñ"),
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
