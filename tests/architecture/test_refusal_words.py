"""Every refusal a person can meet has a sentence in every language of the pages."""

import json
import re
from pathlib import Path

import pytest

from meetings.practice.models import Gate

ROOT = Path(__file__).resolve().parents[2]
# Refusals of making a meeting: the page that schedules says them field by field.
OF_SCHEDULING = {
    "facilitator.not_independent",
    "facilitator.not_single",
    "meeting.exists",
    "meeting.question_missing",
    "meeting.time_unclear",
    "participant.duplicate",
    "participant.name_missing",
    "participant.not_staff",
    "person.name_invalid",
    "practice.unknown",
}


def _listed() -> set[str]:
    page = (ROOT / "realtime/PROTOCOL.md").read_text()
    table = page.split("`refused.code` is one of:")[1].split("`media.refused.code`")[0]
    return set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", table, re.MULTILINE))


def _cases(language: str, key: str) -> set[str]:
    words = json.loads((ROOT / f"web/i18n/{language}.json").read_text())
    return set(re.findall(r"(\w+) \{", words[key])) - {"other"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_refusal_has_words(language: str) -> None:
    wanted = {code.replace(".", "_") for code in _listed() - OF_SCHEDULING}
    assert len(wanted) > 30
    assert _cases(language, "refusal.why") == wanted


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_gap_before_closing_has_words(language: str) -> None:
    assert _cases(language, "close.gap") == {gate.value.replace(".", "_") for gate in Gate}
