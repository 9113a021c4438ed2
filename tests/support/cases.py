"""Invented cases put straight into a running Hearth's PostgreSQL, with sign-ins and links that work."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from meetings.ids import CaseId, StaffId
from meetings.participants import Role
from realtime.bus.memory import MemoryBus
from server.auth.passwords import password_hash
from server.config import Settings
from server.persistence import cases, staff
from server.persistence.engine import Database, open_database
from server.persistence.unit_of_work import writing
from server.services.clock import SystemClock, new_id
from server.services.demo import demonstrated, seed_demo
from server.services.links import Links
from server.services.publisher import Publisher
from server.services.scheduling import Invitation, NewMeeting, Scheduling
from tests.support.server import Announced, PersonalLink, StaffSignIn


@dataclass
class CaseParts:
    """What putting a case in needs (`server.services.demo.DemoParts`)."""

    database: Database
    public_url: str

    def __post_init__(self) -> None:
        self.clock = SystemClock()
        self.links = Links(self.database, self.clock, new_id, public_url=self.public_url)
        # Nobody can be in a meeting that is only being made: there is nobody to tell over a bus.
        publisher = Publisher(self.database, MemoryBus(), self.clock)
        self.scheduling = Scheduling(self.database, self.clock, new_id, self.links, publisher)


@asynccontextmanager
async def case_parts(database_url: str, public_url: str) -> AsyncIterator[CaseParts]:
    """On a database whose tables are made already."""
    database = await open_database(database_url)
    try:
        yield CaseParts(database, public_url)
    finally:
        await database.close()


async def reyes_conference(database_url: str, public_url: str, folder: Path) -> Announced:
    """The demonstration's case with a new conference that begins now, as `demo` would print it."""
    async with case_parts(database_url, public_url) as parts:
        demo = await seed_demo(parts, demonstrated(Settings(data_dir=folder, public_url=public_url)))
    return msgspec.convert({"url": public_url, **demo.as_dict()}, Announced)


BRANDT_STAFF = (
    ("Noor Haddad", Role.FACILITATOR),
    ("Tom Keller", Role.CASEWORKER),
    ("Grace Lin", Role.SUPERVISOR),
)
BRANDT_INVITED = (
    Invitation(name="Ines Brandt", role=Role.PARENT, relation="Mother"),
    Invitation(name="Paul Brandt", role=Role.KIN, relation="Grandfather"),
)
PASSWORD = "a long enough password"


async def brandt_conference(database_url: str, public_url: str) -> Announced:
    """Another family, with staff who know nothing of the Reyes case."""
    async with case_parts(database_url, public_url) as parts:
        signs_in = tuple(
            StaffSignIn(name, f"{name.split()[0].lower()}@agency.example", PASSWORD, role.value)
            for name, role in BRANDT_STAFF
        )
        ids = await _add_staff(parts, signs_in)
        case_id = CaseId(new_id())
        async with writing(parts.database) as connection:
            await cases.add(
                connection,
                case_id,
                family_name="Brandt",
                worker_id=ids[Role.CASEWORKER],
                supervisor_id=ids[Role.SUPERVISOR],
                now=parts.clock.now(),
            )
        wanted = NewMeeting(
            case_id=case_id,
            practice="tdm",
            scheduled_at=parts.clock.now().replace(microsecond=0),
            time_zone="America/New_York",
            decision_question="Who can be with Jonas while Ines is in hospital?",
            facilitator_id=ids[Role.FACILITATOR],
            participants=BRANDT_INVITED,
        )
        made = await parts.scheduling.schedule(wanted, ids[Role.CASEWORKER])
    links = tuple(PersonalLink(link.name, link.role.value, link.url) for link in made.links)
    return Announced(url=public_url, staff=signs_in, links=links, meeting_id=made.meeting_id, case_id=case_id)


async def _add_staff(parts: CaseParts, signs_in: Sequence[StaffSignIn]) -> dict[str, StaffId]:
    ids = {one.role: StaffId(new_id()) for one in signs_in}
    async with writing(parts.database) as connection:
        for one in signs_in:
            await staff.add(
                connection,
                ids[one.role],
                email=one.email,
                name=one.name,
                role=one.role,
                language="en",
                password_hash=password_hash(one.password),
                now=parts.clock.now(),
            )
    return ids
