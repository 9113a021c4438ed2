import re
import string

import pytest
from msgspec.structs import replace

from meetings.attendance import AbsenceReason, Attended, Mode
from meetings.names import Mark, ToldApart
from meetings.participants import Role
from meetings.practice.catalog import MODELS
from meetings.practice.models import SectionKind
from meetings.proposals import Answer, Outcome
from meetings.record import RecordPerson
from server.reports.record_page import TEMPLATES
from server.reports.wording import LANGUAGES, Wording, catalog
from tests.support.story import START

CENTRAL = "America/Chicago"


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_both_languages_say_everything_with_the_same_values() -> None:
    english, spanish = (catalog(language) for language in LANGUAGES)
    assert english.keys() == spanish.keys()
    assert all(fields(english[key]) == fields(spanish[key]) for key in english)
    assert all(words.strip() for words in (*english.values(), *spanish.values()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_a_record_may_hold_has_words(language: str) -> None:
    model = MODELS["tdm"]
    keys = [f"role.{one}" for one in Role]
    keys += [f"attended.{one}" for one in Attended] + [f"mode.{one}" for one in Mode]
    keys += [f"absence.{one}" for one in AbsenceReason] + [f"answer.{one}" for one in Answer]
    keys += [f"outcome.{one}" for one in Outcome] + [f"outcome_note.{one}" for one in Outcome]
    keys += [f"stage.{one.id}" for one in model.stages]
    written = [one for one in model.sections if one.kind in (SectionKind.TEXT, SectionKind.CARDS)]
    keys += [f"section.{one.id}" for one in written]
    keys += [f"field.{name}" for one in written for name in one.fields]
    assert [key for key in keys if key not in catalog(language)] == []


def test_every_word_is_used() -> None:
    page = (TEMPLATES / "record.html").read_text() + (TEMPLATES.parent / "reports" / "record_page.py").read_text()
    page += (TEMPLATES.parent / "reports" / "wording.py").read_text()
    said = set(re.findall(r'(?:say|choice)\(\s*"([a-z_0-9]+)"', page))
    plain = {key for key in catalog("en") if "." not in key}
    assert plain - said == set()


def test_times_are_those_of_the_meetings_zone() -> None:
    english, spanish = Wording("en", CENTRAL), Wording("es", CENTRAL)
    assert english.day(START) == "Monday, November 23, 2026"
    assert english.time(START) == "9:00\u00a0AM"
    assert english.moment(START) == "November 23, 2026, 9:00\u00a0AM"
    assert english.zone(START) == "Central Standard Time"
    assert spanish.day(START) == "Lunes, 23 de noviembre de 2026"
    assert spanish.due("2026-12-01") == "1 de diciembre de 2026"


@pytest.mark.parametrize("zone", ["Nowhere/Else", "", "../../etc/passwd"])
def test_an_unknown_zone_is_utc_and_an_unknown_language_english(zone: str) -> None:
    wording = Wording("tlh", zone)
    assert (wording.language, wording.time(START)) == ("en", "3:00\u00a0PM")


def test_what_is_no_date_stays_as_written() -> None:
    assert Wording("en", CENTRAL).due("soon") == "soon"


def test_lengths_are_whole_minutes() -> None:
    wording = Wording("en", CENTRAL)
    assert [wording.length(seconds) for seconds in (0, 12, 59, 60, 119, 1500)] == [
        "0 min",
        "Under 1 min",
        "Under 1 min",
        "1 min",
        "1 min",
        "25 min",
    ]


def test_M15_a_shared_name_is_printed_with_what_tells_it_apart() -> None:
    ana = RecordPerson(participant_id=None, staff_id=None, name="Ana Rivera", role=Role.KIN, relation="Aunt")
    english, spanish = Wording("en", CENTRAL), Wording("es", CENTRAL)
    assert english.called(ana) == "Ana Rivera"
    shared = replace(ana, told=ToldApart(marks=(Mark.RELATION,)))
    assert english.called(shared) == "Ana Rivera (Aunt)"
    counted = replace(ana, told=ToldApart(marks=(Mark.RELATION, Mark.ROLE), number=2))
    assert english.called(counted) == f"Ana Rivera (Aunt, {english.say('role.kin')}) 2"
    assert spanish.called(counted) == f"Ana Rivera (Aunt, {spanish.say('role.kin')}) 2"
