"""Words, dates and lengths of a printed record in the reader's language, English or Spanish."""

from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel import dates
from markupsafe import Markup, escape

from meetings.names import Mark
from meetings.record import RecordPerson

LANGUAGES = ("en", "es")
_FOLDER = Path(__file__).resolve().parent.parent / "templates" / "i18n"


@cache
def catalog(language: str) -> dict[str, str]:
    """The words of one language, by key."""
    return msgspec.json.decode((_FOLDER / f"{language}.json").read_bytes(), type=dict[str, str])


class Wording:
    """Says things in one language and one time zone. An unknown language is English, an unknown zone UTC."""

    def __init__(self, language: str, time_zone: str) -> None:
        self.language = language if language in LANGUAGES else "en"
        self._locale = {"en": "en_US", "es": "es_US"}[self.language]
        try:
            self._zone = ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            self._zone = ZoneInfo("UTC")

    def say(self, key: str, **values: object) -> str:
        """The words under a key, with values set in and escaped: somebody's name stands by itself in our sentence."""
        words = catalog(self.language)[key]
        return escape(words).format(**values) if values else words

    def choice(self, *keys: str) -> str:
        """The words under the first key there is."""
        words = catalog(self.language)
        return words[next(key for key in keys if key in words)]

    def knows(self, key: str) -> bool:
        """Whether there are words under the key."""
        return key in catalog(self.language)

    def day(self, at: datetime) -> str:
        """Monday, November 23, 2026."""
        day = str(dates.format_date(at.astimezone(self._zone), "full", locale=self._locale))
        return day[0].upper() + day[1:]  # it begins a line

    def short_day(self, at: datetime) -> str:
        """November 23, 2026."""
        return str(dates.format_date(at.astimezone(self._zone), "long", locale=self._locale))

    def time(self, at: datetime) -> str:
        """9:05 AM in the meeting's time zone, unbreakable."""
        time = str(dates.format_time(at, "short", tzinfo=self._zone, locale=self._locale))
        return time.replace("\u202f", "\u00a0")  # the narrow no-break space is not in our font

    def moment(self, at: datetime) -> str:
        """November 23, 2026, 9:05 AM."""
        return f"{self.short_day(at)}, {self.time(at)}"

    def zone(self, at: datetime) -> str:
        """Central Standard Time."""
        return str(dates.get_timezone_name(at.astimezone(self._zone), "long", locale=self._locale))

    def due(self, by_when: str) -> str:
        """A date written YYYY-MM-DD in words; anything else as it is."""
        try:
            return str(dates.format_date(date.fromisoformat(by_when), "long", locale=self._locale))
        except ValueError:
            return by_when

    def called(self, person: RecordPerson) -> Markup:
        """[M15] A name, and what tells it from another's: José Rivera (Father). Each stands in its own direction."""
        words = [
            person.relation if mark is Mark.RELATION else self.say(f"role.{person.role}") for mark in person.told.marks
        ]
        beside = Markup(" ({})").format(Markup(", ").join(words)) if words else ""
        return escape(person.name) + beside + (f" {person.told.number}" if person.told.number else "")

    def length(self, seconds: float) -> str:
        """Whole minutes, rounded down, as the screens have them."""
        return self.say("under_min") if 0 < seconds < 60 else self.say("min", n=int(seconds // 60))
