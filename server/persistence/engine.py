"""Opening the database: SQLite with one writer and full sync, or PostgreSQL with strict timeouts.

Law: nothing is acknowledged before COMMIT with fsync. A database that cannot be trusted is refused in plain words
(`DatabaseRefused`); it is never replaced by an empty one.
"""

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from asyncpg import InterfaceError, PostgresError  # type: ignore[import-untyped]
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from server.persistence.address import parsed, postgres_options
from server.persistence.file_lock import FileLock
from server.persistence.refusal import DatabaseRefused, Unstorable, in_its_words
from server.persistence.schema import require_newest, upgrade

POOL_WAIT_S = 2.0
SQLITE_WAIT_S = 10.0  # all work shares one connection there, so that a burst queues longer
POSTGRES_CONNECTIONS = 8  # a node's share of the server's connections; more only queue on its disk
# A server that stops answering (a hung machine, a network that swallows packets) is given up on after this. More keeps
# people waiting on a dead database; less than its `statement_timeout` below cuts off work it would have answered.
COMMAND_S = 6.0
MIGRATION_S = 600.0  # a new schema may rewrite tables, and the second node to start waits for the first
BUSY_MS = 2000
POSTGRES_SETTINGS = {
    "application_name": "hearth",
    "statement_timeout": "5000",
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "10000",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
}


class Database:
    """An opened database. `write` makes transactions that may change it, `read` those that do not."""

    def __init__(self, address: URL, write: AsyncEngine, read: AsyncEngine, lock: FileLock | None) -> None:
        self.address = address
        self.write = write
        self.read = read
        self._lock = lock

    @property
    def is_sqlite(self) -> bool:
        """Whether the record lives in one file."""
        return self.write.dialect.name == "sqlite"

    async def close(self) -> None:
        """Close every connection and let another process open the file."""
        await self.write.dispose()
        if self.read is not self.write:
            await self.read.dispose()
        if self._lock is not None:
            self._lock.release(clean=True)


async def open_database(url: str) -> Database:
    """Open `sqlite:///…` or `postgresql://…` (with or without the async driver's name).

    Raises DatabaseRefused when the address cannot be read or reached, when another process holds the file, or when it
    is damaged or cannot be written.
    """
    address = parsed(url)
    if address.get_backend_name() == "postgresql":
        return await _open_postgres(address.set(drivername="postgresql+asyncpg"))
    if address.get_backend_name() == "sqlite":
        return await _open_sqlite(address.set(drivername="sqlite+aiosqlite"))
    raise DatabaseRefused(f"Hearth keeps its record in SQLite or PostgreSQL, not in {address.get_backend_name()}.")


async def open_to_look(url: str) -> Database:
    """Open a database to read it, beside a server that uses it. Raises DatabaseRefused as `open_database` does, and for
    a schema that is not this program's."""
    address = parsed(url)
    if address.get_backend_name() == "postgresql":
        database = await _open_postgres(address.set(drivername="postgresql+asyncpg"), command_s=MIGRATION_S)
    else:
        database = _look_at_sqlite(address)
    try:
        await require_newest(database.read)
    except (SQLAlchemyError, PostgresError, OSError) as error:
        await database.close()
        raise DatabaseRefused(f"The database cannot be read: {in_its_words(error)}.") from error
    except DatabaseRefused:
        await database.close()
        raise
    return database


async def migrate(database: Database) -> None:
    """Bring the schema up to date. Raises DatabaseRefused for a database of a newer Hearth, or of another program,
    which stays untouched, and for one that cannot be written (a full disk, a standby)."""
    patient = database.write
    if not database.is_sqlite:
        patient = _postgres_engine(database.address, command_s=MIGRATION_S)
    try:
        await upgrade(patient)
    except (SQLAlchemyError, PostgresError, OSError) as error:
        raise DatabaseRefused(f"The database cannot be brought up to date: {in_its_words(error)}.") from error
    finally:
        if patient is not database.write:
            await patient.dispose()


def journal_mode(version: tuple[int, ...]) -> str:
    """The journal an SQLite library can be trusted with: WAL may lose commits in the versions with the reset bug
    (3.7.0 to 3.51.2 without 3.44.6 and 3.50.7, sqlite.org/wal.html#walresetbug)."""
    fixed = version >= (3, 51, 3) or (version[:2] == (3, 44) and version >= (3, 44, 6))
    fixed = fixed or (version[:2] == (3, 50) and version >= (3, 50, 7))
    return "WAL" if fixed else "PERSIST"


