import re

import pytest
from markupsafe import escape
from msgspec.structs import replace

from meetings.plan import Card, OwnWords, Section
from meetings.record import CaseRecord
from server.reports.record_page import record_html
from server.reports.writing import Written, font_rules, is_rtl, marked, tongue_of
from tests.support.records import disagreed_record
from tests.support.story import DANA

HEBREW = "רחל"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Ruth", "<bdi>Ruth</bdi>"),
        ("a < b", "<bdi>a &lt; b</bdi>"),
        (HEBREW, f'<bdi dir="rtl">{HEBREW}</bdi>'),
        ("7 حسین", '<bdi dir="rtl">7 حسین</bdi>'),
        ("ひなた", '<bdi lang="ja">ひなた</bdi>'),
        ("葛\U000e0100城", '<bdi lang="ja">葛\U000e0100城</bdi>'),
        ("김민준", '<bdi lang="ko">김민준</bdi>'),
        ("陈伟", "<bdi>陈伟</bdi>"),
        ("\u13e3<", '<bdi><span class="unprinted">U+13E3</span>&lt;</bdi>'),
    ],
)
def test_a_written_text_stands_by_itself(text: str, html: str) -> None:
    assert escape(Written(text)) == html
    assert escape(Written(f" {text} ").strip()) == html


@pytest.mark.parametrize(("text", "rtl"), [("", False), ("12 –", False), ("Ruth רחל", False), ("(רחל) Ruth", True)])
def test_the_first_letter_with_a_direction_decides(text: str, rtl: bool) -> None:
    assert is_rtl(text) is rtl


def test_each_tongue_has_its_font_before_the_others() -> None:
    assert tongue_of("Ruth") == ""
    rules = str(font_rules())
    assert re.search(r':lang\(ja\) \{ font-family: "Noto Sans", "Noto Sans JP", "Noto Sans Devanagari"', rules)
    assert re.search(r':lang\(ko\) \{ font-family: "Noto Sans", "Noto Sans KR"', rules)


def in_hebrew(record: CaseRecord) -> CaseRecord:
    """Everything people wrote begins with a Hebrew name, everywhere."""

    def renamed(value: object, name: str = "") -> object:
        if isinstance(value, Written):
            return f"{HEBREW} {value}"
        if isinstance(value, tuple):
            return tuple(renamed(one) for one in value)
        if isinstance(value, dict):
            return {key: renamed(one) for key, one in value.items()}
        if hasattr(value, "__struct_fields__"):
            return replace(value, **{one: renamed(getattr(value, one)) for one in value.__struct_fields__})
        return value

    changed = renamed(marked(record))
    assert isinstance(changed, CaseRecord)
    return changed


def test_no_text_of_a_person_is_printed_without_its_direction() -> None:
    """Every Hebrew word of the page stands in a bdi of its own direction: in tables, sentences, lists and headings."""
    record = disagreed_record()
    plan = replace(
        record.plan,
        sections=(Section(id="strengths", cards=(Card(id="c", fields={"text": "x"}),)), Section(id="note", text="y")),
        own_words=(OwnWords(participant_id=DANA.id, text="z"),),
    )
    html = record_html(in_hebrew(replace(record, plan=plan)), "en")
    body = html.partition("<body>")[2]
    assert len(re.findall(HEBREW, body)) > 30
    assert HEBREW not in re.sub(r'<bdi dir="rtl">.*?</bdi>', "", body, flags=re.DOTALL)
    assert "bdi" not in html.partition("</head>")[0]
