"""Somebody with the disk: rows are changed as no Hearth would, past the triggers that refuse it."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.commands import CloseMeeting
from meetings.ids import MeetingId
from meetings.meeting import Phase
from realtime.ports import Snapshot
from server.persistence import audit, tables
from server.persistence.audit import AuditEntry
from server.persistence.tables import (
    APPEND_ONLY,
    audit_chains,
    case_records,
    events,
    meetings,
    plan_snapshots,
    plan_updates,
    plans,
)
from server.persistence.unit_of_work import reading, writing
from tests.support.stored import Stored, StoredMeeting
from tests.support.stored import written as update_of

rows = tables.audit
Change = Callable[[AsyncConnection, "Target"], Awaitable[None]]


class Target:
    """A filed meeting and one that is still going on, whose plan was shortened."""

    def __init__(self, filed: MeetingId, going: MeetingId) -> None:
        self.filed = filed
        self.going = going


async def write(stored: Stored) -> None:
    """Both meetings, as Hearth writes them."""
    filed = await stored.schedule()
    await write_plan(filed, range(3))
    await filed.until_recap()
    await filed.freeze()
    await filed.do(CloseMeeting(), "Sam")
    going = await stored.schedule()
    await going.bring_in("Sam", "Dana")
    await write_plan(going, range(4))
    body = b"all four in one"
    snapshot = Snapshot(seq=3, update=body, sha256=hashlib.sha256(body).hexdigest())
    await stored.plan_log.store_snapshot(await going.plan_key(), snapshot)


async def written(stored: Stored) -> Target:
    """Which is which."""
    async with reading(stored.database) as connection:
        found = {row.phase: row.id for row in await connection.execute(sa.select(meetings))}
    filed = found.pop(Phase.CLOSED.value)
    return Target(filed, MeetingId(found.popitem()[1]))


async def write_plan(meeting: StoredMeeting, numbers: Sequence[int]) -> None:
    """One commit a row."""
    key = await meeting.plan_key()
    for number in numbers:
        await meeting.stored.plan_log.append(key, [update_of(number, meeting.people["Dana"])])


async def tamper(stored: Stored, target: Target, change: Change) -> None:
    """Do it, with the triggers out of the way."""
    async with writing(stored.database) as connection:
        for table in APPEND_ONLY:
            if stored.database.is_sqlite:
                for verb in ("update", "delete"):
                    await connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
            else:
                await connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        if stored.database.is_sqlite:
            await connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        await change(connection, target)


def of_plan(meeting_id: str, table: sa.Table = plan_updates) -> sa.ColumnElement[bool]:
    """The rows of a meeting's plan."""
    return table.c.plan_id == sa.select(meetings.c.plan_id).where(meetings.c.id == meeting_id).scalar_subquery()


async def last_plan_row_altered(connection: AsyncConnection, target: Target) -> None:
    digest = hashlib.sha256(b"other words").hexdigest()
    last = of_plan(target.going) & (plan_updates.c.seq == 4)
    await connection.execute(sa.update(plan_updates).where(last).values(update=b"other words", sha256=digest))


async def plan_row_said_by_another(connection: AsyncConnection, target: Target) -> None:
    second = of_plan(target.going) & (plan_updates.c.seq == 2)
    await connection.execute(sa.update(plan_updates).where(second).values(participant_id="0" * 32))


async def last_plan_row_deleted(connection: AsyncConnection, target: Target) -> None:
    await connection.execute(sa.delete(plan_updates).where(of_plan(target.going), plan_updates.c.seq == 4))
    await connection.execute(sa.update(plans).where(plans.c.meeting_id == target.going).values(last_seq=3))


async def middle_plan_row_deleted(connection: AsyncConnection, target: Target) -> None:
    await connection.execute(sa.delete(plan_updates).where(of_plan(target.going), plan_updates.c.seq == 2))


async def plan_rows_swapped(connection: AsyncConnection, target: Target) -> None:
    for before, after in ((2, 99), (3, 2), (99, 3)):
        one = of_plan(target.going) & (plan_updates.c.seq == before)
        await connection.execute(sa.update(plan_updates).where(one).values(seq=after))


async def plan_row_put_in(connection: AsyncConnection, target: Target) -> None:
    one = of_plan(target.going) & (plan_updates.c.seq == 4)
    row = (await connection.execute(sa.select(plan_updates).where(one))).one()
    await connection.execute(
        sa.insert(plan_updates).values({**row._mapping, "seq": 5, "clock_from": 9, "clock_to": 10})
    )


async def filed_plan_cut_back_with_its_head(connection: AsyncConnection, target: Target) -> None:
    await connection.execute(sa.delete(plan_updates).where(of_plan(target.filed), plan_updates.c.seq == 3))
    second = sa.select(plan_updates.c.hash).where(of_plan(target.filed), plan_updates.c.seq == 2).scalar_subquery()
    mine = plans.c.meeting_id == target.filed
    await connection.execute(sa.update(plans).where(mine).values(last_seq=2, last_hash=second))


async def shortened_history_altered(connection: AsyncConnection, target: Target) -> None:
    digest = hashlib.sha256(b"other words").hexdigest()
    mine = of_plan(target.going, plan_snapshots)
    await connection.execute(sa.update(plan_snapshots).where(mine).values(update=b"other words", sha256=digest))


