"""An invented family's case and a meeting that begins now, so that the whole path can be walked on a fresh machine.

Passwords and links are made once and kept in a file only its owner may read, next to the database they belong to.
"""

import os
import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec
from argon2 import PasswordHasher

from meetings.ids import CaseId, MeetingId, StaffId
from meetings.meeting import Phase
from meetings.participants import Role
from realtime.ports import Clock
from server.config import Settings
from server.persistence import cases, meetings, staff
from server.persistence.engine import Database
from server.persistence.unit_of_work import reading, writing
from server.services.clock import new_id
from server.services.links import LinkError, Links
from server.services.scheduling import Invitation, NewMeeting, Scheduling

FILE = "demo.json"
FAMILY = "Reyes"
QUESTION = (
    "Where can Lee and Mia live safely while Dana finishes treatment, and what help does the family need for that?"
)
STAFF = (
    ("Sam Okafor", Role.FACILITATOR, "sam@agency.example"),
    ("Priya Raman", Role.CASEWORKER, "priya@agency.example"),
    ("Alex Whitfield", Role.SUPERVISOR, "alex@agency.example"),
)
CHILDREN = (
    ("Lee Reyes", date(2011, 3, 14), "Ruth Reyes, grandmother, since November 16"),
    ("Mia Reyes", date(2018, 8, 2), "Ruth Reyes, grandmother, since November 16"),
)
INVITED = (
    Invitation(name="Dana Reyes", role=Role.PARENT, relation="Mother"),
    Invitation(name="Ruth Reyes", role=Role.KIN, relation="Grandmother"),
    Invitation(name="Lee Reyes", role=Role.YOUTH, relation="Son, 15"),
    Invitation(name="Morgan Hale", role=Role.PROVIDER, relation="Family counselor"),
)
# What the agency of the demonstration calls its own. Invented, and so never a default of the product.
_AGENCY = {
    "office_phone": "555-0100",
    "quick_exit_url": "https://www.weather.gov/",
    "practice_time_zone": "America/New_York",
}
# A kept meeting older than this, from its planned time, was left behind and is replaced by a new one.
STILL_USEFUL = {Phase.PLANNED: timedelta(minutes=90), Phase.IN_SESSION: timedelta(hours=12)}
_TIMELY = ("meeting.too_early", "meeting.moved")  # the link is good, and its time will come

# As server/auth/passwords.py has them: argon2id, 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16)


class DemoParts(Protocol):
    """What seeding needs of the running server."""

    @property
    def database(self) -> Database:
        """Where the case goes."""
        ...

    @property
    def clock(self) -> Clock:
        """When it begins."""
        ...

    @property
    def links(self) -> Links:
        """Addresses of links."""
        ...

    @property
    def scheduling(self) -> Scheduling:
        """Makes the meeting."""
        ...


