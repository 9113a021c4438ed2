"""Filing and reading case records. The bytes filed are the record: what is read back is exactly what was hashed."""

import asyncio
import hashlib
from collections.abc import Callable, Container
from datetime import datetime

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.filing import case_record, looked_through
from meetings.ids import CaseId, MeetingId, RecordId, StaffId
from meetings.meeting import Meeting
from meetings.plan import CasePlan
from meetings.record import CaseRecord
from server.persistence import audit, cases, plans, records
from server.persistence.audit import AuditEntry, Head
from server.persistence.engine import Database
from server.persistence.unit_of_work import reading

Printed = Callable[[], Container[int]]
"""Gives the code points that printed pages have a glyph for. May take a second, and fail."""

log = structlog.get_logger(__name__)

_decoder = msgspec.json.Decoder(CaseRecord)


class FiledRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record as filed: `body` is its JSON, byte for byte; `chain_head` is that of its meeting's audit chain
    once it was filed: it covers the record and everything the meeting wrote before."""

    record_id: RecordId
    case_id: CaseId
    meeting_id: MeetingId
    written_at: datetime
    body: bytes
    sha256: str
    chain_head: Head

    def __repr__(self) -> str:
        """A record cannot be printed."""
        return f"FiledRecord({self.record_id[:6]})"

    @property
    def record(self) -> CaseRecord:
        """The record as a value."""
        return _decoder.decode(self.body)


class RecordDamaged(Exception):
    """The bytes filed no longer match their hash, or not the one that stands in the audit chain."""


async def letters(printed: Printed) -> Container[int] | None:
    """What can be printed, asked in a thread and before a transaction; None where the fonts cannot be read: a record is
    filed all the same."""
    try:
        return await asyncio.to_thread(printed)
    except Exception as error:
        log.error("record.letters_unknown", kind=type(error).__name__)
        return None


async def file(
    connection: AsyncConnection,
    meeting: Meeting,
    plan: CasePlan,
    sha256: str,
    now: datetime,
    printable: Container[int] | None,
) -> None:
    """Write the record of a meeting that ends in this transaction, and its hash and the plan's head into the audit
    chain. `sha256` is the plan's; `printable` is from `letters`."""
    if meeting.record_id is None:
        raise ValueError("the meeting has not ended")
    record = case_record(meeting, plan, meeting.record_id, now, sha256)
    if printable is not None:
        record = looked_through(record, printable)
    body = msgspec.json.encode(record)
    await records.add(
        connection,
        meeting.record_id,
        meeting.case_id,
        meeting.id,
        written_at=now,
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
    )
    await plans.anchor(connection, meeting.id, now)
    detail = audit.record_detail(meeting.record_id, meeting.case_id, meeting.id, now, body)
    entry = AuditEntry(actor="server", action=audit.RECORD_FILED, object=f"record/{meeting.record_id}", detail=detail)
    await audit.append(connection, meeting.id, now, [entry])
    await audit.seal(connection, meeting.id, now)
    if record.unprintable:
        log.warning("record.letters_without_glyph", record_id=record.record_id, count=len(record.unprintable))


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
            filing = await audit.filing(connection, row.meeting_id, record_id)
        body = bytes(row.body)
        detail = audit.record_detail(row.id, row.case_id, row.meeting_id, row.written_at, body)
        if hashlib.sha256(body).hexdigest() != row.sha256 or filing is None or filing[1] != detail:
            raise RecordDamaged(record_id)
        return FiledRecord(
            record_id=row.id,
            case_id=row.case_id,
            meeting_id=row.meeting_id,
            written_at=row.written_at,
            body=body,
            sha256=row.sha256,
            chain_head=filing[0],
        )
