"""Chains: each row covers the one before, and HEARTH's names every other. What tampering shows: `tests/contracts`."""

from datetime import timedelta

from server.persistence import audit
from server.persistence.audit import FIRST, AuditEntry, Head
from server.persistence.unit_of_work import reading, writing
from tests.support.stored import Stored


def entry(number: int) -> AuditEntry:
    return AuditEntry(actor="staff/1", action="case.read", object=f"case/{number}")


async def test_a_chain_grows_from_its_head(stored: Stored) -> None:
    at = stored.clock.now()
    async with writing(stored.database) as connection:
        first = await audit.append(connection, "c", at, [entry(1)])
        third = await audit.append(connection, "c", at, [entry(2), entry(3)])
        assert await audit.hold(connection, "c", at) == third
    assert first == Head(1, audit.entry_hash(FIRST, "c", 1, at, entry(1)))
    assert third.seq == 3 and str(third) == f"3:{third.hash}"
    async with reading(stored.database) as connection:
        assert await audit.entries(connection, "c") == [entry(1), entry(2), entry(3)]


async def test_a_new_chain_is_named_in_hearths_once_and_its_head_when_it_is_sealed(stored: Stored) -> None:
    at = stored.clock.now()
    async with writing(stored.database) as connection:
        for number in range(2):
            head = await audit.append(connection, "c", at, [entry(number)])
        await audit.seal(connection, "c", at)
        trail = await audit.entries(connection, audit.HEARTH)
    assert [(one.action, one.object, one.detail) for one in trail] == [
        ("chain.begun", "chain/c", ""),
        ("chain.sealed", "chain/c", str(head)),
    ]


async def test_an_events_version_goes_without_saying_until_there_is_another() -> None:
    assert audit.event_detail(b"{}", 2) == f"v2 {audit.event_detail(b'{}', 1)}"


async def test_a_records_entry_covers_everything_that_was_filed(stored: Stored) -> None:
    at = stored.clock.now()
    filed = ("r", "c", "m", at, b"{}")
    later = at + timedelta(microseconds=1)
    others = [("x", "c", "m", at, b"{}"), ("r", "c", "m", later, b"{}"), ("r", "c", "m", at, b"")]
    assert audit.record_detail(*filed) not in {audit.record_detail(*other) for other in others}
