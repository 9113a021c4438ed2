"""The migrations make exactly the tables the code knows, and nothing may rewrite the record."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from meetings.commands import CloseMeeting
from server.persistence.engine import migrate
from server.persistence.tables import APPEND_ONLY, metadata
from tests.support.stored import stored_hearth


async def test_migrations_and_tables_agree(database_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with stored_hearth(database_url) as stored, stored.database.write.begin() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_twice_changes_nothing(database_url: str) -> None:
    async with stored_hearth(database_url) as stored:
        meeting = await stored.schedule()
        await migrate(stored.database)
        assert len(await stored.desk.events_after(meeting.id, 0)) == 1


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET meeting_id = meeting_id", "DELETE FROM {}"])
async def test_the_record_cannot_be_rewritten(database_url: str, table: str, statement: str) -> None:
    if table == "audit":
        statement = statement.replace("meeting_id", "chain")
    async with stored_hearth(database_url) as stored:
        meeting = await stored.schedule()
        if table == "case_records":
            await meeting.until_recap()
            await meeting.freeze()
            await meeting.do(CloseMeeting(), "Sam")
        with pytest.raises(DBAPIError, match="append-only"):
            async with stored.database.write.begin() as connection:
                await connection.exec_driver_sql(statement.format(table))
