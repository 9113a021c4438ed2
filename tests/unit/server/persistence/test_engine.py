"""Which journal an SQLite library can be trusted with, and how connections are set up."""

from pathlib import Path

import pytest

from server.persistence.engine import journal_mode, open_database
from server.persistence.unit_of_work import reading, writing


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "PERSIST"),
        ((3, 44, 5), "PERSIST"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "PERSIST"),
        ((3, 50, 6), "PERSIST"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "PERSIST"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
    ],
)
def test_F22_a_library_with_the_wal_reset_bug_gets_a_rollback_journal(version: tuple[int, ...], mode: str) -> None:
    assert journal_mode(version) == mode


async def test_every_commit_of_sqlite_is_synced(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "hearth.sqlite3"
    database = await open_database(f"sqlite:///{path}")
    try:
        assert database.is_sqlite
        async with writing(database) as connection:
            found = {
                pragma: (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar()
                for pragma in ("synchronous", "foreign_keys", "busy_timeout")
            }
        assert found == {"synchronous": 2, "foreign_keys": 1, "busy_timeout": 2000}
        assert path.stat().st_mode & 0o077 == 0
    finally:
        await database.close()


async def test_postgresql_gives_up_before_people_do(postgres_url: str) -> None:
    database = await open_database(postgres_url)
    try:
        async with reading(database) as connection:
            found = {
                name: (await connection.exec_driver_sql(f"SHOW {name}")).scalar()
                for name in ("statement_timeout", "lock_timeout", "synchronous_commit")
            }
        assert found == {"statement_timeout": "5s", "lock_timeout": "2s", "synchronous_commit": "on"}
    finally:
        await database.close()