async def event_altered(connection: AsyncConnection, target: Target) -> None:
    third = (events.c.meeting_id == target.going) & (events.c.number == 3)
    await connection.execute(sa.update(events).where(third).values(payload=events.c.payload + " "))


async def event_said_by_another(connection: AsyncConnection, target: Target) -> None:
    third = (events.c.meeting_id == target.going) & (events.c.number == 3)
    await connection.execute(sa.update(events).where(third).values(by="0" * 32))


async def last_event_deleted(connection: AsyncConnection, target: Target) -> None:
    last = sa.select(meetings.c.last_number).where(meetings.c.id == target.going).scalar_subquery()
    await connection.execute(sa.delete(events).where(events.c.meeting_id == target.going, events.c.number == last))


async def last_event_deleted_with_the_count(connection: AsyncConnection, target: Target) -> None:
    await last_event_deleted(connection, target)
    mine = meetings.c.id == target.going
    await connection.execute(sa.update(meetings).where(mine).values(last_number=meetings.c.last_number - 1))


async def middle_event_deleted(connection: AsyncConnection, target: Target) -> None:
    await connection.execute(sa.delete(events).where(events.c.meeting_id == target.going, events.c.number == 2))


async def event_put_in(connection: AsyncConnection, target: Target) -> None:
    first = (events.c.meeting_id == target.going) & (events.c.number == 1)
    row = (await connection.execute(sa.select(events).where(first))).one()
    mine = meetings.c.id == target.going
    await connection.execute(sa.update(meetings).where(mine).values(last_number=meetings.c.last_number + 1))
    number = sa.select(meetings.c.last_number).where(mine).scalar_subquery()
    await connection.execute(sa.insert(events).values({**row._mapping, "number": number}))


async def audit_row_altered(connection: AsyncConnection, target: Target) -> None:
    await connection.execute(
        sa.update(rows).where(rows.c.chain == target.going, rows.c.seq == 2).values(actor="server2")
    )


async def middle_audit_row_deleted(connection: AsyncConnection, target: Target) -> None:
    await connection.execute(sa.delete(rows).where(rows.c.chain == target.going, rows.c.seq == 2))


async def audit_rows_swapped(connection: AsyncConnection, target: Target) -> None:
    for before, after in ((2, 99), (3, 2), (99, 3)):
        one = (rows.c.chain == target.going) & (rows.c.seq == before)
        await connection.execute(sa.update(rows).where(one).values(seq=after))


async def last_audit_row_deleted(connection: AsyncConnection, target: Target) -> None:
    await _cut_back(connection, target.going, 1, with_head=False)


async def audit_rows_deleted_with_the_head(connection: AsyncConnection, target: Target) -> None:
    await _cut_back(connection, target.going, 3, with_head=True)


async def whole_chain_deleted(connection: AsyncConnection, target: Target) -> None:
    await connection.execute(sa.delete(rows).where(rows.c.chain == target.going))
    await connection.execute(sa.delete(audit_chains).where(audit_chains.c.chain == target.going))


async def hearths_chain_deleted(connection: AsyncConnection, _: Target) -> None:
    await connection.execute(sa.delete(rows).where(rows.c.chain == audit.HEARTH))
    await connection.execute(sa.delete(audit_chains).where(audit_chains.c.chain == audit.HEARTH))


async def record_altered(connection: AsyncConnection, _: Target) -> None:
    digest = hashlib.sha256(b"{}").hexdigest()
    await connection.execute(sa.update(case_records).values(body=b"{}", sha256=digest))


async def record_deleted(connection: AsyncConnection, _: Target) -> None:
    await connection.execute(sa.delete(case_records))


async def event_altered_and_its_chain_made_anew(connection: AsyncConnection, target: Target) -> None:
    """Everything in the meeting's own chain agrees; only what stands elsewhere tells."""
    third = (events.c.meeting_id == target.filed) & (events.c.number == 3)
    await connection.execute(sa.update(events).where(third).values(payload=events.c.payload + " "))
    payload = await connection.scalar(sa.select(events.c.payload).where(third))
    previous = audit.FIRST
    mine = rows.c.chain == target.filed
    for row in (await connection.execute(sa.select(rows).where(mine).order_by(rows.c.seq))).all():
        is_it = row.object == f"meeting/{target.filed}/event/3"
        detail = audit.event_detail(payload.encode()) if is_it else row.detail
        entry = AuditEntry(actor=row.actor, action=row.action, object=row.object, detail=detail)
        digest = audit.entry_hash(previous, target.filed, row.seq, row.at, entry)
        values = {"detail": detail, "prev_hash": previous, "hash": digest}
        await connection.execute(sa.update(rows).where(mine, rows.c.seq == row.seq).values(values))
        previous = digest
    await connection.execute(
        sa.update(audit_chains).where(audit_chains.c.chain == target.filed).values(last_hash=previous)
    )


async def _cut_back(connection: AsyncConnection, chain: str, count: int, *, with_head: bool) -> None:
    mine = rows.c.chain == chain
    last = await connection.scalar(sa.select(sa.func.max(rows.c.seq)).where(mine))
    await connection.execute(sa.delete(rows).where(mine, rows.c.seq > last - count))
    if with_head:
        left = (await connection.execute(sa.select(rows).where(mine, rows.c.seq == last - count))).one()
        values = {"last_seq": left.seq, "last_hash": left.hash, "last_at": left.at}
        await connection.execute(sa.update(audit_chains).where(audit_chains.c.chain == chain).values(values))
