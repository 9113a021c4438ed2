"""The log of plan updates, its snapshots, the freeze, and the Yjs client ids issued for it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, delete, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.ids import CaseId, DeviceId, MeetingId, ParticipantId
from realtime.ports import NewUpdate, PlanFrozenError, PlanKey, Snapshot, StoredUpdate
from server.persistence import audit
from server.persistence.audit import AuditEntry
from server.persistence.tables import plan_client_ids, plan_snapshots, plan_updates, plans

FREEZING_S = 30  # a freeze whose event is not written by then was cut off; writing goes on
SNAPSHOTS_KEPT = 2


class PlanUnknown(Exception):
    """No such document."""


async def add(connection: AsyncConnection, plan: PlanKey, meeting_id: MeetingId, case_id: CaseId) -> None:
    """A new, empty document."""
    await connection.execute(
        insert(plans).values(
            id=plan.plan_id,
            audience=plan.audience,
            epoch=plan.epoch,
            meeting_id=meeting_id,
            case_id=case_id,
            last_seq=0,
            last_hash=audit.FIRST,
        )
    )


async def append(
    connection: AsyncConnection, plan: PlanKey, updates: Sequence[NewUpdate], now: datetime
) -> list[int | None]:
    """Write updates under the document's lock: the log number of each, None for what was already there.

    Raises PlanFrozenError, PlanUnknown.
    """
    row = await _locked(connection, plan)
    if row.frozen_seq is not None:
        if row.frozen_sha256 is not None or row.frozen_at > now - timedelta(seconds=FREEZING_S):
            raise PlanFrozenError
        await thaw(connection, plan)
    known = await _known(connection, plan, updates)
    seq: int = row.last_seq
    digest: str = row.last_hash
    numbers: list[int | None] = []
    rows = []
    for entry in updates:
        sha256 = hashlib.sha256(entry.update).hexdigest()
        identity = (entry.client_id, entry.clock_from, entry.clock_to, sha256)
        if identity in known:
            numbers.append(None)
            continue
        known.add(identity)
        seq += 1
        numbers.append(seq)
        digest = row_hash(digest, plan, seq, now, entry)
        rows.append(_key_values(plan) | _update_values(entry, seq, now, sha256) | {"hash": digest})
    if rows:
        await connection.execute(insert(plan_updates), rows)
        await connection.execute(update(plans).where(_is(plans, plan)).values(last_seq=seq, last_hash=digest))
    return numbers


async def after(connection: AsyncConnection, plan: PlanKey, seq: int, through: int | None = None) -> list[StoredUpdate]:
    """Updates with a higher log number (up to `through`), in order."""
    condition = _is(plan_updates, plan) & (plan_updates.c.seq > seq)
    if through is not None:
        condition &= plan_updates.c.seq <= through
    found = await connection.execute(select(plan_updates).where(condition).order_by(plan_updates.c.seq))
    return [
        StoredUpdate(
            seq=row.seq,
            client_id=row.client_id,
            clock_from=row.clock_from,
            clock_to=row.clock_to,
            participant_id=row.participant_id,
            update=bytes(row.update),
        )
        for row in found
    ]


async def snapshot(connection: AsyncConnection, plan: PlanKey, through: int | None = None) -> Snapshot | None:
    """The newest snapshot (that covers no more than `through`)."""
    condition = _is(plan_snapshots, plan)
    if through is not None:
        condition &= plan_snapshots.c.seq <= through
    found = (
        await connection.execute(select(plan_snapshots).where(condition).order_by(plan_snapshots.c.seq.desc()).limit(1))
    ).first()
    return None if found is None else Snapshot(seq=found.seq, update=bytes(found.update), sha256=found.sha256)


async def add_snapshot(connection: AsyncConnection, plan: PlanKey, made: Snapshot, now: datetime) -> None:
    """Keep a snapshot and the one before it. The updates stay: they are the record. Its hash goes into the meeting's
    audit chain, which is locked first, as where a plan is frozen."""
    meeting_id = await _meeting_of(connection, plan)
    await audit.hold(connection, meeting_id, now)
    await _locked(connection, plan)
    seqs = await connection.execute(
        select(plan_snapshots.c.seq).where(_is(plan_snapshots, plan)).order_by(plan_snapshots.c.seq.desc())
    )
    held = [row.seq for row in seqs]
    if made.seq in held:
        return
    await connection.execute(
        insert(plan_snapshots).values(**_key_values(plan), seq=made.seq, at=now, update=made.update, sha256=made.sha256)
    )
    at = audit.plan_object(stream(plan), made.seq)
    entry = AuditEntry(actor="server", action=audit.PLAN_SHORTENED, object=at, detail=made.sha256)
    await audit.append(connection, meeting_id, now, [entry])
    old = sorted([*held, made.seq], reverse=True)[SNAPSHOTS_KEPT:]
    if old:
        await connection.execute(delete(plan_snapshots).where(_is(plan_snapshots, plan), plan_snapshots.c.seq.in_(old)))


async def begin_freeze(connection: AsyncConnection, plan: PlanKey, now: datetime) -> int:
    """Stop the log here and return its last number. A freeze that was cut off is taken up again at its number."""
    row = await _locked(connection, plan)
    seq: int = row.last_seq if row.frozen_seq is None else row.frozen_seq
    await connection.execute(update(plans).where(_is(plans, plan)).values(frozen_seq=seq, frozen_at=now))
    return seq


async def finish_freeze(connection: AsyncConnection, plan: PlanKey, seq: int, sha256: str) -> bool:
    """Write the hash of the plan as rendered through `seq`; False when the log was opened again in between."""
    done = await connection.execute(
        update(plans)
        .where(_is(plans, plan), plans.c.frozen_seq == seq, plans.c.last_seq == seq, plans.c.frozen_sha256.is_(None))
        .values(frozen_sha256=sha256)
    )
    return done.rowcount == 1


async def give_up_freeze(connection: AsyncConnection, plan: PlanKey, seq: int) -> None:
    """Undo `begin_freeze`, unless someone else finished it."""
    await connection.execute(
        update(plans)
        .where(_is(plans, plan), plans.c.frozen_seq == seq, plans.c.frozen_sha256.is_(None))
        .values(frozen_seq=None, frozen_at=None)
    )


async def thaw(connection: AsyncConnection, plan: PlanKey) -> None:
    """Open the log again."""
    await connection.execute(
        update(plans).where(_is(plans, plan)).values(frozen_seq=None, frozen_at=None, frozen_sha256=None)
    )


async def freeze_of(connection: AsyncConnection, plan: PlanKey) -> tuple[int, str] | None:
    """Log number and hash of the finished freeze."""
    row = (await connection.execute(select(plans).where(_is(plans, plan)))).first()
    if row is None or row.frozen_seq is None or row.frozen_sha256 is None:
        return None
    return row.frozen_seq, row.frozen_sha256


async def anchor(connection: AsyncConnection, meeting_id: MeetingId, now: datetime) -> None:
    """Write where the meeting's plans stand, and the hash of all their rows, into its audit chain."""
    found = await connection.execute(
        select(plans).where(plans.c.meeting_id == meeting_id).order_by(plans.c.id, plans.c.audience, plans.c.epoch)
    )
    heads = []
    for row in found:
        at = audit.plan_object(f"{row.id}/{row.audience}/{row.epoch}", row.last_seq)
        heads.append(AuditEntry(actor="server", action=audit.PLAN_HEAD, object=at, detail=row.last_hash))
    await audit.append(connection, meeting_id, now, heads)


