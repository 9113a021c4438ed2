"""Filing and reading case records. The bytes filed are the record: what is read back is exactly what was hashed."""

import hashlib
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.ids import CaseId, MeetingId, RecordId, StaffId
from meetings.meeting import Meeting
from meetings.plan import CasePlan
from meetings.record import CaseRecord, case_record
from server.persistence import cases, records
from server.persistence.engine import Database
from server.persistence.unit_of_work import reading

_decoder = msgspec.json.Decoder(CaseRecord)


class FiledRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record as filed: `body` is its JSON, byte for byte."""

    record_id: RecordId
    case_id: CaseId
    meeting_id: MeetingId
    written_at: datetime
    body: bytes
    sha256: str

    def __repr__(self) -> str:
        """A record cannot be printed."""
        return f"FiledRecord({self.record_id[:6]})"

    @property
    def record(self) -> CaseRecord:
        """The record as a value."""
        return _decoder.decode(self.body)


class RecordDamaged(Exception):
    """The bytes filed no longer match their hash."""


async def file(connection: AsyncConnection, meeting: Meeting, plan: CasePlan, sha256: str, now: datetime) -> None:
    """Write the record of a meeting that ends in this transaction. `sha256` is the plan's."""
    if meeting.record_id is None:
        raise ValueError("the meeting has not ended")
    body = msgspec.json.encode(case_record(meeting, plan, meeting.record_id, now, sha256))
    await records.add(
        connection,
        meeting.record_id,
        meeting.case_id,
        meeting.id,
        written_at=now,
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
    )


class CaseRecords:
    """Records, for the staff of their case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, record_id: RecordId, staff_id: StaffId) -> FiledRecord | None:
        """A record, or None when there is none or its case is not this person's. Raises RecordDamaged."""
        async with reading(self._database) as connection:
            row = await records.record(connection, record_id)
            if row is None or await cases.open_to(connection, row.case_id, staff_id) is None:
                return None
        body = bytes(row.body)
        if hashlib.sha256(body).hexdigest() != row.sha256:
            raise RecordDamaged(record_id)
        return FiledRecord(
            record_id=row.id,
            case_id=row.case_id,
            meeting_id=row.meeting_id,
            written_at=row.written_at,
            body=body,
            sha256=row.sha256,
        )
