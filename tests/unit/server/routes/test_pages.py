import re
from typing import Any

import pytest

from server.config import Settings
from server.routes.assets import Entry
from server.routes.link_words import PAGE, TOLD, script_words
from server.routes.pages import templates, words_and_phone

ENTRY = Entry(
    "/assets/join-Ab12Cd34.js",
    ("/assets/join-Ab12Cd34.css", "/assets/shared-Ab12Cd34.css"),
    ("/assets/shared-Ab12Cd34.js", "/assets/svelte-Ab12Cd34.js"),
    {"en": ("/assets/join.en-Ab12Cd34.js",), "es": ("/assets/join.es-Ab12Cd34.js", "/assets/ui.es-Ab12Cd34.js")},
)
NONCE = "bm9uY2Ugb2YgMTI4IGJpdHM="


def page(language: str, entry: Any = ENTRY, **changed: Any) -> str:
    values = words_and_phone(language, Settings(**changed))
    return (
        templates()
        .get_template("link.html")
        .render({**values, "script_words": script_words(language), "entry": entry, "nonce": NONCE})
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_link_page_is_at_most_14_kib_all_in(language: str) -> None:
    headers = 1536  # of the answer, as measured; they travel too
    assert len(page(language).encode()) + headers <= 14 * 1024


def test_remarks_and_indents_stay_at_home() -> None:
    text = page("en")
    assert not re.search(r"^\s*//|^ +\S|/\*", text, re.MULTILINE)


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_loads_nothing_from_elsewhere_and_all_inline_parts_carry_the_nonce(language: str) -> None:
    text = page(language, quick_exit_url="https://dull.example/")
    assert re.findall(r"<(?:script|style)(?![^>]*nonce=)", text) == []
    assert re.findall(r"""(?:src|href)=["']?(https?:[^"' >]+)""", text) == ["https://dull.example/"]
    assert " style=" not in text and "onclick=" not in text.replace(".onclick =", "")


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_is_neutral_before_the_tap(language: str) -> None:
    text = page(language)
    assert f"<title>{PAGE[language]['title']}</title>" in text
    assert 'property="og:title" content="Me' in text or 'property="og:title" content="Reu' in text
    for private in ("family", "familia", "agency", "case", "Hearth", "Reyes", "child"):
        assert private not in re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL), private


def test_it_works_without_scripts_by_pasting_the_link() -> None:
    text = page("en", office_phone="555-0100")
    noscript = text.partition('<section id="old">')[2].partition("</section>")[0]
    assert 'method="post" action="/j/enter?lang=en"' in noscript
    assert 'name="link"' in noscript and "555-0100" in text


def test_a_settings_text_cannot_break_out_of_the_page() -> None:
    text = page("en", office_phone='"><script>alert(1)</script>')
    assert "<script>alert(1)" not in text


def test_the_words_of_the_script_cannot_break_out_of_it() -> None:
    rendered = templates().from_string("{{ x | tojson }}").render(x={"a": "</script><!--\u2028&"})
    assert rendered == '{"a":"\\u003c/script\\u003e\\u003c!--\\u2028\\u0026"}'


def test_every_refusal_of_a_link_has_words() -> None:
    for code in ("link.unknown", "link.revoked", "meeting.over", "meeting.too_early", "rate.exceeded"):
        assert code in TOLD["en"] and code in TOLD["es"]
