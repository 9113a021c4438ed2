"""The audit chains cover plan rows, records and each other. What is there already is taken in as it stands today."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

FIRST = "0" * 64
HEARTH = "hearth"
NAMED = "chain, seq, at, actor, action, object, detail, prev_hash, hash"


def upgrade() -> None:
    op.add_column("audit_chains", sa.Column("last_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("plans", sa.Column("last_hash", sa.String(length=64), nullable=False, server_default=FIRST))
    op.add_column("plan_updates", sa.Column("hash", sa.String(length=64), nullable=False, server_default=""))
    bind = op.get_bind()
    bind.execute(
        sa.text(
            "UPDATE audit_chains SET last_at = (SELECT at FROM audit "
            "WHERE audit.chain = audit_chains.chain AND audit.seq = audit_chains.last_seq)"
        )
    )
    now = datetime.now(UTC)
    chains = bind.execute(sa.text("SELECT chain FROM audit_chains WHERE chain <> 'hearth' ORDER BY chain")).scalars()
    for chain in chains.all():
        _append(bind, HEARTH, now, "chain.begun", f"chain/{chain}", "")
    for plan in bind.execute(sa.text("SELECT * FROM plans ORDER BY id, audience, epoch")).all():
        _link(bind, plan, now)
    for record_id in bind.execute(sa.text("SELECT id FROM case_records ORDER BY id")).scalars().all():
        _file(bind, record_id, now)


def downgrade() -> None:
    op.drop_column("plan_updates", "hash")
    op.drop_column("plans", "last_hash")
    op.drop_column("audit_chains", "last_at")


def _link(bind: sa.Connection, plan: sa.Row[Any], now: datetime) -> None:
    """Chain the rows of one plan, and write its head and its snapshots down."""
    key = {"id": plan.id, "audience": plan.audience, "epoch": plan.epoch}
    stream = f"{plan.id}/{plan.audience}/{plan.epoch}"
    of_plan = "plan_id = :id AND audience = :audience AND epoch = :epoch"
    seqs = bind.execute(sa.text(f"SELECT seq FROM plan_updates WHERE {of_plan} ORDER BY seq"), key).scalars().all()  # noqa: S608
    one = sa.text(f"SELECT * FROM plan_updates WHERE {of_plan} AND seq = :seq").columns(  # noqa: S608
        at=sa.DateTime(timezone=True)
    )
    linked = sa.text(f"UPDATE plan_updates SET hash = :hash WHERE {of_plan} AND seq = :seq")  # noqa: S608
    previous = FIRST
    for seq in seqs:
        row = bind.execute(one, key | {"seq": seq}).one()
        who = [row.client_id, row.clock_from, row.clock_to, row.participant_id]
        digest = hashlib.sha256(bytes(row.update)).hexdigest()
        previous = _hash(previous, [stream, seq, _utc(row.at).isoformat(), *who, digest])
        bind.execute(linked, key | {"seq": seq, "hash": previous})
    bind.execute(
        sa.text("UPDATE plans SET last_hash = :hash WHERE id = :id AND audience = :audience AND epoch = :epoch"),
        key | {"hash": previous},
    )
    _append(bind, plan.meeting_id, now, "plan.head", f"plan/{stream}/{plan.last_seq}", previous)
    shortened = bind.execute(sa.text(f"SELECT seq, sha256 FROM plan_snapshots WHERE {of_plan} ORDER BY seq"), key)  # noqa: S608
    for row in shortened.all():
        _append(bind, plan.meeting_id, now, "plan.shortened", f"plan/{stream}/{row.seq}", row.sha256)


def _file(bind: sa.Connection, record_id: str, now: datetime) -> None:
    one = sa.text("SELECT * FROM case_records WHERE id = :id").columns(written_at=sa.DateTime(timezone=True))
    row = bind.execute(one, {"id": record_id}).one()
    digest = hashlib.sha256(bytes(row.body)).hexdigest()
    detail = _hash("", [row.id, row.case_id, row.meeting_id, _utc(row.written_at).isoformat(), digest])
    _append(bind, row.meeting_id, now, "record.filed", f"record/{row.id}", detail)


def _append(bind: sa.Connection, chain: str, now: datetime, action: str, of: str, detail: str) -> None:
    found = bind.execute(sa.text("SELECT last_seq, last_hash FROM audit_chains WHERE chain = :chain"), {"chain": chain})
    head = found.first()
    if head is None:
        bind.execute(
            sa.text("INSERT INTO audit_chains (chain, last_seq, last_hash) VALUES (:chain, 0, :hash)"),
            {"chain": chain, "hash": FIRST},
        )
    seq, previous = (1, FIRST) if head is None else (head.last_seq + 1, head.last_hash)
    digest = _hash(previous, [chain, seq, now.isoformat(), "server", action, of, detail])
    values = {"chain": chain, "seq": seq, "action": action, "of": of, "detail": detail, "before": previous}
    dated = sa.bindparam("at", value=_stored(bind, now), type_=sa.DateTime(timezone=True))
    bind.execute(
        sa.text(
            f"INSERT INTO audit ({NAMED}) "  # noqa: S608
            "VALUES (:chain, :seq, :at, 'server', :action, :of, :detail, :before, :hash)"
        ).bindparams(dated),
        values | {"hash": digest},
    )
    bind.execute(
        sa.text(
            "UPDATE audit_chains SET last_seq = :seq, last_hash = :hash, last_at = :at WHERE chain = :chain"
        ).bindparams(dated),
        {"chain": chain, "seq": seq, "hash": digest},
    )


def _hash(previous: str, fields: list[Any]) -> str:
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous.encode() + text.encode()).hexdigest()


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _stored(bind: sa.Connection, at: datetime) -> datetime:
    return at.replace(tzinfo=None) if bind.dialect.name == "sqlite" else at
