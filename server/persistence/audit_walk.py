"""Walks along a chain in pages and holds each row, and what it speaks for, against its hash.

Every page is a transaction of its own, so that a database in use is never held up; a walk ends at the head that the
chain had when it began.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.ids import PlanId
from realtime.ports import PlanKey, StoredUpdate
from server.persistence import audit, plans
from server.persistence.audit import AuditEntry, Head
from server.persistence.tables import audit as rows
from server.persistence.tables import audit_chains, case_records, events, meetings, plan_snapshots, plan_updates
from server.persistence.tables import plans as plan_table

PAGE = 500  # rows read at once; more memory, fewer transactions


class Broken(msgspec.Struct, frozen=True):
    """The first thing that is not as it was written, by number and id only."""

    chain: str
    what: str

    def __str__(self) -> str:
        """A sentence for the operator."""
        kind = "chain" if self.chain == audit.HEARTH else "meeting" if "/" not in self.chain else "plan"
        return f"{kind} {self.chain}: {self.what}"


class Walk(Protocol):
    """One chain being walked."""

    is_done: bool

    async def page(self, connection: AsyncConnection) -> Broken | None:
        """Look at the next rows."""
        ...


class ChainWalk:
    """A chain's rows from `after` on, and the events, records and plan heads they speak for. `only_tail`: what was
    before `after` is taken as it stands."""

    def __init__(self, chain: str, after: Head, end: Row[Any], *, only_tail: bool = False) -> None:
        self.chain = chain
        self.is_done = False
        self.rows = 0
        self.begun: set[str] = set()
        self.sealed: dict[str, str] = {}
        self.shortened: dict[str, str] = {}
        self.heads: set[str] = set()
        self._before = after
        self._end = end
        self._number: int | None = None if only_tail else 0

    async def page(self, connection: AsyncConnection) -> Broken | None:
        """Look at the next rows."""
        condition = (rows.c.chain == self.chain) & (rows.c.seq > self._before.seq)
        condition &= rows.c.seq <= self._end.last_seq
        found = (await connection.execute(select(rows).where(condition).order_by(rows.c.seq).limit(PAGE))).all()
        facts = await _facts(connection, self.chain, found)
        for row in found:
            if broken := self._row(row, facts):
                return broken
        if len(found) < PAGE:
            self.is_done = True
            return self._ended()
        return None

    def _row(self, row: Row[Any], facts: "_Facts") -> Broken | None:
        seq = self._before.seq + 1
        entry = AuditEntry(actor=row.actor, action=row.action, object=row.object, detail=row.detail)
        digest = audit.entry_hash(self._before.hash, self.chain, seq, row.at, entry)
        if (row.seq, row.prev_hash, row.hash) != (seq, self._before.hash, digest):
            return self._broken(f"audit row {seq} is missing or not the one that was written")
        self._before = Head(seq, digest)
        self.rows += 1
        self.heads.add(digest)
        if facts.is_unlike(entry, row):
            return self._broken(f"{row.object} is missing or not the one that was written (audit row {seq})")
        return self._event(row) or self._noted(entry)

    def _event(self, row: Row[Any]) -> Broken | None:
        """Events stand in a row, each once."""
        number = _event_number(self.chain, row.object)
        if number is None:
            return None
        if self._number is not None and number != self._number + 1:
            return self._broken(f"event {self._number + 1} stands in no audit row")
        self._number = number
        return None

    def _noted(self, entry: AuditEntry) -> Broken | None:
        of = entry.object.partition("/")[2]
        if entry.action == audit.CHAIN_BEGUN:
            self.begun.add(of)
        elif entry.action == audit.CHAIN_SEALED:
            self.sealed[of] = entry.detail
        elif entry.action == audit.PLAN_SHORTENED:
            self.shortened[of] = entry.detail
        return None

    def _ended(self) -> Broken | None:
        end = self._end
        if self._before != Head(end.last_seq, end.last_hash) or end.last_seq != end.max_seq:
            return self._broken(f"audit rows after {self._before.seq} do not end where the chain does")
        number = self._number
        if number is not None and (end.last_number or 0, end.max_number or 0) != (number, number):
            return self._broken(f"events after {number} do not end where the chain does")
        return None

    def _broken(self, what: str) -> Broken:
        return Broken(self.chain, what)


class PlanWalk:
    """The rows of one plan's log, from `after` on."""

    def __init__(self, plan: PlanKey, after: Head, end: Row[Any]) -> None:
        self.is_done = False
        self.rows = 0
        self._plan = plan
        self._before = after
        self._end = end

    async def page(self, connection: AsyncConnection) -> Broken | None:
        """Look at the next rows."""
        found = await _plan_rows(connection, self._plan, self._before.seq, self._end.last_seq)
        for row in found:
            seq = self._before.seq + 1
            digest = plans.row_hash(self._before.hash, self._plan, seq, row.at, _stored(row))
            is_same = hashlib.sha256(row.update).hexdigest() == row.sha256
            if (row.seq, row.hash) != (seq, digest) or not is_same:
                return self._broken(f"plan row {seq} is missing or not the one that was written")
            self._before = Head(seq, digest)
            self.rows += 1
        if len(found) == PAGE:
            return None
        self.is_done = True
        end = self._end
        if self._before != Head(end.last_seq, end.last_hash) or (end.max_seq or 0) != end.last_seq:
            return self._broken(f"plan rows after {self._before.seq} do not end where the plan does")
        return None

    def _broken(self, what: str) -> Broken:
        return Broken(plans.stream(self._plan), what)


