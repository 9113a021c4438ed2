"""What staff may look up: what is not theirs does not exist for them."""

from meetings.commands import CloseMeeting
from meetings.ids import CaseId, MeetingId, StaffId
from server.persistence import staff
from server.persistence.unit_of_work import writing
from tests.support.stored import ALEX, CASE, PRIYA, SAM, Stored, StoredMeeting

STRANGER = StaffId("9" * 32)


async def add_stranger(stored: Stored) -> None:
    async with writing(stored.database) as connection:
        await staff.add(
            connection,
            STRANGER,
            email="tom@agency.example",
            name="Tom Keller",
            role="caseworker",
            language="en",
            password_hash="-",
            now=stored.clock.now(),
        )


async def test_a_meeting_is_listed_for_those_who_take_part(stored: Stored, meeting: StoredMeeting) -> None:
    for who, role in ((SAM, "facilitator"), (PRIYA, "caseworker"), (ALEX, "supervisor")):
        (line,) = await stored.directory.meetings_of(who)
        assert (line.meeting_id, line.my_role, line.waiting) == (meeting.id, role, 0)


async def test_others_find_neither_the_meeting_nor_the_case(stored: Stored, meeting: StoredMeeting) -> None:
    await add_stranger(stored)
    assert await stored.directory.meetings_of(STRANGER) == []
    assert await stored.directory.cases_of(STRANGER) == []
    assert await stored.directory.meeting(meeting.id, STRANGER) is None
    assert await stored.directory.case(CASE, STRANGER) is None
    assert await stored.directory.meeting(MeetingId("0" * 32), SAM) is None
    assert await stored.directory.case(CaseId("0" * 32), PRIYA) is None


async def test_a_facilitator_finds_the_case_through_the_meeting(stored: Stored, meeting: StoredMeeting) -> None:
    assert [line.case_id for line in await stored.directory.cases_of(SAM)] == [CASE]
    page = await stored.directory.case(CASE, SAM)
    assert page is not None
    assert (page.worker.staff_id, page.supervisor.staff_id) == (PRIYA, ALEX)
    assert [(one.meeting_id, one.my_role) for one in page.meetings] == [(meeting.id, "facilitator")]


async def test_a_page_tells_who_holds_a_link(stored: Stored, meeting: StoredMeeting) -> None:
    await stored.links.revoke(meeting.id, meeting.people["Lee"], meeting.people["Sam"])
    page = await stored.directory.meeting(meeting.id, PRIYA)
    assert page is not None and page.meeting.participant_id == meeting.people["Priya"]
    linked = {one.name.split()[0] for one in page.participants if one.has_link}
    assert linked == {"Dana", "Ruth", "Morgan"}


async def test_a_filed_record_is_listed_with_its_outcome(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.until_recap()
    await meeting.freeze()
    await meeting.do(CloseMeeting(), "Sam")
    page = await stored.directory.case(CASE, ALEX)
    assert page is not None
    assert [(line.meeting_id, line.outcome) for line in page.records] == [(meeting.id, "reached")]


async def test_names_cannot_be_printed(stored: Stored, meeting: StoredMeeting) -> None:
    page, case = await stored.directory.meeting(meeting.id, SAM), await stored.directory.case(CASE, SAM)
    printed = f"{page!r} {case!r} {await stored.directory.cases_of(SAM)!r}"
    assert not any(name in printed for name in ("Reyes", "Dana", "Okafor", "Priya"))
