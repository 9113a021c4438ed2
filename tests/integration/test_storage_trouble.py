"""The database in trouble: cut off work, crashes of the server, and refusals to start."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from meetings.ids import ParticipantId
from server.persistence.engine import COMMAND_S, migrate, open_database
from server.persistence.probe import WriteProbe
from server.persistence.refusal import DatabaseRefused, StorageUnavailable
from server.persistence.schema import MIGRATION_LOCK
from server.persistence.unit_of_work import writing
from tests.support.postgres import Cluster, running_cluster
from tests.support.stored import stored_hearth, written

HANG_S = 30.0  # a hung database must be told of well within this, whatever is tried
DANA = ParticipantId("d" * 32)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with running_cluster() as running:
        yield running


async def test_cancelled_writes_leave_the_database_usable(database_url: str) -> None:
    async with stored_hearth(database_url) as stored:
        plan = await (await stored.schedule()).plan_key()
        for steps in range(12):
            task = asyncio.create_task(stored.plan_log.append(plan, [written(steps, DANA)]))
            for _ in range(steps * 2):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        async with asyncio.timeout(10):
            (number,) = await stored.plan_log.append(plan, [written(99, DANA)])
            log = await stored.plan_log.after(plan, 0)
        assert number == log[-1].seq == len(log)


async def test_F14_a_crash_of_postgresql_is_an_error_and_then_over(cluster: Cluster) -> None:
    async with stored_hearth(cluster.url) as stored:
        plan = await (await stored.schedule()).plan_key()
        assert await stored.plan_log.append(plan, [written(0, DANA)]) == [1]
        await asyncio.to_thread(cluster.stop_now)
        with pytest.raises(StorageUnavailable):
            await stored.plan_log.append(plan, [written(1, DANA)])
        await asyncio.to_thread(cluster.start)
        assert await stored.plan_log.append(plan, [written(0, DANA), written(1, DANA)]) == [None, 2]


async def test_a_postgresql_that_hangs_is_an_error_in_time_and_then_over(cluster: Cluster) -> None:
    async with stored_hearth(cluster.url) as stored:
        plan = await (await stored.schedule()).plan_key()
        assert await stored.plan_log.append(plan, [written(0, DANA)]) == [1]
        async with asyncio.timeout(HANG_S):
            with cluster.standing_still():
                tries = [stored.plan_log.append(plan, [written(1, DANA)]) for _ in range(10)]
                tries += [stored.plan_log.after(plan, 0) for _ in range(10)]
                ended = await asyncio.gather(*tries, return_exceptions=True)
                assert {type(error) for error in ended} == {StorageUnavailable}
                assert await WriteProbe(stored.database)() is False
        assert await stored.plan_log.append(plan, [written(0, DANA), written(1, DANA)]) == [None, 2]


async def test_a_commit_that_gets_no_answer_is_not_acknowledged(cluster: Cluster) -> None:
    async with stored_hearth(cluster.url) as stored, asyncio.timeout(HANG_S):
        with contextlib.ExitStack() as hang, pytest.raises(StorageUnavailable):
            async with writing(stored.database) as connection:
                await connection.exec_driver_sql("CREATE TABLE never (id INTEGER)")
                hang.enter_context(cluster.standing_still())


async def test_a_second_node_waits_for_the_migration_of_the_first(cluster: Cluster) -> None:
    database = await open_database(cluster.url)
    try:
        async with database.write.connect() as first:
            await first.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
            waiting = asyncio.create_task(migrate(database))
            done, _ = await asyncio.wait({waiting}, timeout=COMMAND_S + 1)
            assert not done
            await first.exec_driver_sql(f"SELECT pg_advisory_unlock({MIGRATION_LOCK})")
            await asyncio.wait_for(waiting, 30)
    finally:
        await database.close()


async def test_a_second_process_on_the_same_file_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hearth.sqlite3'}"
    database = await open_database(url)
    try:
        with pytest.raises(DatabaseRefused, match="Another Hearth"):
            await open_database(url)
    finally:
        await database.close()
    again = await open_database(url)
    await again.close()


async def test_F23_a_database_of_a_newer_hearth_is_refused_and_left_alone(database_url: str) -> None:
    async with stored_hearth(database_url) as stored:
        plan = await (await stored.schedule()).plan_key()
        await stored.plan_log.append(plan, [written(0, DANA)])
        async with stored.database.write.begin() as connection:
            await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(DatabaseRefused, match="newer Hearth"):
            await migrate(stored.database)
        assert len(await stored.plan_log.after(plan, 0)) == 1


async def test_a_database_of_another_program_is_refused(database_url: str) -> None:
    database = await open_database(database_url)
    try:
        async with database.write.begin() as connection:
            await connection.exec_driver_sql("CREATE TABLE invoices (id INTEGER)")
        with pytest.raises(DatabaseRefused, match="not Hearth's"):
            await migrate(database)
    finally:
        await database.close()


async def test_F24_a_file_that_is_not_a_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "hearth.sqlite3"
    path.write_bytes(b"Meeting notes, not a database. " * 200)
    before = path.read_bytes()
    with pytest.raises(DatabaseRefused):
        await open_database(f"sqlite:///{path}")
    assert path.read_bytes() == before


async def test_a_record_that_was_emptied_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "hearth.sqlite3"
    path.touch()
    with pytest.raises(DatabaseRefused, match=r"hearth\.sqlite3 is empty\. Put back a backup"):
        await open_database(f"sqlite:///{path}")
    assert path.stat().st_size == 0


@pytest.mark.parametrize("is_clean", [True, False])
async def test_a_record_that_is_gone_is_not_begun_anew(tmp_path: Path, is_clean: bool) -> None:
    path, lock = tmp_path / "hearth.sqlite3", tmp_path / "hearth.sqlite3.lock"
    async with stored_hearth(f"sqlite:///{path}"):
        pass
    if not is_clean:
        lock.write_text("4242")
    path.unlink()
    for _ in range(2):
        with pytest.raises(DatabaseRefused, match=r"is gone\. Put back a backup, or remove hearth\.sqlite3\.lock"):
            await open_database(f"sqlite:///{path}")
    assert not path.exists()
    lock.unlink()
    await (await open_database(f"sqlite:///{path}")).close()


async def test_a_start_that_failed_before_the_first_page_leaves_nothing_to_miss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "hearth.sqlite3"

    def full(*_: object, **__: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched, pytest.raises(DatabaseRefused, match="disk is full"):
        patched.setattr(sqlite3, "connect", full)
        await open_database(f"sqlite:///{path}")
    assert not path.exists()
    await (await open_database(f"sqlite:///{path}")).close()


async def test_F24_a_damaged_page_is_found_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "hearth.sqlite3"
    async with stored_hearth(f"sqlite:///{path}") as stored:
        await stored.schedule()
    with sqlite3.connect(path) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_links_meeting_id'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\x0a" + b"\xff" * 63)
    path.with_name(path.name + ".lock").write_text("4242")
    with pytest.raises(DatabaseRefused):
        await open_database(f"sqlite:///{path}")


async def test_F21_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DatabaseRefused):
        await open_database(f"sqlite:///{tmp_path / 'file' / 'hearth.sqlite3'}")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://root@127.0.0.1/hearth"])
async def test_a_place_that_keeps_nothing_is_refused(url: str) -> None:
    with pytest.raises(DatabaseRefused):
        await open_database(url)
