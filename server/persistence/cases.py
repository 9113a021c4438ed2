"""Families' files, and who in the agency may open them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.ids import CaseId, StaffId
from server.persistence.tables import case_children, cases, meeting_participants, meetings


async def add(
    connection: AsyncConnection,
    case_id: CaseId,
    *,
    family_name: str,
    worker_id: StaffId,
    supervisor_id: StaffId,
    now: datetime,
) -> None:
    """Open a case."""
    await connection.execute(
        insert(cases).values(
            id=case_id, family_name=family_name, worker_id=worker_id, supervisor_id=supervisor_id, opened_at=now
        )
    )


async def add_child(
    connection: AsyncConnection, child_id: str, case_id: CaseId, *, name: str, born_on: date | None, living_with: str
) -> None:
    """A child of the family."""
    await connection.execute(
        insert(case_children).values(id=child_id, case_id=case_id, name=name, born_on=born_on, living_with=living_with)
    )


async def by_id(connection: AsyncConnection, case_id: CaseId) -> Row[Any] | None:
    """One case, whoever asks (for the server itself)."""
    return (await connection.execute(select(cases).where(cases.c.id == case_id))).first()


async def open_to(connection: AsyncConnection, case_id: CaseId, staff_id: StaffId) -> Row[Any] | None:
    """One case, if it is this person's: as its worker, that worker's supervisor, or staff of one of its meetings."""
    return (await connection.execute(select(cases).where(cases.c.id == case_id, _is_open_to(staff_id)))).first()


async def all_open_to(connection: AsyncConnection, staff_id: StaffId) -> Sequence[Row[Any]]:
    """Every case this person may open, by family name."""
    found = await connection.execute(
        select(cases).where(_is_open_to(staff_id)).order_by(cases.c.family_name, cases.c.id)
    )
    return found.all()


async def children(connection: AsyncConnection, case_id: CaseId) -> Sequence[Row[Any]]:
    """A case's children, eldest first."""
    found = await connection.execute(
        select(case_children)
        .where(case_children.c.case_id == case_id)
        .order_by(case_children.c.born_on, case_children.c.id)
    )
    return found.all()


def _is_open_to(staff_id: StaffId) -> ColumnElement[bool]:
    takes_part = exists().where(
        meetings.c.case_id == cases.c.id,
        meeting_participants.c.meeting_id == meetings.c.id,
        meeting_participants.c.staff_id == staff_id,
    )
    return or_(cases.c.worker_id == staff_id, cases.c.supervisor_id == staff_id, takes_part)
