"""The case record as one HTML page that prints well: everything in it, in reading order, nothing computed anew.

Every word from people goes through autoescaping; the page refers to nothing but its own style.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from meetings.attendance import Attended, Interval
from meetings.filing import looked_through
from meetings.plan import Card
from meetings.practice.catalog import MODELS
from meetings.proposals import Answer
from meetings.record import AttendanceLine, CaseRecord, PositionLine, RecordPerson
from server.reports.fonts import printed
from server.reports.wording import Wording
from server.reports.writing import font_rules, marked

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
MOST_NUMBERS = 12
_DISSENT_FIRST = (Answer.CANNOT_SUPPORT, Answer.QUESTION, Answer.LIVE_WITH, Answer.SUPPORT)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def record_html(record: CaseRecord, language: str, chain_head: str | None = None) -> str:
    """The whole page in the language ("en", "es"; others read English), times in the meeting's time zone. `chain_head`
    is that of the audit chain once the record was filed: the proof that leaves the machine."""
    numbers = _numbers(record)
    record = marked(record)
    wording = Wording(language, record.meeting.time_zone)
    page = _Page(record, wording, numbers)
    values = {"record": record, "wording": wording, "say": wording.say, "page": page, "chain_head": chain_head}
    return _environment().get_template("record.html").render(values, font_rules=font_rules())


def _numbers(record: CaseRecord) -> str:
    """The letters that this page has no glyph for (U+13E3, U+13B3), by the fonts of today and not of the filing."""
    missing = looked_through(record, printed()).unprintable or ()
    return ", ".join(missing[:MOST_NUMBERS]) + (", …" if len(missing) > MOST_NUMBERS else "")


class _Page:
    """What the template asks for beyond the record's own fields."""

    def __init__(self, record: CaseRecord, wording: Wording, unprinted: str) -> None:
        self._wording = wording
        self.unprinted = unprinted
        model = MODELS.get(record.meeting.practice)
        self._forms = {form.id: form.fields for form in model.sections} if model else {}
        self._people = {line.person.participant_id: line.person for line in record.attendance}

    def role(self, person: RecordPerson) -> str:
        """The role, and what the family calls the person where that says more."""
        role = self._wording.say(f"role.{person.role}")
        is_more = person.relation and person.relation not in (role, person.name, person.name.split()[0])
        return Markup("{}, {}").format(role, person.relation) if is_more else role

    def name_of(self, participant_id: str) -> str:
        """Who wrote or answered; the id where the person is not among those invited."""
        person = next((one for key, one in self._people.items() if key == participant_id), None)
        return self._wording.called(person) if person else participant_id

    def names(self, people: Iterable[RecordPerson]) -> str:
        """Dana Reyes, José Rivera (Father)."""
        return Markup(", ").join(self._wording.called(one) for one in people)

    def staff(self, person: RecordPerson) -> str:
        """A member of staff by name, or by account when they took no part."""
        if not person.name:
            return self._wording.say("staff_only", staff_id=person.staff_id)
        return self._wording.called(person)

    def stays(self, intervals: Iterable[Interval]) -> str:
        """9:00 AM to 9:20 AM; …"""
        return "; ".join(
            f"{self._wording.time(one.joined_at)} – {self._wording.time(one.left_at or one.joined_at)}"
            for one in intervals
        )

    def present(self, line: AttendanceLine) -> str:
        """How long a device of theirs was there; in words where none was counted and nobody said they were absent."""
        if not line.seconds and line.attended is not Attended.ABSENT:
            return self._wording.say("no_device")
        return self._wording.length(line.seconds or 0)

    def positions(self, positions: Iterable[PositionLine]) -> list[PositionLine]:
        """Whoever disagrees or asks stands first, then by invitation: dissent is never the last line of a table."""
        return sorted(positions, key=lambda one: _DISSENT_FIRST.index(one.answer))

    def fields(self, section_id: str, card: Card) -> list[tuple[str, str]]:
        """A card's written fields in the template's order, each with its label; a lone text needs none."""
        form = self._forms.get(section_id, ())
        order = [*(name for name in form if name in card.fields), *(name for name in card.fields if name not in form)]
        return [
            ("" if form == ("text",) and name == "text" else self._label(section_id, name), card.fields[name].strip())
            for name in order
            if card.fields[name].strip()
        ]

    def section_title(self, section_id: str) -> str:
        """The title of a section of the plan."""
        key = f"section.{section_id}"
        return self._wording.say(key) if self._wording.knows(key) else section_id

    def _label(self, section_id: str, name: str) -> str:
        keys = [key for key in (f"field.{section_id}.{name}", f"field.{name}") if self._wording.knows(key)]
        return self._wording.say(keys[0]) if keys else name
