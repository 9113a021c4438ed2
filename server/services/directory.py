"""What staff may look up: their meetings and cases. What is not theirs does not exist for them."""

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.ids import CaseId, MeetingId, ParticipantId, RecordId, StaffId
from meetings.names import ToldApart, told_apart
from meetings.participants import Participant, Role
from meetings.record import CaseRecord, EndingKind
from server.persistence import cases, meetings, records, staff
from server.persistence.engine import Database
from server.persistence.unit_of_work import reading


class MeetingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting in a list. `my_role` and `participant_id` are None for a reader who does not take part."""

    meeting_id: MeetingId
    case_id: CaseId
    family_name: str
    practice: str
    scheduled_at: datetime
    moved_from: datetime | None
    time_zone: str
    phase: str
    waiting: int
    my_role: str | None
    participant_id: ParticipantId | None

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"MeetingLine({self.meeting_id[:6]})"


class ParticipantLine(msgspec.Struct, frozen=True, kw_only=True):
    """An invited person, told from another of their name. `has_link`: they hold a link that was not revoked."""

    participant_id: ParticipantId
    staff_id: StaffId | None
    name: str
    role: str
    relation: str
    language: str
    removed: bool
    has_link: bool
    told: ToldApart

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"ParticipantLine({self.role})"


class MeetingPage(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting with its people."""

    meeting: MeetingLine
    participants: tuple[ParticipantLine, ...]


class ChildLine(msgspec.Struct, frozen=True, kw_only=True):
    """A child of the family."""

    name: str
    born_on: date | None
    living_with: str

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return "ChildLine()"


class RecordLine(msgspec.Struct, frozen=True, kw_only=True):
    """A filed record. `outcome` is the last one to the question of the meeting (None when there is none);
    "adjourned" where the meeting ended without one."""

    record_id: RecordId
    meeting_id: MeetingId
    written_at: datetime
    outcome: str | None
    sha256: str


class CaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list."""

    case_id: CaseId
    family_name: str

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"CaseLine({self.case_id[:6]})"


class StaffName(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff, by name."""

    staff_id: StaffId
    name: str

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"StaffName({self.staff_id[:6]})"


class CasePage(msgspec.Struct, frozen=True, kw_only=True):
    """A case with everything that belongs to it."""

    case_id: CaseId
    family_name: str
    children: tuple[ChildLine, ...]
    worker: StaffName
    supervisor: StaffName
    meetings: tuple[MeetingLine, ...]
    records: tuple[RecordLine, ...]

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"CasePage({self.case_id[:6]})"


class Directory:
    """Look-ups for one member of staff at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def meetings_of(self, staff_id: StaffId) -> list[MeetingLine]:
        """Meetings they take part in, newest first."""
        async with reading(self._database) as connection:
            return [
                _line(row, row.my_role, row.participant_id) for row in await meetings.of_staff(connection, staff_id)
            ]

    async def meeting(self, meeting_id: MeetingId, staff_id: StaffId) -> MeetingPage | None:
        """A meeting they take part in, or of a case that is theirs; else None."""
        async with reading(self._database) as connection:
            row = await meetings.row(connection, meeting_id)
            if row is None or await cases.open_to(connection, row.case_id, staff_id) is None:
                return None
            people = await meetings.participants(connection, meeting_id)
            linked = await meetings.linked_participants(connection, meeting_id)
        told = told_apart(
            Participant(id=one.participant_id, name=one.name, role=Role(one.role), relation=one.relation)
            for one in people
        )
        mine = next((person for person in people if person.staff_id == staff_id), None)
        return MeetingPage(
            meeting=_line(row, mine.role if mine else None, mine.participant_id if mine else None),
            participants=tuple(
                _person(person, person.participant_id in linked, told[person.participant_id]) for person in people
            ),
        )

    async def cases_of(self, staff_id: StaffId) -> list[CaseLine]:
        """Cases that are theirs: as worker, as that worker's supervisor, or through a meeting."""
        async with reading(self._database) as connection:
            rows = await cases.all_open_to(connection, staff_id)
        return [CaseLine(case_id=row.id, family_name=row.family_name) for row in rows]

    async def case(self, case_id: CaseId, staff_id: StaffId) -> CasePage | None:
        """A case that is theirs; else None."""
        async with reading(self._database) as connection:
            row = await cases.open_to(connection, case_id, staff_id)
            if row is None:
                return None
            held = {mine.id: mine for mine in await meetings.of_staff(connection, staff_id)}
            return CasePage(
                case_id=row.id,
                family_name=row.family_name,
                children=tuple(
                    ChildLine(name=child.name, born_on=child.born_on, living_with=child.living_with)
                    for child in await cases.children(connection, case_id)
                ),
                worker=await _staff_name(connection, row.worker_id),
                supervisor=await _staff_name(connection, row.supervisor_id),
                meetings=tuple(
                    _line(
                        one, *((held[one.id].my_role, held[one.id].participant_id) if one.id in held else (None, None))
                    )
                    for one in await meetings.of_case(connection, case_id)
                ),
                records=tuple(_record(one) for one in await records.of_case(connection, case_id)),
            )


def _line(row: Row[Any], my_role: str | None, participant_id: ParticipantId | None) -> MeetingLine:
    return MeetingLine(
        meeting_id=row.id,
        case_id=row.case_id,
        family_name=row.family_name,
        practice=row.practice,
        scheduled_at=row.scheduled_at,
        moved_from=row.moved_from,
        time_zone=row.time_zone,
        phase=row.phase,
        waiting=row.waiting,
        my_role=my_role,
        participant_id=participant_id,
    )


def _person(row: Row[Any], has_link: bool, told: ToldApart) -> ParticipantLine:
    return ParticipantLine(
        participant_id=row.participant_id,
        staff_id=row.staff_id,
        name=row.name,
        role=row.role,
        relation=row.relation,
        language=row.language,
        removed=row.removed_at is not None,
        has_link=has_link,
        told=told,
    )


def _record(row: Row[Any]) -> RecordLine:
    record = msgspec.json.decode(row.body, type=CaseRecord)
    return RecordLine(
        record_id=row.id,
        meeting_id=row.meeting_id,
        written_at=row.written_at,
        outcome=_outcome(record),
        sha256=row.sha256,
    )


def _outcome(record: CaseRecord) -> str | None:
    if record.ending.kind is EndingKind.ADJOURNED:
        return EndingKind.ADJOURNED.value
    answers = [one for one in record.decisions if one.answers_question is not False]
    return answers[-1].outcome.value if answers else None


async def _staff_name(connection: AsyncConnection, staff_id: StaffId) -> StaffName:
    row = await staff.by_id(connection, staff_id)
    return StaffName(staff_id=staff_id, name="" if row is None else row.name)
