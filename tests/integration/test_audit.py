"""The audit trail through the running product: a start says what it found, and `audit verify` names it."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from alembic import command

from server.persistence import audit_proof
from server.persistence.schema import alembic_config
from tests.support import tampering
from tests.support.postgres import fresh_database
from tests.support.server import ROOT, HearthServer, hearth_server
from tests.support.stored import stored_hearth
from tests.support.visitor import Visitor

TAMPER = "UPDATE events SET payload = payload || ' ' WHERE number = 1"


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Iterator[HearthServer]:
    if request.param == "sqlite":
        with hearth_server() as running:
            yield running
        return
    with fresh_database(request.getfixturevalue("postgres_url")) as url, hearth_server("--database", url) as running:
        yield running


def is_sqlite(server: HearthServer) -> bool:
    return (server.data_dir / "hearth.sqlite3").exists()


def change(server: HearthServer) -> None:
    """As somebody with the disk would."""
    if is_sqlite(server):
        with sqlite3.connect(server.data_dir / "hearth.sqlite3") as connection:
            connection.execute("DROP TRIGGER events_no_update")
            connection.execute(TAMPER)
        connection.close()
        return

    async def run() -> None:
        connection = await asyncpg.connect(server.argument("--database"))
        try:
            await connection.execute("ALTER TABLE events DISABLE TRIGGER USER")
            await connection.execute(TAMPER)
        finally:
            await connection.close()

    asyncio.run(run())


def test_a_start_says_at_readyz_and_in_the_log_that_the_record_was_changed(server: HearthServer) -> None:
    assert Visitor(server.url).get("/readyz").body == b"ready\n"
    (line,) = [line for line in server.logged() if line["event"] == "audit.whole"]
    assert line["rows"] > 0
    whole = server.verify_audit()  # beside the running server
    assert (whole.returncode, whole.stdout.partition(":")[0]) == (0, "Whole"), whole.stderr
    head = whole.stdout.rpartition(" ")[2].strip()
    assert server.verify_audit("--head", head).returncode == 0
    assert server.verify_audit("--head", line["head"]).returncode == 0  # the log cuts what looks like a secret
    unknown = server.verify_audit("--head", "0" * 64)
    assert (unknown.returncode, "never that of any chain" in unknown.stdout) == (1, True)
    server.stop()
    change(server)
    server.start()
    ready = Visitor(server.url).get("/readyz")
    assert (ready.status, ready.body) == (200, b"ready\naudit: broken\n")
    assert [line["what"] for line in server.logged() if line["event"] == "audit.broken"]
    broken = server.verify_audit()
    assert broken.returncode == 1
    assert "event/1 is missing or not the one that was written" in broken.stdout
    assert server.announced.meeting_id in broken.stdout


def test_nothing_to_verify_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "audit", "verify", "--data", str(tmp_path)],
        cwd=ROOT, env={**os.environ}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("hearth: There is no database hearth.sqlite3 in ")


async def test_a_database_from_before_is_taken_in_as_it_stands(database_url: str) -> None:
    config = alembic_config()
    async with stored_hearth(database_url) as stored:
        await tampering.write(stored)
        for step in (command.downgrade, command.upgrade):
            async with stored.database.write.begin() as connection:

                def move(sync: object, step: object = step) -> None:
                    config.attributes["connection"] = sync
                    step(config, "0004" if step is command.downgrade else "head")  # type: ignore[operator]

                await connection.run_sync(move)
        assert (await audit_proof.whole(stored.database)).broken is None
        target = await tampering.written(stored)
        await tampering.tamper(stored, target, tampering.last_plan_row_altered)
        assert (await audit_proof.newest(stored.database)).broken is not None