class DemoStaff(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-in to show."""

    name: str
    role: str
    email: str
    password: str

    def __repr__(self) -> str:
        """A password cannot be printed."""
        return f"DemoStaff({self.role})"


class DemoLink(msgspec.Struct, frozen=True, kw_only=True):
    """One personal link to show."""

    name: str
    role: str
    url: str

    def __repr__(self) -> str:
        """A link cannot be printed."""
        return f"DemoLink({self.role})"


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """What `./run demo` prints."""

    staff: tuple[DemoStaff, ...]
    links: tuple[DemoLink, ...]
    meeting_id: MeetingId
    case_id: CaseId

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


def demonstrated(settings: Settings) -> Settings:
    """The settings with the invented agency's number, exit page and zone where none were set."""
    return msgspec.structs.replace(
        settings, **{field: value for field, value in _AGENCY.items() if not getattr(settings, field)}
    )


async def seed_demo(parts: DemoParts, settings: Settings) -> Demo:
    """Make the case, its staff and a meeting that begins now; on a restart give back what was made, as long as the
    meeting goes on and its links open it. Without the kept file, or its case in the database, a new case is made."""
    path = settings.data_dir / FILE
    kept = _kept(path)
    if kept is None or not await _has_case(parts.database, kept):
        kept = await _new_case(parts)
    elif await _goes_on(parts, kept):
        kept = await _with_links(parts, kept)
        _keep(path, kept)
        return kept
    demo = await _with_meeting(parts, kept, settings)
    _keep(path, demo)
    return demo


async def _new_case(parts: DemoParts) -> Demo:
    """Staff and case, without a meeting yet. Where the staff are there already, they get new passwords."""
    now = parts.clock.now()
    made = [DemoStaff(name=n, role=r.value, email=e, password=secrets.token_urlsafe(9)) for n, r, e in STAFF]
    hashes = {one.email: _HASHER.hash(one.password) for one in made}
    case_id = CaseId(new_id())
    ids: dict[str, StaffId] = {}
    async with writing(parts.database) as connection:
        for one in made:
            known = await staff.by_email(connection, one.email)
            ids[one.role] = StaffId(new_id()) if known is None else known.id
            if known is not None:
                await staff.change_password(connection, known.id, hashes[one.email])
                continue
            await staff.add(
                connection,
                ids[one.role],
                email=one.email,
                name=one.name,
                role=one.role,
                language="en",
                password_hash=hashes[one.email],
                now=now,
            )
        await cases.add(
            connection,
            case_id,
            family_name=FAMILY,
            worker_id=ids[Role.CASEWORKER],
            supervisor_id=ids[Role.SUPERVISOR],
            now=now,
        )
        for name, born_on, living_with in CHILDREN:
            await cases.add_child(connection, new_id(), case_id, name=name, born_on=born_on, living_with=living_with)
    return Demo(staff=tuple(made), links=(), meeting_id=MeetingId(""), case_id=case_id)


async def _with_meeting(parts: DemoParts, kept: Demo, settings: Settings) -> Demo:
    """A new meeting of the case that begins now."""
    async with reading(parts.database) as connection:
        case = await cases.by_id(connection, kept.case_id)
        facilitator = await staff.by_email(connection, STAFF[0][2])
    assert case is not None
    assert facilitator is not None
    wanted = NewMeeting(
        case_id=kept.case_id,
        practice="tdm",
        scheduled_at=parts.clock.now().replace(microsecond=0),
        time_zone=settings.practice_time_zone,
        decision_question=QUESTION,
        facilitator_id=facilitator.id,
        participants=INVITED,
    )
    made = await parts.scheduling.schedule(wanted, case.worker_id)
    links = tuple(DemoLink(name=link.name, role=link.role.value, url=link.url) for link in made.links)
    return Demo(staff=kept.staff, links=links, meeting_id=made.meeting_id, case_id=kept.case_id)


async def _has_case(database: Database, kept: Demo) -> bool:
    async with reading(database) as connection:
        return await cases.by_id(connection, kept.case_id) is not None


async def _goes_on(parts: DemoParts, kept: Demo) -> bool:
    """Whether the meeting is still to come or under way, and not one that was left behind."""
    async with reading(parts.database) as connection:
        row = await meetings.row(connection, kept.meeting_id)
    if row is None or row.phase not in STILL_USEFUL:
        return False
    return bool(parts.clock.now() < row.scheduled_at + STILL_USEFUL[row.phase])


async def _with_links(parts: DemoParts, kept: Demo) -> Demo:
    """A link for each person at the address of this start (the port may differ)."""
    links = [msgspec.structs.replace(one, url=await _link_of(parts, kept, one)) for one in kept.links]
    return msgspec.structs.replace(kept, links=tuple(links))


async def _link_of(parts: DemoParts, kept: Demo, link: DemoLink) -> str:
    """The same link while it opens the meeting; where it was replaced, one more. Who was removed keeps a
    link that says so."""
    token = urlsplit(link.url).fragment
    try:
        await parts.links.look(token)
    except LinkError as error:
        async with writing(parts.database) as connection:
            meeting = await meetings.row(connection, kept.meeting_id)
            people = await meetings.participants(connection, kept.meeting_id)
            person = next(one for one in people if (one.name, one.role) == (link.name, link.role))
            if meeting is not None and person.removed_at is None and error.code not in _TIMELY:
                token = await parts.links.issue(connection, meeting.id, person.participant_id, meeting.scheduled_at)
    return parts.links.url(token)


def _kept(path: Path) -> Demo | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Demo)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _keep(path: Path, demo: Demo) -> None:
    """Written beside and moved into place, readable by its owner only."""
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(demo))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
