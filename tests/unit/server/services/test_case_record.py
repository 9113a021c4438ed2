"""A record is the bytes that were filed: read by its case's staff, refused to others, checked against its hash."""

import hashlib

import pytest
import sqlalchemy

from meetings.commands import CloseMeeting
from meetings.ids import RecordId, StaffId
from server.persistence.unit_of_work import writing
from server.services import case_record
from server.services.case_record import CaseRecords, RecordDamaged
from tests.support.stored import ALEX, CASE, PRIYA, SAM, Stored, StoredMeeting
from tests.support.story import SHA, opened_story, plan


async def filed(stored: Stored, meeting: StoredMeeting) -> RecordId:
    await meeting.until_recap()
    await meeting.freeze()
    await meeting.do(CloseMeeting(), "Sam")
    page = await stored.directory.case(CASE, PRIYA)
    assert page is not None
    return page.records[0].record_id


async def test_a_record_reads_back_as_it_was_filed(stored: Stored, meeting: StoredMeeting) -> None:
    record_id, records = await filed(stored, meeting), CaseRecords(stored.database)
    for who in (PRIYA, ALEX, SAM):
        found = await records.read(record_id, who)
        assert found is not None and found.sha256 == hashlib.sha256(found.body).hexdigest()
        assert (found.record.record_id, found.case_id, found.meeting_id) == (record_id, CASE, meeting.id)
        assert "Reyes" not in repr(found)


async def test_for_others_there_is_no_record(stored: Stored, meeting: StoredMeeting) -> None:
    record_id, records = await filed(stored, meeting), CaseRecords(stored.database)
    assert await records.read(record_id, StaffId("9" * 32)) is None
    assert await records.read(RecordId("0" * 32), PRIYA) is None


async def test_bytes_that_changed_behind_our_back_are_never_shown(stored: Stored, meeting: StoredMeeting) -> None:
    record_id = await filed(stored, meeting)
    async with writing(stored.database) as connection:
        triggers = sqlalchemy.text(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'case_records'"
        )
        for name in (await connection.execute(triggers)).scalars().all():
            await connection.execute(sqlalchemy.text(f"DROP TRIGGER {name}"))
        await connection.execute(
            sqlalchemy.text("UPDATE case_records SET body = CAST(replace(body, 'support', 'opposed') AS BLOB)")
        )
    with pytest.raises(RecordDamaged):
        await CaseRecords(stored.database).read(record_id, PRIYA)


async def test_an_open_meeting_has_nothing_to_file(stored: Stored) -> None:
    story = opened_story()
    with pytest.raises(ValueError, match="not ended"):
        async with writing(stored.database) as connection:
            await case_record.file(connection, story.meeting, plan(), SHA, story.now, None)
