"""Proves the audit trail: all of it, or its heads and its newest rows. Names the first thing that does not hold."""

from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import exists, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.persistence import audit, audit_walk
from server.persistence.audit import Head
from server.persistence.audit_walk import Broken, ChainWalk, PlanWalk, Walk
from server.persistence.engine import Database
from server.persistence.tables import audit as rows
from server.persistence.tables import audit_chains, case_records, events, meetings, plan_snapshots, plan_updates
from server.persistence.tables import plans as plan_table
from server.persistence.unit_of_work import reading

NEWEST = 1000  # rows looked at by a start; more start later, fewer leave an older change to `audit verify`

Told = Callable[[int], None]


class Proof(msgspec.Struct):
    """What was looked at, the head of the chain that names all others, and the first thing broken (None: whole)."""

    chains: int = 0
    audit_rows: int = 0
    plan_rows: int = 0
    head: Head = Head(0, audit.FIRST)
    broken: Broken | None = None
    has_seen: bool = False

    @property
    def rows(self) -> int:
        """Everything looked at."""
        return self.audit_rows + self.plan_rows


def _nobody(_rows: int) -> None:
    """Nobody waits to hear how far it got."""


async def whole(database: Database, told: Told = _nobody, printed: str | None = None) -> Proof:
    """Look at every row. `told` is called with the rows seen so far; `printed` is a head that must have been passed."""
    async with reading(database) as connection:
        known = set(await connection.scalars(select(audit_chains.c.chain)))
    prover = _Prover(database, told, printed)
    try:
        hearth = await prover.chain(audit.HEARTH)
        if strange := sorted(known - hearth.begun - {audit.HEARTH}):
            prover.lose(Broken(strange[0], "this chain was never begun"))
        for chain in sorted(hearth.begun):
            sealed = hearth.sealed.get(chain)
            walk = await prover.chain(chain)
            if sealed is not None and sealed.partition(":")[2] not in walk.heads:
                prover.lose(Broken(chain, "the head it was sealed with is gone"))
            await prover.plans(chain, walk)
        prover.lose(await _heads(database), await _strays(database))
        if printed is not None and not prover.proof.has_seen:
            prover.lose(Broken(audit.HEARTH, "the head given was never that of any chain"))
    except _Found as found:
        prover.proof.broken = found.broken
    return prover.proof


async def newest(database: Database, most: int = NEWEST) -> Proof:
    """Look at every head and at the newest `most` rows: those of the chains that were added to last."""
    prover = _Prover(database, _nobody, None)
    try:
        prover.lose(await _heads(database))
        async with reading(database) as connection:
            recent = await connection.scalars(select(audit_chains.c.chain).order_by(audit_chains.c.last_at.desc()))
            chains = recent.all()
        for chain in chains:
            if prover.proof.rows >= most:
                break
            await prover.tail(chain, most - prover.proof.rows)
        async with reading(database) as connection:
            end = await audit_walk.chain_end(connection, audit.HEARTH) if chains else None
        if end is not None:
            prover.proof.head = Head(end.last_seq, end.last_hash)
        prover.proof.chains = len(chains)
    except _Found as found:
        prover.proof.broken = found.broken
    return prover.proof


class _Found(Exception):
    """Something broken: there is nothing more to look for."""

    def __init__(self, broken: Broken) -> None:
        super().__init__()
        self.broken = broken


class _Prover:
    """Walks chain after chain and counts."""

    def __init__(self, database: Database, told: Told, printed: str | None) -> None:
        self.proof = Proof()
        self._database = database
        self._told = told
        self._printed = printed

    def lose(self, *broken: Broken | None) -> None:
        """Stop at the first that is."""
        for one in broken:
            if one is not None:
                raise _Found(one)

    async def chain(self, chain: str) -> ChainWalk:
        """All of a chain."""
        async with reading(self._database) as connection:
            end = await self._end(connection, chain)
        walk = ChainWalk(chain, Head(0, audit.FIRST), end)
        await self._walk(walk)
        self.proof.chains += 1
        self.proof.audit_rows += walk.rows
        self.proof.has_seen |= self._printed in walk.heads
        if chain == audit.HEARTH:
            self.proof.head = Head(end.last_seq, end.last_hash)
        self._told(self.proof.rows)
        return walk

    async def plans(self, chain: str, walk: ChainWalk) -> None:
        """All of the plans of a chain's meeting; their shortened histories are those the chain tells of."""
        async with reading(self._database) as connection:
            ends = await audit_walk.plan_ends(connection, chain)
            kept = await audit_walk.snapshots(connection, chain)
        for plan, end in ends:
            await self._plan(PlanWalk(plan, Head(0, audit.FIRST), end))
        for place, digest in kept.items():
            if digest != (walk.shortened.get(place) or await self._told_since(chain, place)):
                self.lose(Broken(chain, f"the shortened history {place} is not the one that was written"))

    async def tail(self, chain: str, most: int) -> None:
        """The newest rows of a chain, and of its plans."""
        async with reading(self._database) as connection:
            end = await self._end(connection, chain)
            after = await audit_walk.head_at(connection, chain, end.last_seq - most)
            ends = await audit_walk.plan_ends(connection, chain)
            heads = [await audit_walk.plan_head_at(connection, plan, one.last_seq - most) for plan, one in ends]
        walk = ChainWalk(chain, after, end, only_tail=after.seq > 0)
        await self._walk(walk)
        self.proof.audit_rows += walk.rows
        for (plan, one), head in zip(ends, heads, strict=True):
            await self._plan(PlanWalk(plan, head, one))

    async def _plan(self, walk: PlanWalk) -> None:
        await self._walk(walk)
        self.proof.plan_rows += walk.rows
        self._told(self.proof.rows)

    async def _walk(self, walk: Walk) -> None:
        while not walk.is_done:
            async with reading(self._database) as connection:
                self.lose(await walk.page(connection))

    async def _end(self, connection: AsyncConnection, chain: str) -> Any:
        if not await connection.scalar(select(exists().where(audit_chains.c.chain == chain))):
            self.lose(Broken(chain, "the whole chain is missing"))
        return await audit_walk.chain_end(connection, chain)

    async def _told_since(self, chain: str, place: str) -> str | None:
        """The hash of a history that was shortened after the chain was walked."""
        told = (rows.c.action == audit.PLAN_SHORTENED) & (rows.c.object == f"plan/{place}")
        async with reading(self._database) as connection:
            found: str | None = await connection.scalar(select(rows.c.detail).where(rows.c.chain == chain, told))
        return found


