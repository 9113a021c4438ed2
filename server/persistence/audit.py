"""The audit trail: chains of rows in which each hash covers the one before.

No row can be changed, lost or moved unseen (`server.persistence.audit_proof` looks). A chain is a meeting's id, or
`HEARTH` for what belongs to no meeting: there every chain is named when it begins, and its head written down when its
meeting is over, so that a whole chain cannot go unseen either. What a chain covers besides its own rows:

- every event, by an entry with its number, time, actor and kind and the hash of its content;
- every case record (`record.filed`) and every shortened history of a plan (`plan.shortened`), by hash;
- the plan's log, whose rows are a chain of their own (`plan_row_hash`), by its head when the plan is frozen and when
  the record is filed (`plan.head`).

Whoever has the disk and this program can make everything anew. Only what left the machine tells then: the head printed
on each record, and the head in the log of each start.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.events import VERSION
from server.persistence.tables import audit, audit_chains

HEARTH = "hearth"
FIRST = "0" * 64

CHAIN_BEGUN = "chain.begun"
CHAIN_SEALED = "chain.sealed"
RECORD_FILED = "record.filed"
PLAN_HEAD = "plan.head"
PLAN_SHORTENED = "plan.shortened"


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to what. Ids only: never a name or a word of a plan. `detail` is a hash or a code."""

    actor: str
    action: str
    object: str
    detail: str = ""


class Head(msgspec.Struct, frozen=True):
    """The last row of a chain, or one that was it."""

    seq: int
    hash: str

    def __str__(self) -> str:
        """As printed and as kept when a chain is sealed."""
        return f"{self.seq}:{self.hash}"

    @property
    def in_halves(self) -> str:
        """For the log, which cuts whatever is as long as a secret."""
        half = len(self.hash) // 2
        return f"{self.seq}:{self.hash[:half]} {self.hash[half:]}"


async def append(connection: AsyncConnection, chain: str, at: datetime, entries: Sequence[AuditEntry]) -> Head:
    """Add to a chain and return its new head. Locks it until the transaction ends."""
    head = await hold(connection, chain, at)
    seq, previous = head.seq, head.hash
    rows = []
    for entry in entries:
        seq += 1
        digest = entry_hash(previous, chain, seq, at, entry)
        rows.append(
            {"chain": chain, "seq": seq, "at": at, "prev_hash": previous, "hash": digest}
            | msgspec.structs.asdict(entry)
        )
        previous = digest
    await connection.execute(insert(audit), rows)
    moved = {"last_seq": seq, "last_hash": previous, "last_at": at}
    await connection.execute(update(audit_chains).where(audit_chains.c.chain == chain).values(moved))
    return Head(seq, previous)


async def seal(connection: AsyncConnection, chain: str, at: datetime) -> None:
    """Write the head of a chain into HEARTH's: from here back it stands in two places."""
    head = await hold(connection, chain, at)
    entry = AuditEntry(actor="server", action=CHAIN_SEALED, object=f"chain/{chain}", detail=str(head))
    await append(connection, HEARTH, at, [entry])


async def hold(connection: AsyncConnection, chain: str, at: datetime) -> Head:
    """The chain's head, with its row locked; begun when it is new. Lock a chain before a plan and HEARTH's last."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    begun = await connection.execute(
        dialect.insert(audit_chains).values(chain=chain, last_seq=0, last_hash=FIRST).on_conflict_do_nothing()
    )
    if begun.rowcount == 1 and chain != HEARTH:
        entry = AuditEntry(actor="server", action=CHAIN_BEGUN, object=f"chain/{chain}")
        await append(connection, HEARTH, at, [entry])
    head = (await connection.execute(select(audit_chains).where(audit_chains.c.chain == chain).with_for_update())).one()
    return Head(head.last_seq, head.last_hash)


async def entries(connection: AsyncConnection, chain: str) -> Sequence[AuditEntry]:
    """A chain's entries, oldest first."""
    found = await connection.execute(select(audit).where(audit.c.chain == chain).order_by(audit.c.seq))
    return [AuditEntry(actor=row.actor, action=row.action, object=row.object, detail=row.detail) for row in found]


async def filing(connection: AsyncConnection, chain: str, record_id: str) -> tuple[Head, str] | None:
    """The chain's head when a record had been filed, and the hash it was filed under."""
    is_filing = (audit.c.action == RECORD_FILED) & (audit.c.object == f"record/{record_id}")
    row = (await connection.execute(select(audit).where(audit.c.chain == chain, is_filing).limit(1))).first()
    return None if row is None else (Head(row.seq, row.hash), row.detail)


def entry_hash(previous: str, chain: str, seq: int, at: datetime, entry: AuditEntry) -> str:
    """SHA-256 over the hash before and the canonical bytes of the row."""
    fields: list[str | int] = [chain, seq, at.isoformat(), entry.actor, entry.action, entry.object, entry.detail]
    return _linked(previous, fields)


def event_detail(payload: bytes, version: int = VERSION) -> str:
    """What an event's entry says of its content; the first version of events goes without saying."""
    digest = hashlib.sha256(payload).hexdigest()
    return digest if version == 1 else f"v{version} {digest}"


def record_detail(record_id: str, case_id: str, meeting_id: str, written_at: datetime, body: bytes) -> str:
    """What a record's entry says of it: everything that was filed."""
    digest = hashlib.sha256(body).hexdigest()
    return _linked("", [record_id, case_id, meeting_id, written_at.astimezone(UTC).isoformat(), digest])


def plan_row_hash(previous: str, stream: str, seq: int, at: datetime, who: Sequence[str | int], update: bytes) -> str:
    """The hash of a row of a plan's log, over the one before. `who`: client, clocks from and to, participant."""
    digest = hashlib.sha256(update).hexdigest()
    return _linked(previous, [stream, seq, at.astimezone(UTC).isoformat(), *who, digest])


def plan_object(stream: str, seq: int) -> str:
    """How an entry names a place in a plan's log."""
    return f"plan/{stream}/{seq}"


def _linked(previous: str, fields: Sequence[str | int]) -> str:
    return hashlib.sha256(previous.encode() + msgspec.json.encode(fields)).hexdigest()
