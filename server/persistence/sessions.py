"""Staff sessions, guest sessions and tickets, all by the SHA-256 of a 256-bit random id."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.ids import DeviceId, MeetingId, ParticipantId, StaffId
from realtime.ports import Seat
from server.persistence.tables import guest_sessions, meeting_participants, staff, staff_sessions, tickets


async def add_staff(
    connection: AsyncConnection,
    id_sha256: str,
    staff_id: StaffId,
    device_id: DeviceId,
    *,
    now: datetime,
    expires_at: datetime,
) -> None:
    """A new staff session."""
    await connection.execute(
        insert(staff_sessions).values(
            id_sha256=id_sha256,
            staff_id=staff_id,
            device_id=device_id,
            created_at=now,
            last_seen_at=now,
            expires_at=expires_at,
        )
    )


async def live_staff(
    connection: AsyncConnection, *, id_sha256: str, now: datetime, idle_since: datetime
) -> Row[Any] | None:
    """The session with the person's row, if it is still good: not ended, not older than allowed, not idle."""
    return (
        await connection.execute(
            select(staff_sessions, staff.c.name, staff.c.email, staff.c.role, staff.c.language)
            .join(staff, staff.c.id == staff_sessions.c.staff_id)
            .where(staff_sessions.c.id_sha256 == id_sha256, _is_live(now, idle_since), staff.c.disabled_at.is_(None))
        )
    ).first()


async def staff_on_device(
    connection: AsyncConnection, device_id: DeviceId, now: datetime, idle_since: datetime
) -> Row[Any] | None:
    """The live staff session that stands for this device."""
    return (
        await connection.execute(
            select(staff_sessions).where(staff_sessions.c.device_id == device_id, _is_live(now, idle_since))
        )
    ).first()


async def touch_staff(connection: AsyncConnection, id_sha256: str, now: datetime) -> None:
    """Activity keeps a session from idling out."""
    await connection.execute(
        update(staff_sessions).where(staff_sessions.c.id_sha256 == id_sha256).values(last_seen_at=now)
    )


async def live_staff_ids(
    connection: AsyncConnection, staff_id: StaffId, now: datetime, idle_since: datetime
) -> Sequence[str]:
    """Hashes of a person's live sessions, oldest first."""
    found = await connection.execute(
        select(staff_sessions.c.id_sha256)
        .where(staff_sessions.c.staff_id == staff_id, _is_live(now, idle_since))
        .order_by(staff_sessions.c.created_at, staff_sessions.c.id_sha256)
    )
    return [row.id_sha256 for row in found]


async def end_staff(connection: AsyncConnection, ids_sha256: Sequence[str], now: datetime) -> None:
    """Sign out."""
    await connection.execute(
        update(staff_sessions)
        .where(staff_sessions.c.id_sha256.in_(ids_sha256), staff_sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def add_guest(
    connection: AsyncConnection,
    id_sha256: str,
    link_sha256: str,
    seat: Seat,
    *,
    now: datetime,
    expires_at: datetime,
) -> None:
    """A new guest session of one seat."""
    await connection.execute(
        insert(guest_sessions).values(
            id_sha256=id_sha256,
            link_sha256=link_sha256,
            meeting_id=seat.meeting_id,
            participant_id=seat.participant_id,
            device_id=seat.device_id,
            second_device=seat.second_device,
            created_at=now,
            expires_at=expires_at,
        )
    )


async def live_guest(connection: AsyncConnection, id_sha256: str, now: datetime) -> Row[Any] | None:
    """A guest session that has neither ended nor expired."""
    return (
        await connection.execute(
            select(guest_sessions).where(
                guest_sessions.c.id_sha256 == id_sha256,
                guest_sessions.c.revoked_at.is_(None),
                guest_sessions.c.expires_at > now,
            )
        )
    ).first()


async def guest_on_device(connection: AsyncConnection, seat: Seat, now: datetime) -> Row[Any] | None:
    """The live guest session behind a seat."""
    return (
        await connection.execute(
            select(guest_sessions).where(
                guest_sessions.c.device_id == seat.device_id,
                guest_sessions.c.participant_id == seat.participant_id,
                guest_sessions.c.meeting_id == seat.meeting_id,
                guest_sessions.c.revoked_at.is_(None),
                guest_sessions.c.expires_at > now,
            )
        )
    ).first()


async def live_guests(connection: AsyncConnection, participant_id: ParticipantId, now: datetime) -> int:
    """How many live sessions a person has."""
    found = await connection.scalar(
        select(func.count())
        .select_from(guest_sessions)
        .where(
            guest_sessions.c.participant_id == participant_id,
            guest_sessions.c.revoked_at.is_(None),
            guest_sessions.c.expires_at > now,
        )
    )
    return int(found or 0)


async def end_guest(connection: AsyncConnection, id_sha256: str, now: datetime) -> None:
    """The person leaves for good on this device."""
    await connection.execute(
        update(guest_sessions)
        .where(guest_sessions.c.id_sha256 == id_sha256, guest_sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def shorten_guests(connection: AsyncConnection, meeting_id: MeetingId, until: datetime) -> None:
    """The meeting is over: its guest sessions last no longer than this."""
    await connection.execute(
        update(guest_sessions)
        .where(guest_sessions.c.meeting_id == meeting_id, guest_sessions.c.expires_at > until)
        .values(expires_at=until)
    )


async def add_ticket(connection: AsyncConnection, sha256: str, seat: Seat, expires_at: datetime) -> None:
    """A new ticket, unspent."""
    await connection.execute(
        insert(tickets).values(
            sha256=sha256,
            meeting_id=seat.meeting_id,
            participant_id=seat.participant_id,
            device_id=seat.device_id,
            second_device=seat.second_device,
            expires_at=expires_at,
        )
    )


async def spend_ticket(connection: AsyncConnection, sha256: str, now: datetime) -> Seat | None:
    """The ticket's seat, for exactly one caller."""
    spent = await connection.execute(
        update(tickets)
        .where(tickets.c.sha256 == sha256, tickets.c.spent_at.is_(None), tickets.c.expires_at > now)
        .values(spent_at=now)
        .returning(tickets)
    )
    row = spent.first()
    if row is None:
        return None
    return Seat(
        meeting_id=row.meeting_id,
        participant_id=row.participant_id,
        device_id=row.device_id,
        second_device=row.second_device,
    )


async def forget_tickets(connection: AsyncConnection, before: datetime) -> None:
    """Drop tickets that expired before then."""
    await connection.execute(delete(tickets).where(tickets.c.expires_at < before))


async def has_staff_seat(
    connection: AsyncConnection, meeting_id: MeetingId, participant_id: ParticipantId, staff_id: StaffId
) -> bool:
    """Whether this participant is that member of staff and was not removed."""
    found = await connection.execute(
        select(meeting_participants.c.participant_id).where(
            meeting_participants.c.participant_id == participant_id,
            meeting_participants.c.meeting_id == meeting_id,
            meeting_participants.c.staff_id == staff_id,
            meeting_participants.c.removed_at.is_(None),
        )
    )
    return found.first() is not None


def _is_live(now: datetime, idle_since: datetime) -> ColumnElement[bool]:
    live: ColumnElement[bool] = (
        staff_sessions.c.revoked_at.is_(None)
        & (staff_sessions.c.expires_at > now)
        & (staff_sessions.c.last_seen_at > idle_since)
    )
    return live
