"""Alembic's entry: always handed an open connection by `server.persistence.schema`."""

from alembic import context

from server.persistence.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
