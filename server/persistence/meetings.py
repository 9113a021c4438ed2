"""The event log of meetings, and the rows that lists are made of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.events import VERSION, Event, MeetingScheduled, Recorded
from meetings.ids import MeetingId, ParticipantId, PlanId, StaffId
from meetings.meeting import Phase
from server.persistence.refusal import StaleWrite
from server.persistence.tables import events, links, meeting_participants, meetings

_event_decoder = msgspec.json.Decoder(Event)
_json = msgspec.json.Encoder()

MeetingRow = Row[Any]


async def exists(connection: AsyncConnection, meeting_id: MeetingId) -> bool:
    """Whether there is such a meeting."""
    found = await connection.execute(select(meetings.c.id).where(meetings.c.id == meeting_id))
    return found.first() is not None


async def add(connection: AsyncConnection, made: MeetingScheduled) -> None:
    """A new meeting's row and participants; its events are appended after this, from number 0."""
    await connection.execute(
        insert(meetings).values(
            id=made.meeting_id,
            case_id=made.case_id,
            plan_id=made.plan_id,
            practice=made.practice,
            family_name=made.family_name,
            scheduled_at=made.scheduled_at,
            time_zone=made.time_zone,
            phase=Phase.PLANNED.value,
            waiting=0,
            last_number=0,
        )
    )
    await connection.execute(
        insert(meeting_participants),
        [
            {
                "participant_id": person.id,
                "meeting_id": made.meeting_id,
                "staff_id": person.staff_id,
                "position": position,
                "role": person.role.value,
                "relation": person.relation,
                "name": person.name,
                "language": person.language,
            }
            for position, person in enumerate(made.participants)
        ],
    )


async def lock(connection: AsyncConnection, meeting_id: MeetingId) -> None:
    """Take the meeting's row until the transaction ends: other nodes that write it wait here instead of losing."""
    await connection.execute(select(meetings.c.id).where(meetings.c.id == meeting_id).with_for_update())


async def append(
    connection: AsyncConnection, meeting_id: MeetingId, expected: int, recorded: Sequence[Recorded]
) -> None:
    """Append events numbered `expected` + 1 onwards. Raises StaleWrite when the log has moved on from `expected`.

    Locks the meeting's row until the transaction ends, so that what follows is in the order of the log.
    """
    moved = await connection.execute(
        update(meetings)
        .where(meetings.c.id == meeting_id, meetings.c.last_number == expected)
        .values(last_number=expected + len(recorded))
    )
    if moved.rowcount != 1:
        raise StaleWrite(f"not at event {expected}")
    await connection.execute(insert(events), [_row(meeting_id, entry) for entry in recorded])


async def after(connection: AsyncConnection, meeting_id: MeetingId, number: int) -> list[Recorded]:
    """Every event with a higher number, in order."""
    found = await connection.execute(
        select(events.c.number, events.c.at, events.c.by, events.c.payload)
        .where(events.c.meeting_id == meeting_id, events.c.number > number)
        .order_by(events.c.number)
    )
    return [
        Recorded(number=row.number, at=row.at, by=row.by, event=_event_decoder.decode(row.payload)) for row in found
    ]


async def project(connection: AsyncConnection, meeting_id: MeetingId, *, phase: Phase, waiting: int) -> None:
    """Keep the row that lists show in step with the folded meeting."""
    await connection.execute(
        update(meetings).where(meetings.c.id == meeting_id).values(phase=phase.value, waiting=waiting)
    )


async def move(
    connection: AsyncConnection, meeting_id: MeetingId, scheduled_at: datetime, moved_from: datetime | None
) -> None:
    """The meeting has another time."""
    await connection.execute(
        update(meetings).where(meetings.c.id == meeting_id).values(scheduled_at=scheduled_at, moved_from=moved_from)
    )


async def mark_removed(connection: AsyncConnection, participant_id: ParticipantId, now: datetime) -> None:
    """The person may not come back until the facilitator lets them."""
    await connection.execute(
        update(meeting_participants)
        .where(meeting_participants.c.participant_id == participant_id)
        .values(removed_at=now)
    )


