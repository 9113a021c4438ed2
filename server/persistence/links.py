"""Personal links, by the SHA-256 of their token."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.ids import DeviceId, MeetingId, ParticipantId
from server.persistence.tables import guest_sessions, links


async def add(
    connection: AsyncConnection,
    token_sha256: str,
    meeting_id: MeetingId,
    participant_id: ParticipantId,
    *,
    issued_at: datetime,
    valid_from: datetime,
) -> None:
    """A new link, unspent."""
    await connection.execute(
        insert(links).values(
            token_sha256=token_sha256,
            meeting_id=meeting_id,
            participant_id=participant_id,
            issued_at=issued_at,
            valid_from=valid_from,
        )
    )


async def by_token(connection: AsyncConnection, token_sha256: str) -> Row[Any] | None:
    """One link."""
    return (await connection.execute(select(links).where(links.c.token_sha256 == token_sha256))).first()


async def bind(connection: AsyncConnection, token_sha256: str, device_id: DeviceId, now: datetime) -> bool:
    """Bind an unbound link to its first device; exactly one caller wins.

    Nobody does while the seat it gave before still has a session: a meeting moved away and back left that one seated.
    """
    seated = select(guest_sessions.c.device_id).where(
        guest_sessions.c.link_sha256 == token_sha256,
        guest_sessions.c.second_device.is_(False),
        guest_sessions.c.revoked_at.is_(None),
        guest_sessions.c.expires_at > now,
    )
    bound = await connection.execute(
        update(links)
        .where(links.c.token_sha256 == token_sha256, links.c.bound_device_id.is_(None), links.c.revoked_at.is_(None))
        .where(~seated.exists())
        .values(bound_device_id=device_id)
    )
    return bound.rowcount == 1


async def revoke(connection: AsyncConnection, participant_id: ParticipantId, now: datetime) -> None:
    """End every link of a person, and every session that came from one."""
    await connection.execute(
        update(links)
        .where(links.c.participant_id == participant_id, links.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    await connection.execute(
        update(guest_sessions)
        .where(guest_sessions.c.participant_id == participant_id, guest_sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def restore(connection: AsyncConnection, participant_id: ParticipantId, revoked_at: datetime) -> None:
    """Links and sessions of a person that ended at that very moment stand again; what ended before stays ended."""
    for table in (links, guest_sessions):
        await connection.execute(
            update(table)
            .where(table.c.participant_id == participant_id, table.c.revoked_at == revoked_at)
            .values(revoked_at=None)
        )


async def move(connection: AsyncConnection, meeting_id: MeetingId, by: timedelta) -> None:
    """The links of a meeting work from earlier or later by this much, those too that may be given back to a person.

    A browser that opened its link before keeps it only if its session lasts until the link works again. Where none
    does, nobody could show that they are the first any more: the next browser to open the link is.
    """
    last = select(func.max(guest_sessions.c.expires_at)).where(guest_sessions.c.link_sha256 == links.c.token_sha256)
    found = await connection.execute(
        select(links, last.scalar_subquery().label("session_ends_at")).where(links.c.meeting_id == meeting_id)
    )
    for link in found.all():
        valid_from = link.valid_from + by
        outlived = link.session_ends_at is None or link.session_ends_at <= valid_from
        await connection.execute(
            update(links)
            .where(links.c.token_sha256 == link.token_sha256)
            .values(
                valid_from=valid_from,
                bound_device_id=None if outlived else link.bound_device_id,
            )
        )
