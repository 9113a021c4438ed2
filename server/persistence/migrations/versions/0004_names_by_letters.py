"""Room for names and relations of 80 letters, each of which may be several characters."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_COLUMNS = (("relation", 100), ("name", 200))
_WIDE = 1280


def upgrade() -> None:
    for column, narrow in _COLUMNS:
        _change(column, narrow, _WIDE)


def downgrade() -> None:
    # An earlier Hearth has no room for the longest: the lists show their beginning, the events keep them whole.
    for column, narrow in _COLUMNS:
        op.execute(f"UPDATE meeting_participants SET {column} = substr({column}, 1, {narrow})")  # noqa: S608
        _change(column, _WIDE, narrow)


def _change(column: str, old: int, new: int) -> None:
    """PostgreSQL alters the type. SQLite cannot, and may not rebuild a table that others refer to: a new column."""
    table, wanted = "meeting_participants", sa.String(new)
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column(table, column, type_=wanted, existing_type=sa.String(old), existing_nullable=False)
        return
    op.add_column(table, sa.Column(f"{column}_new", wanted, nullable=False, server_default=""))
    op.execute(f"UPDATE {table} SET {column}_new = {column}")  # noqa: S608
    op.drop_column(table, column)
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {column}_new TO {column}")
