import re

import pytest

from server.routes.link_words import LANGUAGES, PAGE, SCRIPT, TOLD, chosen_language, script_words


def test_both_languages_say_the_same_things() -> None:
    for words in (PAGE, SCRIPT, TOLD):
        assert set(words) == set(LANGUAGES)
        assert set(words["en"]) == set(words["es"])
    for key in PAGE["en"]:
        assert re.findall(r"{\w+}", PAGE["en"][key]) == re.findall(r"{\w+}", PAGE["es"][key])
    for key in TOLD["en"]:
        assert re.findall(r"{\w+}", TOLD["en"][key][1]) == re.findall(r"{\w+}", TOLD["es"][key][1])


def test_no_page_says_error() -> None:
    said = str(PAGE) + str(SCRIPT) + str([text for told in TOLD.values() for text in told.values()])
    assert not re.search(r"\berror\b|\binvalid\b|\bforbidden\b", said, re.IGNORECASE)


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"),
    [
        ("es", "en", "es"),
        ("fr", "es-MX,en;q=0.5", "es"),
        (None, "fr-CA, en;q=0.4, es;q=0.8", "es"),
        (None, "en-US,en;q=0.9,es;q=0.8", "en"),
        (None, "es;q=0", "en"),
        (None, "", "en"),
        (None, "*;q=nonsense,;;,es;q=x", "en"),
    ],
)
def test_the_language_asked_for_or_accepted(asked: str | None, accepted: str, expected: str) -> None:
    assert chosen_language(asked, accepted) == expected


def test_the_script_gets_every_sentence() -> None:
    words = script_words("es")
    assert words["hello"] == "Hola, {name}. ¿Es usted?"
    assert words["told"] == TOLD["es"]
