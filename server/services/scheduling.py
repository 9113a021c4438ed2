"""Making a meeting: its people, its plan and everyone's link, in one transaction."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import available_timezones

import msgspec
from msgspec import Meta
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.commands import ScheduleMeeting, Words
from meetings.decide import decide
from meetings.errors import MeetingError
from meetings.events import MeetingScheduled
from meetings.ids import CaseId, MeetingId, ParticipantId, PlanId, StaffId
from meetings.names import ToldApart, told_apart
from meetings.participants import STAFF_ROLES, Participant, Role
from meetings.words import LONGEST_NAME, MOST_IN_A_LETTER
from realtime.ports import Clock, NewId, PlanKey
from server.persistence import audit, cases, meetings, plans, staff
from server.persistence.audit import AuditEntry
from server.persistence.engine import Database
from server.persistence.unit_of_work import attempted, writing
from server.services.desk import EVERYONE, FIRST_EPOCH
from server.services.links import Links
from server.services.publisher import Publisher
from server.services.recording import Written, record

LANGUAGES = ("en", "es")
MOST_PEOPLE = 30
_Name = Annotated[str, Meta(max_length=LONGEST_NAME * MOST_IN_A_LETTER)]  # its letters are counted by the rules
# Names in the time zone database that browsers do not know.
_NO_PLACES = frozenset({"Factory", "localtime", "posixrules"})


class Invitation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person to invite by link."""

    name: _Name
    role: Role
    relation: _Name = ""
    language: str = "en"

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"Invitation({self.role})"


class NewMeeting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed to make a meeting. The case's worker and supervisor are invited without being named."""

    case_id: CaseId
    practice: str
    scheduled_at: datetime
    time_zone: str
    decision_question: Words
    facilitator_id: StaffId
    participants: Annotated[tuple[Invitation, ...], Meta(max_length=MOST_PEOPLE)]

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"NewMeeting({self.practice}, {len(self.participants)} people)"


class IssuedLink(msgspec.Struct, frozen=True, kw_only=True):
    """One person's link, shown once to whoever made it."""

    participant_id: ParticipantId
    name: str
    role: Role
    relation: str
    told: ToldApart
    url: str

    def __repr__(self) -> str:
        """A link cannot be printed."""
        return f"IssuedLink({self.role})"


class Scheduled(msgspec.Struct, frozen=True, kw_only=True):
    """The meeting made, and a link for everyone who is not staff."""

    meeting_id: MeetingId
    links: tuple[IssuedLink, ...]


class Scheduling:
    """Makes meetings."""

    def __init__(self, database: Database, clock: Clock, new_id: NewId, links: Links, publisher: Publisher) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._links = links
        self._publisher = publisher

    async def schedule(self, wanted: NewMeeting, by: StaffId) -> Scheduled:
        """Make a meeting of a case open to `by`. Raises MeetingError: `case.unknown`, `staff.unknown`,
        `facilitator.not_independent`, `person.name_invalid`, `meeting.time_zone_unknown` and the other rules'."""
        _check(wanted)

        async def once() -> tuple[Written, tuple[IssuedLink, ...]]:
            async with writing(self._database) as connection:
                return await self._schedule(connection, wanted, by)

        written, issued = await attempted(once)
        self._publisher.announce(written.messages)
        return Scheduled(meeting_id=written.meeting.id, links=issued)

    async def _schedule(
        self, connection: AsyncConnection, wanted: NewMeeting, by: StaffId
    ) -> tuple[Written, tuple[IssuedLink, ...]]:
        now = self._clock.now()
        case = await cases.open_to(connection, wanted.case_id, by)
        if case is None:
            raise MeetingError("case.unknown", "There is no such case.")
        command = await self._command(connection, wanted, case)
        events = decide(None, command, None, now)
        made = events[0]
        assert isinstance(made, MeetingScheduled)
        await meetings.add(connection, made)
        plan = PlanKey(plan_id=made.plan_id, audience=EVERYONE, epoch=FIRST_EPOCH)
        await plans.add(connection, plan, made.meeting_id, made.case_id)
        written = await record(connection, None, events, meeting_id=made.meeting_id, by=None, now=now)
        entry = AuditEntry(actor=f"staff/{by}", action="meeting.scheduled", object=f"meeting/{made.meeting_id}")
        await audit.append(connection, made.meeting_id, now, [entry])
        return written, await self._issue(connection, made)

    async def _issue(self, connection: AsyncConnection, made: MeetingScheduled) -> tuple[IssuedLink, ...]:
        issued = []
        told = told_apart(made.participants)
        for person in made.participants:
            if person.staff_id is None:
                token = await self._links.issue(connection, made.meeting_id, person.id, made.scheduled_at)
                issued.append(
                    IssuedLink(
                        participant_id=person.id,
                        name=person.name,
                        role=person.role,
                        relation=person.relation,
                        told=told[person.id],
                        url=self._links.url(token),
                    )
                )
        return tuple(issued)

    async def _command(self, connection: AsyncConnection, wanted: NewMeeting, case: Row[Any]) -> ScheduleMeeting:
        """The whole command: staff first, in their roles, then those invited in the order given."""
        people = [
            await self._staff(connection, wanted.facilitator_id, Role.FACILITATOR),
            await self._staff(connection, case.worker_id, Role.CASEWORKER),
            await self._staff(connection, case.supervisor_id, Role.SUPERVISOR),
        ]
        if people[0].staff_id in (case.worker_id, case.supervisor_id):
            # The same account twice would hide the reason: leave the seat that makes the facilitator not independent.
            people = people[:1]
        people += [
            Participant(
                id=ParticipantId(self._new_id()),
                name=one.name,
                role=one.role,
                relation=one.relation,
                language=one.language,
            )
            for one in wanted.participants
        ]
        return ScheduleMeeting(
            meeting_id=MeetingId(self._new_id()),
            case_id=wanted.case_id,
            plan_id=PlanId(self._new_id()),
            practice=wanted.practice,
            family_name=case.family_name,
            decision_question=wanted.decision_question.strip(),
            scheduled_at=wanted.scheduled_at,
            time_zone=wanted.time_zone,
            participants=tuple(people),
            worker=case.worker_id,
            worker_supervisor=case.supervisor_id,
        )

    async def _staff(self, connection: AsyncConnection, staff_id: StaffId, role: Role) -> Participant:
        row = await staff.by_id(connection, staff_id)
        if row is None:
            raise MeetingError("staff.unknown", "This member of staff is not known.")
        return Participant(
            id=ParticipantId(self._new_id()), name=row.name, role=role, staff_id=row.id, language=row.language
        )


def _check(wanted: NewMeeting) -> None:
    if wanted.time_zone not in available_timezones() - _NO_PLACES:
        raise MeetingError("meeting.time_zone_unknown", "This time zone is not known.")
    for one in wanted.participants:
        if one.role in STAFF_ROLES:
            raise MeetingError("participant.not_staff", "People with a staff role take part by signing in.")
        if one.language not in LANGUAGES:
            raise MeetingError("language.unknown", "This language is not available.")