async def mark_readmitted(connection: AsyncConnection, participant_id: ParticipantId) -> datetime | None:
    """The person may come back. Returns when they were removed, None where they were not."""
    removed_at = await connection.scalar(
        select(meeting_participants.c.removed_at).where(meeting_participants.c.participant_id == participant_id)
    )
    await connection.execute(
        update(meeting_participants)
        .where(meeting_participants.c.participant_id == participant_id)
        .values(removed_at=None)
    )
    return removed_at


async def choose_language(connection: AsyncConnection, participant_id: ParticipantId, language: str) -> None:
    """The person's own choice."""
    await connection.execute(
        update(meeting_participants)
        .where(meeting_participants.c.participant_id == participant_id)
        .values(language=language)
    )


async def row(connection: AsyncConnection, meeting_id: MeetingId) -> MeetingRow | None:
    """One meeting's row."""
    return (await connection.execute(select(meetings).where(meetings.c.id == meeting_id))).first()


async def plan_id(connection: AsyncConnection, meeting_id: MeetingId) -> PlanId | None:
    """The meeting's plan."""
    found: PlanId | None = await connection.scalar(select(meetings.c.plan_id).where(meetings.c.id == meeting_id))
    return found


async def participants(connection: AsyncConnection, meeting_id: MeetingId) -> Sequence[MeetingRow]:
    """Everyone invited, in the order of the invitation."""
    found = await connection.execute(
        select(meeting_participants)
        .where(meeting_participants.c.meeting_id == meeting_id)
        .order_by(meeting_participants.c.position)
    )
    return found.all()


async def participant(connection: AsyncConnection, participant_id: ParticipantId) -> MeetingRow | None:
    """One invited person."""
    return (
        await connection.execute(
            select(meeting_participants).where(meeting_participants.c.participant_id == participant_id)
        )
    ).first()


async def of_staff(connection: AsyncConnection, staff_id: StaffId) -> Sequence[MeetingRow]:
    """Meetings a member of staff takes part in, newest first, with `my_role` and `participant_id`."""
    found = await connection.execute(
        select(meetings, meeting_participants.c.role.label("my_role"), meeting_participants.c.participant_id)
        .join(meeting_participants, meeting_participants.c.meeting_id == meetings.c.id)
        .where(_is_seat_of(staff_id))
        .order_by(meetings.c.scheduled_at.desc(), meetings.c.id)
    )
    return found.all()


async def seat_of_staff(connection: AsyncConnection, meeting_id: MeetingId, staff_id: StaffId) -> ParticipantId | None:
    """Which participant of the meeting this member of staff is."""
    found: ParticipantId | None = await connection.scalar(
        select(meeting_participants.c.participant_id).where(
            meeting_participants.c.meeting_id == meeting_id, _is_seat_of(staff_id)
        )
    )
    return found


async def of_case(connection: AsyncConnection, case_id: str) -> Sequence[MeetingRow]:
    """A case's meetings, newest first."""
    found = await connection.execute(
        select(meetings).where(meetings.c.case_id == case_id).order_by(meetings.c.scheduled_at.desc(), meetings.c.id)
    )
    return found.all()


async def linked_participants(connection: AsyncConnection, meeting_id: MeetingId) -> set[ParticipantId]:
    """Who has a link that was not revoked."""
    found = await connection.execute(
        select(links.c.participant_id).where(links.c.meeting_id == meeting_id, links.c.revoked_at.is_(None))
    )
    return {row.participant_id for row in found}


def _is_seat_of(staff_id: StaffId) -> ColumnElement[bool]:
    return meeting_participants.c.staff_id == staff_id


def _row(meeting_id: MeetingId, entry: Recorded) -> dict[str, object]:
    return {
        "meeting_id": meeting_id,
        "number": entry.number,
        "at": entry.at,
        "by": entry.by,
        "kind": entry.event.__struct_config__.tag,
        "version": VERSION,
        "payload": _json.encode(entry.event).decode(),
    }
