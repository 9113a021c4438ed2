"""The audit trail: chains of rows in which each hash covers the one before.

No row can be changed, lost or moved unseen. A chain is a meeting's id, or `HEARTH` for what belongs to no meeting.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from server.persistence.tables import audit, audit_chains

HEARTH = "hearth"
FIRST = "0" * 64


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to what. Ids only: never a name or a word of a plan. `detail` is a hash or a code."""

    actor: str
    action: str
    object: str
    detail: str = ""


async def append(connection: AsyncConnection, chain: str, at: datetime, entries: Sequence[AuditEntry]) -> None:
    """Add to a chain. Locks it until the transaction ends."""
    seq, previous = await _head(connection, chain)
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
    await connection.execute(
        update(audit_chains).where(audit_chains.c.chain == chain).values(last_seq=seq, last_hash=previous)
    )


def entry_hash(previous: str, chain: str, seq: int, at: datetime, entry: AuditEntry) -> str:
    """SHA-256 over the hash before and the canonical bytes of the row."""
    fields = [chain, seq, at.isoformat(), entry.actor, entry.action, entry.object, entry.detail]
    return hashlib.sha256(previous.encode() + msgspec.json.encode(fields)).hexdigest()


async def first_broken(connection: AsyncConnection, chain: str) -> int | None:
    """The seq at which the chain no longer holds (a missing tail counts at its end); None when it is whole."""
    last_seq, last_hash = await _head(connection, chain)
    previous, expected = FIRST, 0
    for row in await connection.execute(select(audit).where(audit.c.chain == chain).order_by(audit.c.seq)):
        expected += 1
        entry = AuditEntry(actor=row.actor, action=row.action, object=row.object, detail=row.detail)
        digest = entry_hash(previous, chain, expected, row.at, entry)
        if (row.seq, row.prev_hash, row.hash) != (expected, previous, digest):
            return expected
        previous = digest
    return None if (expected, previous) == (last_seq, last_hash) else expected + 1


async def entries(connection: AsyncConnection, chain: str) -> Sequence[AuditEntry]:
    """A chain's entries, oldest first."""
    found = await connection.execute(select(audit).where(audit.c.chain == chain).order_by(audit.c.seq))
    return [AuditEntry(actor=row.actor, action=row.action, object=row.object, detail=row.detail) for row in found]


async def _head(connection: AsyncConnection, chain: str) -> tuple[int, str]:
    """The chain's last seq and hash, with its row locked; begun when it is new."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    await connection.execute(
        dialect.insert(audit_chains).values(chain=chain, last_seq=0, last_hash=FIRST).on_conflict_do_nothing()
    )
    head = (await connection.execute(select(audit_chains).where(audit_chains.c.chain == chain).with_for_update())).one()
    return head.last_seq, head.last_hash
