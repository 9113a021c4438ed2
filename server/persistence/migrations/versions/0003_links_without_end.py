"""A link is valid until its meeting ends or it is revoked: it has no end of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.drop_column("links", "valid_to")


def downgrade() -> None:
    # An earlier Hearth asks for an end: one that no meeting reaches.
    op.add_column(
        "links",
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=False, server_default="9999-01-01 00:00:00"),
    )
