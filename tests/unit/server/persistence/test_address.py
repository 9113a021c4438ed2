"""A database's address as people write it: heeded to the letter, or refused in one sentence."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from server.certificate import self_made
from server.persistence.address import parsed, postgres_options
from server.persistence.engine import migrate, open_database
from server.persistence.refusal import DatabaseRefused
from server.persistence.unit_of_work import reading
from tests.support.postgres import fresh_database

PLACE = "postgresql://hearth:secret@db.example/hearth"


@pytest.mark.parametrize("url", ["nonsense", "postgresql://u@localhost:abc/x", "postgresql://u@localhost:99999/x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(DatabaseRefused, match=r"^The database's address cannot be read\. "):
        parsed(url)


@pytest.mark.parametrize(
    ("query", "arguments", "settings"),
    [
        ("", {}, {}),
        ("?sslmode=require", {"ssl": "require"}, {}),
        ("?sslmode=verify-full&application_name=z", {"ssl": "verify-full"}, {"application_name": "z"}),
    ],
)
def test_the_options_of_libpq_are_heeded(query: str, arguments: dict[str, Any], settings: dict[str, str]) -> None:
    assert postgres_options(make_url(PLACE + query)) == (arguments, settings)


@pytest.mark.parametrize(("mode", "checks_name"), [("require", False), ("verify-ca", False), ("verify-full", True)])
def test_a_root_certificate_is_what_the_server_is_checked_with(tmp_path: Path, mode: str, checks_name: bool) -> None:
    root, _ = self_made(tmp_path, ["127.0.0.1"])
    arguments, _ = postgres_options(make_url(f"{PLACE}?sslmode={mode}&sslrootcert={root}"))
    assert arguments["ssl"].check_hostname is checks_name
    assert arguments["ssl"].verify_mode.name == "CERT_REQUIRED"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?bogus=1", "does not know: bogus"),
        ("?sslmode=sometimes", "sslmode that is none of"),
        ("?sslrootcert=/tmp/root.pem", "write sslmode=verify-full"),
        ("?sslmode=verify-full&sslrootcert=/nowhere/root.pem", "cannot be read"),
    ],
)
async def test_an_option_that_would_not_be_heeded_is_refused(query: str, says: str) -> None:
    with pytest.raises(DatabaseRefused, match=says) as refused:
        await open_database(PLACE + query)
    assert "secret" not in str(refused.value)


async def test_sqlite_takes_no_options(tmp_path: Path) -> None:
    with pytest.raises(DatabaseRefused, match="no options such as mode"):
        await open_database(f"sqlite:///{tmp_path / 'hearth.sqlite3'}?mode=ro")


async def test_they_reach_the_server_also_while_it_is_migrated(postgres_url: str) -> None:
    with fresh_database(postgres_url) as url:
        with pytest.raises(DatabaseRefused, match="SSL"):
            await open_database(f"{url}?sslmode=require")
        database = await open_database(f"{url}?sslmode=disable&application_name=z")
        try:
            await migrate(database)
            async with reading(database) as connection:
                assert (await connection.exec_driver_sql("SHOW application_name")).scalar() == "z"
        finally:
            await database.close()
