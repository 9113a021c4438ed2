"""Case records as filed: written once, never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.ids import CaseId, MeetingId, RecordId
from server.persistence.tables import case_records


async def add(
    connection: AsyncConnection,
    record_id: RecordId,
    case_id: CaseId,
    meeting_id: MeetingId,
    written_at: datetime,
    body: bytes,
    sha256: str,
) -> None:
    """File a record. One a meeting."""
    await connection.execute(
        insert(case_records).values(
            id=record_id, case_id=case_id, meeting_id=meeting_id, written_at=written_at, body=body, sha256=sha256
        )
    )


async def record(connection: AsyncConnection, record_id: RecordId) -> Row[Any] | None:
    """One record."""
    return (await connection.execute(select(case_records).where(case_records.c.id == record_id))).first()


async def of_case(connection: AsyncConnection, case_id: CaseId) -> Sequence[Row[Any]]:
    """A case's records, newest first."""
    found = await connection.execute(
        select(case_records)
        .where(case_records.c.case_id == case_id)
        .order_by(case_records.c.written_at.desc(), case_records.c.id)
    )
    return found.all()