def stream(plan: PlanKey) -> str:
    """How the audit trail names a document."""
    return f"{plan.plan_id}/{plan.audience}/{plan.epoch}"


def row_hash(previous: str, plan: PlanKey, seq: int, at: datetime, entry: NewUpdate | StoredUpdate) -> str:
    """The hash of one update in the log, over that of the one before."""
    who = (entry.client_id, entry.clock_from, entry.clock_to, entry.participant_id)
    return audit.plan_row_hash(previous, stream(plan), seq, at, who, entry.update)


async def add_client_id(
    connection: AsyncConnection, plan: PlanKey, client_id: int, participant_id: ParticipantId, device_id: DeviceId
) -> None:
    """Remember to whom a client id was issued. An id in use raises IntegrityError."""
    await connection.execute(
        insert(plan_client_ids).values(
            **_key_values(plan), client_id=client_id, participant_id=participant_id, device_id=device_id
        )
    )


async def client_ids(connection: AsyncConnection, plan: PlanKey) -> dict[int, tuple[ParticipantId, DeviceId]]:
    """Every client id issued, and to whom."""
    found = await connection.execute(select(plan_client_ids).where(_is(plan_client_ids, plan)))
    return {row.client_id: (row.participant_id, row.device_id) for row in found}


async def _meeting_of(connection: AsyncConnection, plan: PlanKey) -> MeetingId:
    found: MeetingId | None = await connection.scalar(select(plans.c.meeting_id).where(_is(plans, plan)))
    if found is None:
        raise PlanUnknown(plan.plan_id)
    return found


async def _locked(connection: AsyncConnection, plan: PlanKey) -> Row[Any]:
    row = (await connection.execute(select(plans).where(_is(plans, plan)).with_for_update())).first()
    if row is None:
        raise PlanUnknown(plan.plan_id)
    return row


async def _known(
    connection: AsyncConnection, plan: PlanKey, updates: Sequence[NewUpdate]
) -> set[tuple[int, int, int, str]]:
    """Which of these are in the log already: client, clocks and bytes."""
    table = plan_updates.c
    starts = {(entry.client_id, entry.clock_from) for entry in updates}
    found = await connection.execute(
        select(table.client_id, table.clock_from, table.clock_to, table.sha256).where(
            _is(plan_updates, plan), tuple_(table.client_id, table.clock_from).in_(starts)
        )
    )
    return {(row.client_id, row.clock_from, row.clock_to, row.sha256) for row in found}


def _is(table: Table, plan: PlanKey) -> ColumnElement[bool]:
    plan_id = table.c.id if table is plans else table.c.plan_id
    condition: ColumnElement[bool] = (
        (plan_id == plan.plan_id) & (table.c.audience == plan.audience) & (table.c.epoch == plan.epoch)
    )
    return condition


def _key_values(plan: PlanKey) -> dict[str, object]:
    return {"plan_id": plan.plan_id, "audience": plan.audience, "epoch": plan.epoch}


def _update_values(entry: NewUpdate, seq: int, now: datetime, sha256: str) -> dict[str, object]:
    return {
        "seq": seq,
        "client_id": entry.client_id,
        "clock_from": entry.clock_from,
        "clock_to": entry.clock_to,
        "participant_id": entry.participant_id,
        "at": now,
        "update": entry.update,
        "sha256": sha256,
    }