def _postgres_engine(address: URL, *, command_s: float) -> AsyncEngine:
    options, settings = postgres_options(address)
    limits = {"timeout": POOL_WAIT_S, "command_timeout": command_s}
    engine = create_async_engine(
        address.set(query={}),
        pool_size=POSTGRES_CONNECTIONS,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"server_settings": POSTGRES_SETTINGS | settings, **limits, **options},
    )
    event.listen(engine.sync_engine, "before_cursor_execute", _refuse_nul)
    return engine


async def _open_postgres(url: URL, *, command_s: float = COMMAND_S) -> Database:
    engine = _postgres_engine(url, command_s=command_s)
    try:
        async with engine.connect():
            pass
    except (SQLAlchemyError, PostgresError, InterfaceError, OSError) as error:
        await engine.dispose()
        place = f"{url.host or 'localhost'}:{url.port or 5432}"
        raise DatabaseRefused(f"The database at {place} cannot be used: {in_its_words(error)}.") from error
    return Database(url, engine, engine, None)


async def _open_sqlite(url: URL) -> Database:
    if not url.database or url.database == ":memory:":
        raise DatabaseRefused("The record needs a file: a database in memory would be lost with the process.")
    if url.query:
        raise DatabaseRefused(f"The address of an SQLite database takes no options such as {min(url.query)}.")
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock.take(path.with_name(path.name + ".lock"))
    except OSError as error:
        raise DatabaseRefused(f"The folder of the database cannot be written: {error.strerror}.") from error
    mode = journal_mode(sqlite3.sqlite_version_info)
    try:
        _miss(path, lock)
        _examine(path, lock.was_unclean)
        lock.keep()
    except BaseException:
        lock.release(clean=not lock.was_unclean)
        raise
    write = _sqlite_engine(url, mode, connections=1, begin="BEGIN IMMEDIATE")
    # In a rollback journal readers and the writer lock each other out file-wide: one connection, and nobody is busy.
    read = _sqlite_engine(url, mode, connections=4, begin="BEGIN") if mode == "WAL" else write
    return Database(url, write, read, lock)


def _look_at_sqlite(url: URL) -> Database:
    path = Path(url.database or "")
    if url.get_backend_name() != "sqlite" or not path.is_file():
        raise DatabaseRefused(f"There is no database {path.name} in {path.parent}.")
    file = f"file:{quote(str(path.resolve()))}"
    address = URL.create("sqlite+aiosqlite", database=file, query={"mode": "ro", "uri": "true"})
    engine = _sqlite_engine(address, None, connections=1, begin="BEGIN")
    return Database(address, engine, engine, None)


def _miss(path: Path, lock: FileLock) -> None:
    """Refuse to begin an empty record where an earlier one is known to have been."""
    if path.exists() and not path.stat().st_size:
        raise DatabaseRefused(
            f"The database {path.name} is empty. Put back a backup, or remove it and {path.name}.lock to begin anew."
        )
    if lock.has_record and not path.exists():
        raise DatabaseRefused(
            f"The database {path.name} is gone. Put back a backup, or remove {path.name}.lock to begin anew."
        )


def _examine(path: Path, was_unclean: bool) -> None:
    """Refuse a file that is not ours to write or does not hold together; looked through fully after a crash."""
    existed = path.exists()
    try:
        if not existed:
            _begin(path)
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA schema_version").fetchone()
            check = "integrity_check" if was_unclean else "quick_check(1)"
            found = connection.execute(f"PRAGMA {check}").fetchone()[0]
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        finally:
            connection.close()
    except (sqlite3.Error, OSError) as error:
        raise DatabaseRefused(f"The database {path.name} cannot be opened for writing: {error}.") from error
    if found != "ok":
        raise DatabaseRefused(f"The database {path.name} is damaged. Put back a backup; nothing was changed.")


def _begin(path: Path) -> None:
    """Make the file with its first page, or not at all: one that is empty is taken for a record that was lost."""
    path.touch(mode=0o600)
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA user_version = 0")
        finally:
            connection.close()
    except (sqlite3.Error, OSError):
        path.unlink()
        raise


def _sqlite_engine(url: URL, mode: str | None, *, connections: int, begin: str) -> AsyncEngine:
    """`mode` is that of the journal; None leaves it as it is and only reads."""
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=SQLITE_WAIT_S,
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by us, never guessed by the driver
        cursor = connection.cursor()
        for pragma in (
            "query_only=ON" if mode is None else f"journal_mode={mode}",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MS}",
            "trusted_schema=OFF",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "before_cursor_execute", _refuse_nul)
    return engine


def _refuse_nul(_connection: Any, _cursor: Any, _statement: str, parameters: Any, _context: Any, is_many: bool) -> None:
    """PostgreSQL keeps no text with a NUL and SQLite does: neither is asked, so that both answer the same."""
    for row in parameters if is_many else [parameters]:
        if any(isinstance(value, str) and "\0" in value for value in row):
            raise Unstorable("a text holds a NUL")
