"""Every table. Ids are 32 hex characters, hashes 64 hex characters (SHA-256), times aware UTC.

Law: rows of `events`, `audit` and `case_records` are only ever added (triggers refuse the rest).
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from meetings.words import LONGEST_NAME, MOST_IN_A_LETTER

APPEND_ONLY = ("events", "audit", "case_records")


class Instant(TypeDecorator[datetime]):
    """An aware UTC time, exact to the microsecond. SQLite keeps it without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Naive times are a mistake: refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite numbers rows by itself only in a column of exactly this type.
_Number = BigInteger().with_variant(Integer, "sqlite")
_Id = String(32)
_Hash = String(64)
_Name = String(LONGEST_NAME * MOST_IN_A_LETTER)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

staff = Table(
    "staff",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),  # lower case
    Column("name", String(200), nullable=False),
    Column("role", String(32), nullable=False),
    Column("language", String(8), nullable=False),
    Column("password_hash", String(200), nullable=False),  # argon2id
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("id_sha256", _Hash, primary_key=True),
    Column("staff_id", _Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("device_id", _Id, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),  # whatever happens; idleness may end it sooner
    Column("revoked_at", Instant),
)

cases = Table(
    "cases",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("family_name", String(200), nullable=False),
    Column("worker_id", _Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("supervisor_id", _Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("opened_at", Instant, nullable=False),
)

case_children = Table(
    "case_children",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("case_id", _Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("born_on", Date),
    Column("living_with", String(200), nullable=False),
)

meetings = Table(
    "meetings",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("case_id", _Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("plan_id", _Id, nullable=False, unique=True),
    Column("practice", String(32), nullable=False),
    Column("family_name", String(200), nullable=False),
    Column("scheduled_at", Instant, nullable=False, index=True),
    Column("time_zone", String(64), nullable=False),
    Column("phase", String(16), nullable=False),
    Column("waiting", Integer, nullable=False),  # devices in the waiting room, for lists
    Column("last_number", Integer, nullable=False),  # of `events`; also the optimistic lock
    Column("moved_from", Instant),  # the time it had before it was moved
)

# For lists and greetings only; the truth is in the events. `language` is the person's own later choice.
meeting_participants = Table(
    "meeting_participants",
    metadata,
    Column("participant_id", _Id, primary_key=True),
    Column("meeting_id", _Id, ForeignKey("meetings.id"), nullable=False, index=True),
    Column("staff_id", _Id, ForeignKey("staff.id"), index=True),
    Column("position", Integer, nullable=False),
    Column("role", String(32), nullable=False),
    Column("relation", _Name, nullable=False),
    Column("name", _Name, nullable=False),
    Column("language", String(8), nullable=False),
    Column("removed_at", Instant),
)

events = Table(
    "events",
    metadata,
    Column("meeting_id", _Id, ForeignKey("meetings.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", _Id),
    Column("kind", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("payload", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=True),
    Column("topic", String(200), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("published_at", Instant),
    Index("ix_outbox_published_at_id", "published_at", "id"),
)

# A chain is a meeting's id, or "hearth" for what belongs to no meeting. `last_*` are those of its last row.
audit_chains = Table(
    "audit_chains",
    metadata,
    Column("chain", _Id, primary_key=True),
    Column("last_seq", Integer, nullable=False),
    Column("last_hash", _Hash, nullable=False),
    Column("last_at", Instant),  # None only within the transaction that begins a chain
)

audit = Table(
    "audit",
    metadata,
    Column("chain", _Id, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(64), nullable=False),
    Column("object", String(120), nullable=False),
    Column("detail", String(400), nullable=False),
    Column("prev_hash", _Hash, nullable=False),
    Column("hash", _Hash, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("token_sha256", _Hash, primary_key=True),
    Column("meeting_id", _Id, ForeignKey("meetings.id"), nullable=False),
    Column("participant_id", _Id, ForeignKey("meeting_participants.participant_id"), nullable=False, index=True),
    Column("issued_at", Instant, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("bound_device_id", _Id),
    Index("ix_links_meeting_id", "meeting_id"),
)

guest_sessions = Table(
    "guest_sessions",
    metadata,
    Column("id_sha256", _Hash, primary_key=True),
    Column("link_sha256", _Hash, ForeignKey("links.token_sha256"), nullable=False, index=True),
    Column("meeting_id", _Id, ForeignKey("meetings.id"), nullable=False, index=True),
    Column("participant_id", _Id, ForeignKey("meeting_participants.participant_id"), nullable=False, index=True),
    Column("device_id", _Id, nullable=False, unique=True),
    Column("second_device", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

tickets = Table(
    "tickets",
    metadata,
    Column("sha256", _Hash, primary_key=True),
    Column("meeting_id", _Id, ForeignKey("meetings.id"), nullable=False),
    Column("participant_id", _Id, nullable=False),
    Column("device_id", _Id, nullable=False),
    Column("second_device", Boolean, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("spent_at", Instant),
)

plans = Table(
    "plans",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("audience", String(64), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("meeting_id", _Id, ForeignKey("meetings.id"), nullable=False, index=True),
    Column("case_id", _Id, ForeignKey("cases.id"), nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("last_hash", _Hash, nullable=False, server_default="0" * 64),  # `hash` of its last update
    Column("frozen_seq", Integer),  # no update is taken while set
    Column("frozen_at", Instant),
    Column("frozen_sha256", _Hash),  # set once the event `plan.frozen` is written
)

plan_updates = Table(
    "plan_updates",
    metadata,
    Column("plan_id", _Id, primary_key=True),
    Column("audience", String(64), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("client_id", BigInteger, nullable=False),
    Column("clock_from", BigInteger, nullable=False),
    Column("clock_to", BigInteger, nullable=False),
    Column("participant_id", _Id, nullable=False),
    Column("at", Instant, nullable=False),
    Column("update", LargeBinary, nullable=False),
    Column("sha256", _Hash, nullable=False),
    Column("hash", _Hash, nullable=False, server_default=""),  # covers the row and the hash before it
    # Updates that only delete have equal clocks, so that the bytes must tell a resend from a second deletion.
    UniqueConstraint(
        "plan_id", "audience", "epoch", "client_id", "clock_from", "clock_to", "sha256", name="uq_plan_updates_resend"
    ),
)

plan_snapshots = Table(
    "plan_snapshots",
    metadata,
    Column("plan_id", _Id, primary_key=True),
    Column("audience", String(64), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("update", LargeBinary, nullable=False),
    Column("sha256", _Hash, nullable=False),
)

plan_client_ids = Table(
    "plan_client_ids",
    metadata,
    Column("plan_id", _Id, primary_key=True),
    Column("audience", String(64), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("client_id", BigInteger, primary_key=True, autoincrement=False),
    Column("participant_id", _Id, nullable=False),
    Column("device_id", _Id, nullable=False),
)

case_records = Table(
    "case_records",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("case_id", _Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("meeting_id", _Id, ForeignKey("meetings.id"), nullable=False, unique=True),
    Column("written_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),  # JSON as filed; its bytes are what `sha256` covers
    Column("sha256", _Hash, nullable=False),
)
