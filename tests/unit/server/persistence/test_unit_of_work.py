"""What is tried again, and what is given up."""

import pytest
from sqlalchemy import text

from server.persistence.engine import open_database
from server.persistence.refusal import StaleWrite, StorageUnavailable, Unstorable
from server.persistence.unit_of_work import ATTEMPTS, attempted, reading


async def test_a_lost_race_is_run_again() -> None:
    lost = iter([True, True, False])
    runs = 0

    async def work() -> str:
        nonlocal runs
        runs += 1
        if next(lost):
            raise StaleWrite
        return "written"

    assert await attempted(work) == "written"
    assert runs == 3


async def test_losing_every_time_is_unavailable() -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        raise StaleWrite

    with pytest.raises(StorageUnavailable):
        await attempted(work)
    assert runs == ATTEMPTS


async def test_another_error_is_not_tried_again() -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        raise KeyError

    with pytest.raises(KeyError):
        await attempted(work)
    assert runs == 1


async def test_a_value_no_row_can_hold_is_not_tried_again(database_url: str) -> None:
    database = await open_database(database_url)
    try:
        with pytest.raises(Unstorable):
            async with reading(database) as connection:
                await connection.execute(text("SELECT :given"), {"given": "a\0b"})
        if not database.is_sqlite:
            with pytest.raises(Unstorable):
                async with reading(database) as connection:
                    await connection.exec_driver_sql("SELECT 2147483647 + 1")
    finally:
        await database.close()
