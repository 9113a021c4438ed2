"""Whether the record can be written, told in time and at little cost."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.persistence import probe
from server.persistence.engine import Database, open_database
from server.persistence.probe import WriteProbe


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await open_database(database_url)
    yield opened
    await opened.close()


async def test_a_database_that_takes_a_commit_is_ready(database: Database) -> None:
    asked = WriteProbe(database)
    assert await asked() is True
    await asked.close()


async def test_a_database_that_only_reads_is_not(database: Database) -> None:
    async with database.write.connect() as connection:
        if database.is_sqlite:
            await connection.exec_driver_sql("PRAGMA query_only = ON")
        else:
            name = database.write.url.database
            await connection.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            await connection.commit()
    if not database.is_sqlite:
        await database.write.dispose()  # the next connection begins with it
    assert await WriteProbe(database)() is False


async def test_a_disk_that_is_nearly_full_is_not_and_one_with_room_again_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await open_database(f"sqlite:///{tmp_path / 'hearth.sqlite3'}")
    asked = WriteProbe(opened)
    monkeypatch.setattr(probe, "SHARED_S", 0.0)
    monkeypatch.setattr(probe, "FREE_BYTES", 2**62)
    assert await asked() is False
    monkeypatch.setattr(probe, "FREE_BYTES", 0)
    assert await asked() is True
    await opened.close()


async def test_many_who_ask_share_one_try(tmp_path: Path) -> None:
    path = tmp_path / "hearth.sqlite3"
    opened = await open_database(f"sqlite:///{path}")
    asked = WriteProbe(opened)
    before_any = changes(path)
    await asked()
    before = changes(path)
    assert before != before_any
    assert await asyncio.gather(*[asked() for _ in range(20)]) == [True] * 20
    assert changes(path) == before
    await opened.close()


async def test_a_database_busy_for_long_is_a_no_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "ANSWER_S", 0.05)
    opened = await open_database(f"sqlite:///{tmp_path / 'hearth.sqlite3'}")
    asked = WriteProbe(opened)
    async with opened.write.begin():
        assert await asyncio.wait_for(asked(), 5) is False
    await asked.close()
    await opened.close()


def changes(path: Path) -> bytes:
    """The file's own count of commits (bytes 24 to 27 of its header, sqlite.org/fileformat.html)."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA schema_version")
    connection.close()
    return path.read_bytes()[24:28]
