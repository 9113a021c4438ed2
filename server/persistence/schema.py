"""The schema's version: upgraded with alembic at start, refused when it is not ours or newer than this program."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from server.persistence.refusal import DatabaseRefused

_MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x48656172  # two nodes that start together migrate one after the other


def alembic_config() -> Config:
    """Alembic's settings, without a file."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


async def upgrade(engine: AsyncEngine) -> None:
    """Upgrade to the newest revision in one transaction. Raises DatabaseRefused."""
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            await connection.execute(text("SET LOCAL statement_timeout = 0"))
            await connection.execute(text("SET LOCAL lock_timeout = 0"))
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        await connection.run_sync(_upgrade)


async def require_newest(engine: AsyncEngine) -> None:
    """Raises DatabaseRefused unless the schema is this program's own."""
    async with engine.connect() as connection:
        found = await connection.run_sync(_revision)
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if found != newest:
        raise DatabaseRefused(f"This database has the schema {found} and not {newest}: start this Hearth once first.")


def _upgrade(connection: Connection) -> None:
    config = alembic_config()
    found = _revision(connection)
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise DatabaseRefused(
            f"This database was written by a newer Hearth (schema {found}). Start that version, or put back a backup."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    """The schema's revision; None for an empty database. Raises DatabaseRefused for another program's tables."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise DatabaseRefused("This database holds tables that are not Hearth's. Choose another one.")
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None:
        raise DatabaseRefused("This database does not say which schema it has. Put back a backup.")
    return found
