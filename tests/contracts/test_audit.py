"""Whatever somebody with the disk does to events, plan rows, records or the trail itself is seen, and named."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from meetings.commands import OpenMeeting
from server.persistence import audit, audit_proof
from server.persistence.audit_proof import Proof
from server.persistence.engine import open_database
from server.persistence.unit_of_work import reading
from server.services.case_record import CaseRecords
from tests.support import tampering
from tests.support.postgres import fresh_database
from tests.support.stored import CASE, PRIYA, Stored, stored_hearth
from tests.support.tampering import Change, Target

GOING = [
    (tampering.last_plan_row_altered, "plan row 4 is missing or not the one"),
    (tampering.plan_row_said_by_another, "plan row 2 is missing or not the one"),
    (tampering.last_plan_row_deleted, "its last plan row is not where the plan ends"),
    (tampering.middle_plan_row_deleted, "plan row 2 is missing"),
    (tampering.plan_rows_swapped, "plan row 2 is missing or not the one"),
    (tampering.plan_row_put_in, "its last plan row is not where the plan ends"),
    (tampering.event_altered, "/event/3 is missing or not the one"),
    (tampering.event_said_by_another, "/event/3 is missing or not the one"),
    (tampering.last_event_deleted, "its last event is not where its log ends"),
    (tampering.last_event_deleted_with_the_count, "is missing or not the one"),
    (tampering.middle_event_deleted, "/event/2 is missing"),
    (tampering.event_put_in, "do not end where the chain does"),
    (tampering.audit_row_altered, "audit row 2 is missing or not the one"),
    (tampering.middle_audit_row_deleted, "audit row 2 is missing or not the one"),
    (tampering.audit_rows_swapped, "audit row 2 is missing or not the one"),
    (tampering.last_audit_row_deleted, "its last audit row is not where the chain ends"),
    (tampering.audit_rows_deleted_with_the_head, "do not end where the chain does"),
    (tampering.whole_chain_deleted, ""),
    (tampering.hearths_chain_deleted, "the whole chain is missing"),
    (tampering.record_altered, "is missing or not the one"),
    (tampering.record_deleted, "is missing or not the one"),
    (tampering.filed_plan_cut_back_with_its_head, "is missing or not the one"),
]
ONLY_ALL = [
    (tampering.shortened_history_altered, "the shortened history"),
    (tampering.event_altered_and_its_chain_made_anew, "the head it was sealed with is gone"),
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def written_once(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of each kind as Hearth wrote it, to be copied."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('audit') / 'hearth.sqlite3'}"
        else:
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_url")))

        async def write() -> None:
            async with stored_hearth(url) as stored:
                await tampering.write(stored)

        asyncio.run(write())
        yield url


@pytest.fixture
async def stored(written_once: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Stored]:
    with contextlib.ExitStack() as stack:
        if written_once.startswith("sqlite"):
            copy = shutil.copy(written_once.removeprefix("sqlite:///"), tmp_path / "hearth.sqlite3")
            url = f"sqlite:///{copy}"
        else:
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_url"), like=written_once))
        database = await open_database(url)
        try:
            yield Stored(database)
        finally:
            await database.close()


@pytest.fixture
async def target(stored: Stored) -> Target:
    return await tampering.written(stored)


async def whole(stored: Stored, printed: str | None = None) -> Proof:
    return await audit_proof.whole(stored.database, printed=printed)


async def test_what_hearth_wrote_is_whole_and_a_head_covers_it(stored: Stored, target: Target) -> None:
    everything, newest = await whole(stored), await audit_proof.newest(stored.database)
    assert (everything.broken, newest.broken) == (None, None)
    assert everything.head == newest.head and everything.head.seq > 0
    assert (everything.chains, everything.plan_rows) == (3, 7)
    assert newest.rows == everything.rows


async def test_an_empty_database_is_whole(database_url: str) -> None:
    async with stored_hearth(database_url) as empty:
        assert (await audit_proof.newest(empty.database)).broken is None


@pytest.mark.parametrize(("change", "says"), GOING, ids=lambda one: getattr(one, "__name__", ""))
async def test_what_somebody_with_the_disk_did_is_seen_by_a_start_and_by_the_whole_look(
    stored: Stored, target: Target, change: Change, says: str
) -> None:
    await tampering.tamper(stored, target, change)
    at_start, in_all = (await audit_proof.newest(stored.database)).broken, (await whole(stored)).broken
    assert at_start is not None and in_all is not None
    assert says in str(at_start) or says in str(in_all)


@pytest.mark.parametrize(("change", "says"), ONLY_ALL, ids=lambda one: getattr(one, "__name__", ""))
async def test_what_only_the_whole_look_sees(stored: Stored, target: Target, change: Change, says: str) -> None:
    await tampering.tamper(stored, target, change)
    found = (await whole(stored)).broken
    assert found is not None and says in str(found)


async def test_a_start_looks_at_the_newest_rows_only(stored: Stored, target: Target) -> None:
    assert (await audit_proof.newest(stored.database, most=5)).broken is None
    await tampering.tamper(stored, target, tampering.middle_plan_row_deleted)
    assert (await audit_proof.newest(stored.database, most=1)).broken is None
    assert (await audit_proof.newest(stored.database)).broken is not None


async def test_a_look_does_not_mind_what_is_written_meanwhile(stored: Stored, target: Target) -> None:
    going = await stored.schedule()
    walked = []

    def told(rows: int) -> None:
        walked.append(rows)

    await going.bring_in("Sam")
    await going.do(OpenMeeting(), "Sam")
    proof = await audit_proof.whole(stored.database, told)
    assert proof.broken is None and walked == sorted(walked) and walked[-1] == proof.rows


async def test_the_head_printed_on_a_record_is_one_its_chain_had(stored: Stored, target: Target) -> None:
    page = await stored.directory.case(CASE, PRIYA)
    assert page is not None
    filed = await CaseRecords(stored.database).read(page.records[0].record_id, PRIYA)
    assert filed is not None
    async with reading(stored.database) as connection:
        trail = await audit.entries(connection, filed.meeting_id)
    assert trail[filed.chain_head.seq - 1].object == f"record/{filed.record_id}"
    assert (await whole(stored, filed.chain_head.hash)).broken is None
    never = (await whole(stored, "0" * 64)).broken
    assert never is not None and "never that of any chain" in str(never)


async def test_a_meeting_that_was_filed_and_made_anew_has_lost_the_head_that_was_printed(
    stored: Stored, target: Target
) -> None:
    page = await stored.directory.case(CASE, PRIYA)
    assert page is not None
    filed = await CaseRecords(stored.database).read(page.records[0].record_id, PRIYA)
    assert filed is not None
    await tampering.tamper(stored, target, tampering.event_altered_and_its_chain_made_anew)
    assert (await whole(stored, filed.chain_head.hash)).broken is not None
