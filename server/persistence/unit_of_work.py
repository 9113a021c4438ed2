"""Transactions: begun here, committed here, and begun again after a lost race or a passing refusal of the database."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from asyncpg import PostgresError  # type: ignore[import-untyped]
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from server.persistence.engine import Database
from server.persistence.refusal import StaleWrite, StorageUnavailable, Unstorable

ATTEMPTS = 4
JITTER_S = 0.02  # between attempts, growing; less makes two losers meet again
_PASSING = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available
_NOT_STORABLE = "22"  # the class of values that do not fit (too long, out of range, a NUL)

T = TypeVar("T")

# PostgresError itself is what a server says that is starting or stopping, before SQLAlchemy has a connection.
UNREACHABLE = (DBAPIError, PoolTimeout, PostgresError, OSError)


@asynccontextmanager
async def writing(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction that may write; committed, with fsync, when the block ends without an error.

    Raises StaleWrite for a passing refusal (see `attempted`), StorageUnavailable when the database is not there,
    Unstorable for a value that no row can hold.
    """
    try:
        async with database.write.begin() as connection:
            yield connection
    except UNREACHABLE as error:
        raise _translated(error) from error


@asynccontextmanager
async def reading(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction that only reads. Raises as `writing` does."""
    try:
        async with database.read.begin() as connection:
            yield connection
    except UNREACHABLE as error:
        raise _translated(error) from error


async def attempted(work: Callable[[], Awaitable[T]]) -> T:
    """Run `work` (which begins its own transactions) up to four times, as long as it raises StaleWrite.

    Raises StorageUnavailable when every attempt lost.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await work()
        except StaleWrite as lost:
            if attempt == ATTEMPTS:
                raise StorageUnavailable("every attempt lost a race") from lost
            await asyncio.sleep(random.uniform(0, JITTER_S * attempt))  # noqa: S311
    raise AssertionError("unreachable")


def _translated(error: Exception) -> Exception:
    if isinstance(error, IntegrityError):
        return error
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        if state in _PASSING or "database is locked" in str(error.orig):
            return StaleWrite(str(state))
        if str(state).startswith(_NOT_STORABLE):
            return Unstorable(str(state))
    return StorageUnavailable(type(error).__name__)
