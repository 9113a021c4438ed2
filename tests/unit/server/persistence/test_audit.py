"""B17: whatever is done to a chain of audit rows, it is seen, and where."""

import pytest

from server.persistence import audit
from server.persistence.audit import AuditEntry
from server.persistence.unit_of_work import reading, writing
from tests.support.stored import Stored, stored_hearth

TAMPERING = {
    "a changed word": ("UPDATE audit SET detail = 'x' WHERE chain = 'c' AND seq = 3", 3),
    "a changed actor": ("UPDATE audit SET actor = 'staff/2' WHERE chain = 'c' AND seq = 1", 1),
    "a lost row": ("DELETE FROM audit WHERE chain = 'c' AND seq = 2", 2),
    "a lost tail": ("DELETE FROM audit WHERE chain = 'c' AND seq >= 4", 4),
    "a row of another chain": ("UPDATE audit SET chain = 'c', seq = 6 WHERE chain = 'd' AND seq = 1", 6),
    "two rows swapped": ("UPDATE audit SET seq = 5 - seq + 100 WHERE chain = 'c' AND seq IN (2, 3)", 2),
}


async def write_chains(stored: Stored) -> None:
    for chain, length in (("c", 5), ("d", 1)):
        for number in range(length):
            entry = AuditEntry(actor="staff/1", action="case.read", object=f"case/{number}")
            async with writing(stored.database) as connection:
                await audit.append(connection, chain, stored.clock.now(), [entry])


async def first_broken(stored: Stored, chain: str) -> int | None:
    async with reading(stored.database) as connection:
        return await audit.first_broken(connection, chain)


async def test_a_chain_that_was_only_added_to_is_whole(database_url: str) -> None:
    async with stored_hearth(database_url) as stored:
        await write_chains(stored)
        assert await first_broken(stored, "c") is None
        assert await first_broken(stored, "empty") is None


@pytest.mark.parametrize("what", TAMPERING)
async def test_tampering_is_found_where_it_happened(tmp_path_factory: pytest.TempPathFactory, what: str) -> None:
    statement, at = TAMPERING[what]
    path = tmp_path_factory.mktemp("audit") / "hearth.sqlite3"
    async with stored_hearth(f"sqlite:///{path}") as stored:
        await write_chains(stored)
        async with stored.database.write.begin() as connection:
            for verb in ("update", "delete"):
                await connection.exec_driver_sql(f"DROP TRIGGER audit_no_{verb}")
            await connection.exec_driver_sql(statement)
        assert await first_broken(stored, "c") == at