async def chain_end(connection: AsyncConnection, chain: str) -> Any:
    """Where a chain and its meeting's events end, and where they say they do, at one moment."""
    last = select(func.max(rows.c.seq)).where(rows.c.chain == chain).scalar_subquery()
    number = select(meetings.c.last_number).where(meetings.c.id == chain).scalar_subquery()
    last_event = select(func.max(events.c.number)).where(events.c.meeting_id == chain).scalar_subquery()
    found = select(
        audit_chains.c.last_seq,
        audit_chains.c.last_hash,
        last.label("max_seq"),
        number.label("last_number"),
        last_event.label("max_number"),
    ).where(audit_chains.c.chain == chain)
    return (await connection.execute(found)).one()


async def head_at(connection: AsyncConnection, chain: str, seq: int) -> Head:
    """The chain's row with this number, taken as it stands; the beginning where there is none."""
    found = await connection.scalar(select(rows.c.hash).where(rows.c.chain == chain, rows.c.seq == seq))
    return Head(0, audit.FIRST) if found is None else Head(seq, found)


async def plan_ends(connection: AsyncConnection, meeting_id: str) -> list[tuple[PlanKey, Row[Any]]]:
    """The meeting's plans, with where each log ends and where it says it does."""
    same = (plan_updates.c.plan_id == plan_table.c.id) & (plan_updates.c.audience == plan_table.c.audience)
    same &= plan_updates.c.epoch == plan_table.c.epoch
    last = select(func.max(plan_updates.c.seq)).where(same).scalar_subquery()
    found = await connection.execute(
        select(plan_table, last.label("max_seq")).where(plan_table.c.meeting_id == meeting_id)
    )
    return [(PlanKey(plan_id=PlanId(row.id), audience=row.audience, epoch=row.epoch), row) for row in found]


async def plan_head_at(connection: AsyncConnection, plan: PlanKey, seq: int) -> Head:
    """The plan's row with this number, taken as it stands; the beginning where there is none."""
    found = await _plan_rows(connection, plan, seq - 1, seq)
    return Head(seq, found[0].hash) if found else Head(0, audit.FIRST)


async def snapshots(connection: AsyncConnection, meeting_id: str) -> dict[str, str]:
    """The shortened histories of a meeting's plans that are kept: where, and the hash of the bytes."""
    mine = select(plan_table.c.id).where(plan_table.c.meeting_id == meeting_id)
    found = await connection.execute(select(plan_snapshots).where(plan_snapshots.c.plan_id.in_(mine)))
    return {
        f"{row.plan_id}/{row.audience}/{row.epoch}/{row.seq}": hashlib.sha256(row.update).hexdigest() for row in found
    }


class _Facts(msgspec.Struct):
    """What a page of entries speaks for, as it stands in its own table: object → detail, and events' time and actor."""

    details: dict[str, str]
    told: dict[str, tuple[Any, str, str]]

    def is_unlike(self, entry: AuditEntry, row: Row[Any]) -> bool:
        """Whether what the entry speaks for is gone or not the same."""
        if entry.object in self.told:
            return (row.at, entry.actor, entry.action) != self.told[entry.object] or self._differs(entry)
        if _event_number(row.chain, entry.object) is not None:
            return True
        return entry.action in (audit.RECORD_FILED, audit.PLAN_HEAD) and self._differs(entry)

    def _differs(self, entry: AuditEntry) -> bool:
        return self.details.get(entry.object) != entry.detail


async def _facts(connection: AsyncConnection, chain: str, page: Sequence[Row[Any]]) -> _Facts:
    facts = _Facts({}, {})
    numbers = [number for row in page if (number := _event_number(chain, row.object)) is not None]
    if numbers:
        is_spoken_for = events.c.number.between(min(numbers), max(numbers))
        for row in await connection.execute(select(events).where(events.c.meeting_id == chain, is_spoken_for)):
            name = f"meeting/{chain}/event/{row.number}"
            facts.details[name] = audit.event_detail(row.payload.encode(), row.version)
            actor = "server" if row.by is None else f"participant/{row.by}"
            facts.told[name] = (row.at, actor, row.kind)
    if any(row.action == audit.RECORD_FILED for row in page):
        for row in await connection.execute(select(case_records).where(case_records.c.meeting_id == chain)):
            detail = audit.record_detail(row.id, row.case_id, row.meeting_id, row.written_at, bytes(row.body))
            is_same = hashlib.sha256(row.body).hexdigest() == row.sha256
            facts.details[f"record/{row.id}"] = detail if is_same else ""
    for row in page:
        if row.action == audit.PLAN_HEAD:
            plan, seq = _plan_of(row.object)
            facts.details[row.object] = (await plan_head_at(connection, plan, seq)).hash
    return facts


async def _plan_rows(connection: AsyncConnection, plan: PlanKey, after: int, through: int) -> Sequence[Any]:
    table = plan_updates.c
    is_plan = (table.plan_id == plan.plan_id) & (table.audience == plan.audience) & (table.epoch == plan.epoch)
    wanted = select(plan_updates).where(is_plan, table.seq > after, table.seq <= through)
    return (await connection.execute(wanted.order_by(table.seq).limit(PAGE))).all()


def _stored(row: Row[Any]) -> StoredUpdate:
    return StoredUpdate(
        seq=row.seq,
        client_id=row.client_id,
        clock_from=row.clock_from,
        clock_to=row.clock_to,
        participant_id=row.participant_id,
        update=bytes(row.update),
    )


def _event_number(chain: str, name: str) -> int | None:
    own, _, number = name.partition("/event/")
    return int(number) if own == f"meeting/{chain}" and number.isdecimal() else None


def _plan_of(name: str) -> tuple[PlanKey, int]:
    """plan/ID/AUDIENCE/EPOCH/SEQ"""
    _, plan_id, audience, epoch, seq = name.split("/")
    return PlanKey(plan_id=PlanId(plan_id), audience=audience, epoch=int(epoch)), int(seq)