async def _heads(database: Database) -> Broken | None:
    """The first chain, meeting or plan whose last row is not the one its head tells of."""
    async with reading(database) as connection:
        for wanted, what in (
            (_chain_heads(), "its last audit row is not where the chain ends"),
            (_meeting_heads(), "its last event is not where its log ends"),
            (_plan_heads(), "its last plan row is not where the plan ends"),
        ):
            found = (await connection.execute(wanted.limit(1))).first()
            if found is not None:
                return Broken("/".join(str(part) for part in found), what)
        has_meetings = await connection.scalar(select(exists().where(meetings.c.id.is_not(None))))
        has_hearth = await connection.scalar(select(exists().where(audit_chains.c.chain == audit.HEARTH)))
    return Broken(audit.HEARTH, "the whole chain is missing") if has_meetings and not has_hearth else None


def _chain_heads() -> Any:
    own = rows.alias()
    later = select(rows.c.seq).where(rows.c.chain == audit_chains.c.chain, rows.c.seq > audit_chains.c.last_seq)
    is_last = (own.c.chain == audit_chains.c.chain) & (own.c.seq == audit_chains.c.last_seq)
    is_wrong = [own.c.hash.is_(None), own.c.hash != audit_chains.c.last_hash, own.c.at != audit_chains.c.last_at]
    wanted = select(audit_chains.c.chain).select_from(audit_chains.outerjoin(own, is_last))
    return wanted.where(or_(*is_wrong, audit_chains.c.last_at.is_(None), later.exists())).order_by(audit_chains.c.chain)


def _meeting_heads() -> Any:
    last = select(func.max(events.c.number)).where(events.c.meeting_id == meetings.c.id).scalar_subquery()
    chain = select(audit_chains.c.chain).where(audit_chains.c.chain == meetings.c.id)
    is_wrong = or_(last.is_(None), last != meetings.c.last_number, ~chain.exists())
    return select(meetings.c.id).where(is_wrong).order_by(meetings.c.id)


def _plan_heads() -> Any:
    table = plan_table.c
    same = (plan_updates.c.plan_id == table.id) & (plan_updates.c.audience == table.audience)
    same &= plan_updates.c.epoch == table.epoch
    last = select(func.max(plan_updates.c.seq)).where(same).scalar_subquery()
    digest = select(plan_updates.c.hash).where(same, plan_updates.c.seq == table.last_seq).scalar_subquery()
    is_wrong = or_(func.coalesce(last, 0) != table.last_seq, func.coalesce(digest, audit.FIRST) != table.last_hash)
    return select(table.id, table.audience, table.epoch).where(is_wrong).order_by(table.id)


async def _strays(database: Database) -> Broken | None:
    """The first row that belongs to nothing known, or thing known whose row is gone."""
    chain = select(audit_chains.c.chain)
    filed = rows.alias()
    is_filing = (filed.c.chain == case_records.c.meeting_id) & (filed.c.action == audit.RECORD_FILED)
    is_filing &= filed.c.object == "record/" + case_records.c.id
    known_plan = select(plan_table.c.id)
    async with reading(database) as connection:
        if not database.is_sqlite:
            await connection.execute(text("SET LOCAL statement_timeout = 0"))
        for wanted, what in (
            (select(rows.c.chain).where(rows.c.chain.not_in(chain)), "audit rows of a chain that is missing"),
            (select(events.c.meeting_id).where(events.c.meeting_id.not_in(chain)), "events of a chain that is missing"),
            (
                select(case_records.c.meeting_id).where(~select(filed.c.seq).where(is_filing).exists()),
                "a record that stands in no audit row",
            ),
            (select(meetings.c.id).where(meetings.c.plan_id.not_in(known_plan)), "its plan is missing"),
            (select(plan_updates.c.plan_id).where(plan_updates.c.plan_id.not_in(known_plan)), "rows of a missing plan"),
            (
                select(plan_snapshots.c.plan_id).where(plan_snapshots.c.plan_id.not_in(known_plan)),
                "the shortened history of a missing plan",
            ),
        ):
            found = await connection.scalar(wanted.limit(1))
            if found is not None:
                return Broken(found, what)
    return None
