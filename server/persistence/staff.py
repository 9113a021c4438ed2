"""Members of staff who can sign in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.ids import StaffId
from server.persistence.tables import staff


async def add(
    connection: AsyncConnection,
    staff_id: StaffId,
    *,
    email: str,
    name: str,
    role: str,
    language: str,
    password_hash: str,
    now: datetime,
) -> None:
    """A new member of staff. `password_hash` is argon2id."""
    await connection.execute(
        insert(staff).values(
            id=staff_id,
            email=email.lower(),
            name=name,
            role=role,
            language=language,
            password_hash=password_hash,
            created_at=now,
        )
    )


async def by_id(connection: AsyncConnection, staff_id: StaffId) -> Row[Any] | None:
    """One member of staff who has not been disabled."""
    return (
        await connection.execute(select(staff).where(staff.c.id == staff_id, staff.c.disabled_at.is_(None)))
    ).first()


async def by_email(connection: AsyncConnection, email: str) -> Row[Any] | None:
    """One member of staff who has not been disabled, by e-mail address in any case."""
    return (
        await connection.execute(select(staff).where(staff.c.email == email.lower(), staff.c.disabled_at.is_(None)))
    ).first()


async def everyone(connection: AsyncConnection) -> Sequence[Row[Any]]:
    """All who have not been disabled, by name."""
    found = await connection.execute(
        select(staff).where(staff.c.disabled_at.is_(None)).order_by(staff.c.name, staff.c.id)
    )
    return found.all()


async def choose_language(connection: AsyncConnection, staff_id: StaffId, language: str) -> None:
    """Their own choice."""
    await connection.execute(update(staff).where(staff.c.id == staff_id).values(language=language))


async def change_password(connection: AsyncConnection, staff_id: StaffId, password_hash: str) -> None:
    """A new argon2id hash."""
    await connection.execute(update(staff).where(staff.c.id == staff_id).values(password_hash=password_hash))
