"""The desk: events are appended once, in order, with audit and outbox, on both databases."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from meetings.apply import fold
from meetings.commands import (
    AdjournMeeting,
    ArriveParticipant,
    CloseMeeting,
    HoldRoom,
    LeaveParticipant,
    MoveStage,
    OpenMeeting,
    OpenProposal,
    RemoveParticipant,
    ThawPlan,
)
from meetings.errors import MeetingError
from meetings.events import MeetingAdjourned, MeetingClosed, MeetingOpened, PlanFrozen, StageMoved
from meetings.ids import MeetingId
from meetings.meeting import Phase
from meetings.plan import CasePlan, plan_sha256
from meetings.proposals import Answer
from meetings.record import CaseRecord
from realtime.bus import keys
from realtime.ports import PlanFrozenError
from server.persistence import audit, audit_proof, records
from server.persistence.tables import outbox
from server.persistence.unit_of_work import reading
from server.services.case_record import CaseRecords
from server.services.clock import new_id
from server.services.desk import StoredDesk
from server.services.links import LinkError
from tests.support.stored import CASE, PRIYA, Stored, StoredMeeting, encoded, stored_hearth, written
from tests.support.story import ADJOURNED, FIRST, WORDS


@pytest.fixture
async def stored(database_url: str) -> AsyncIterator[Stored]:
    async with stored_hearth(database_url) as made:
        yield made


@pytest.fixture
async def meeting(stored: Stored) -> StoredMeeting:
    return await stored.schedule()


async def test_what_was_performed_is_read_back_exactly(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam", "Dana")
    done = await meeting.do(OpenMeeting(), "Sam")
    assert [entry.event for entry in done] == [MeetingOpened(), StageMoved(stage=1)]
    events = await stored.desk.events_after(meeting.id, 0)
    assert [entry.number for entry in events] == list(range(1, len(events) + 1))
    assert encoded(events[-2:]) == encoded(done)
    assert {entry.by for entry in done} == {meeting.people["Sam"]}
    assert fold(events).phase is Phase.IN_SESSION
    assert await stored.desk.events_after(meeting.id, events[-1].number) == []


async def test_an_unknown_meeting_is_refused_by_name(stored: Stored) -> None:
    nowhere = MeetingId("0" * 32)
    for attempt in (
        stored.desk.events_after(nowhere, 0),
        stored.desk.perform(nowhere, OpenMeeting(), None),
        stored.desk.plan_key(nowhere),
    ):
        with pytest.raises(MeetingError) as refusal:
            await attempt
        assert refusal.value.code == "meeting.unknown"


async def test_a_refused_command_leaves_no_trace(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam", "Dana")
    before = await stored.desk.events_after(meeting.id, 0)
    with pytest.raises(MeetingError) as refusal:
        await meeting.do(OpenMeeting(), "Dana")
    assert refusal.value.code == "participant.not_permitted"
    assert await stored.desk.events_after(meeting.id, 0) == before


async def test_events_audit_and_outbox_are_one(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam")
    events = await stored.desk.events_after(meeting.id, 0)
    async with reading(stored.database) as connection:
        messages = (await connection.execute(select(outbox).order_by(outbox.c.id))).all()
        trail = await audit.entries(connection, meeting.id)
    assert (await audit_proof.whole(stored.database)).broken is None
    assert [bytes(row.payload) for row in messages] == encoded(events)
    assert {row.topic for row in messages} == {keys.meeting_events(meeting.id)}
    by_event = [entry for entry in trail if "/event/" in entry.object]
    assert [entry.object for entry in by_event] == [f"meeting/{meeting.id}/event/{one.number}" for one in events]


async def test_two_nodes_see_one_log(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam", "Dana")
    other = stored.other_node()
    await other.desk.perform(meeting.id, OpenMeeting(), meeting.people["Sam"])
    with pytest.raises(MeetingError) as refusal:
        await meeting.do(OpenMeeting(), "Sam")
    assert refusal.value.code == "meeting.already_open"
    assert await other.desk.events_after(meeting.id, 0) == await stored.desk.events_after(meeting.id, 0)


async def test_lists_follow_the_events(stored: Stored, meeting: StoredMeeting) -> None:
    arrive = ArriveParticipant(
        participant_id=meeting.people["Dana"], device_id=meeting.device("Dana"), second_device=False
    )
    await meeting.do(arrive)
    (line,) = await stored.directory.meetings_of(PRIYA)
    assert (line.phase, line.waiting, line.my_role) == ("planned", 1, "caseworker")
    await meeting.bring_in("Sam", "Dana")
    await meeting.do(OpenMeeting(), "Sam")
    (line,) = await stored.directory.meetings_of(PRIYA)
    assert (line.phase, line.waiting) == ("in_session", 0)


async def test_L2_freezing_stops_the_log_and_hashes_what_is_in_it(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.until_recap()
    plan, dana = await meeting.plan_key(), meeting.people["Dana"]
    assert await stored.plan_log.append(plan, [written(0, dana), written(1, dana)]) == [1, 2]
    (entry,) = await meeting.freeze()
    assert isinstance(entry.event, PlanFrozen)
    assert entry.event.seq == 2
    assert entry.by == meeting.people["Sam"]
    assert stored.reader.reads[-1] == [written(0, dana).update, written(1, dana).update]
    with pytest.raises(PlanFrozenError):
        await stored.plan_log.append(plan, [written(2, dana)])


async def test_L4_thawing_opens_the_log_again(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.until_recap()
    plan, dana = await meeting.plan_key(), meeting.people["Dana"]
    (first,) = await meeting.freeze()
    await meeting.do(ThawPlan(), "Sam")
    assert await stored.plan_log.append(plan, [written(0, dana)]) == [1]
    (second,) = await meeting.freeze()
    assert isinstance(first.event, PlanFrozen)
    assert isinstance(second.event, PlanFrozen)
    assert (first.event.seq, second.event.seq) == (0, 1)
    assert first.event.sha256 != second.event.sha256


async def test_a_dead_engine_leaves_the_plan_open(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.until_recap()
    plan, dana = await meeting.plan_key(), meeting.people["Dana"]
    stored.reader.failing = True
    with pytest.raises(MeetingError) as refusal:
        await meeting.freeze()
    assert refusal.value.code == "plan.engine_unavailable"
    assert await stored.plan_log.append(plan, [written(0, dana)]) == [1]
    stored.reader.failing = False
    assert len(await meeting.freeze()) == 1


async def test_a_freeze_too_early_is_refused_and_freezes_nothing(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam", "Dana")
    await meeting.do(OpenMeeting(), "Sam")
    with pytest.raises(MeetingError) as refusal:
        await meeting.freeze()
    assert refusal.value.code == "plan.too_early"
    plan = await meeting.plan_key()
    assert await stored.plan_log.append(plan, [written(0, meeting.people["Dana"])]) == [1]


async def test_R4_closing_files_the_record_in_the_same_transaction(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.until_recap()
    await meeting.freeze()
    (closed,) = await meeting.do(CloseMeeting(), "Sam")
    assert isinstance(closed.event, MeetingClosed)
    filed = await CaseRecords(stored.database).read(closed.event.record_id, PRIYA)
    assert filed is not None
    assert filed.record.meeting.meeting_id == meeting.id
    assert len(filed.record.attendance) == 7
    assert filed.record.decisions[0].outcome == "reached"
    assert msgspec.json.decode(filed.body, type=CaseRecord) == filed.record
    page = await stored.directory.case(CASE, PRIYA)
    assert page is not None
    assert [(line.record_id, line.outcome) for line in page.records] == [(filed.record_id, "reached")]


async def test_L5_a_plan_that_no_longer_hashes_the_same_is_not_filed(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.until_recap()
    await meeting.freeze()
    stored.reader.salt = b"another plan"
    with pytest.raises(MeetingError) as refusal:
        await meeting.do(CloseMeeting(), "Sam")
    assert refusal.value.code == "plan.changed"
    async with reading(stored.database) as connection:
        assert await records.of_case(connection, CASE) == []


async def test_closing_twice_files_once(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.until_recap()
    await meeting.freeze()
    other = stored.other_node()
    close = CloseMeeting()
    sam = meeting.people["Sam"]
    done = await asyncio.gather(
        stored.desk.perform(meeting.id, close, sam), other.desk.perform(meeting.id, close, sam), return_exceptions=True
    )
    refused = [one for one in done if isinstance(one, MeetingError)]
    assert [one.code for one in refused] == ["meeting.over"]
    async with reading(stored.database) as connection:
        assert len(await records.of_case(connection, CASE)) == 1


async def test_M17_who_holds_the_room_adjourns_and_the_record_names_them(
    stored: Stored, meeting: StoredMeeting
) -> None:
    await meeting.bring_in("Sam", "Priya", "Dana")
    await meeting.do(OpenMeeting(), "Sam")
    await meeting.do(LeaveParticipant(participant_id=meeting.people["Sam"], at=stored.clock.now()))
    with pytest.raises(MeetingError) as early:
        await meeting.do(HoldRoom(), "Priya")
    assert early.value.code == "room.too_early"
    stored.clock.forward(60)
    await meeting.do(HoldRoom(), "Priya")
    (adjourned,) = await meeting.do(AdjournMeeting(reason=ADJOURNED), "Priya")
    assert isinstance(adjourned.event, MeetingAdjourned) and adjourned.by == meeting.people["Priya"]
    filed = await CaseRecords(stored.database).read(adjourned.event.record_id, PRIYA)
    assert filed is not None and filed.record.ending.by is not None
    assert filed.record.ending.by.participant_id == meeting.people["Priya"]


async def test_M13_an_adjourned_meeting_is_filed_as_it_stands(stored: Stored, meeting: StoredMeeting) -> None:
    """No agreement, no supervisor, nobody confirmed, the plan not locked: it ends, and everything so far is filed."""
    await meeting.bring_in("Sam", "Priya", "Dana")
    await meeting.do(OpenMeeting(), "Sam")
    plan, dana = await meeting.plan_key(), meeting.people["Dana"]
    await stored.plan_log.append(plan, [written(0, dana), written(1, dana)])
    await meeting.do(OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True), "Priya")
    await meeting.do(meeting.answer(Answer.SUPPORT), "Dana")
    (adjourned,) = await meeting.do(AdjournMeeting(reason=ADJOURNED), "Sam")
    assert isinstance(adjourned.event, MeetingAdjourned)
    assert (adjourned.by, adjourned.event.seq) == (meeting.people["Sam"], 2)
    assert stored.reader.reads[-1] == [written(0, dana).update, written(1, dana).update]
    filed = await CaseRecords(stored.database).read(adjourned.event.record_id, PRIYA)
    assert filed is not None
    record = filed.record
    assert (record.ending.kind, record.ending.reason) == ("adjourned", ADJOURNED)
    assert {line.attended for line in record.attendance} == {None}
    assert [one.text for one in record.undecided] == [WORDS]
    assert record.plan_sha256 == adjourned.event.sha256 == plan_sha256(record.plan)
    page = await stored.directory.case(CASE, PRIYA)
    assert page is not None
    assert [line.outcome for line in page.records] == ["adjourned"]
    assert [line.phase for line in page.meetings] == ["adjourned"]
    with pytest.raises(PlanFrozenError):
        await stored.plan_log.append(plan, [written(2, dana)])
    with pytest.raises(LinkError) as refusal:
        await stored.links.spend(meeting.token("Ruth"), None)
    assert refusal.value.code == "meeting.over"


@pytest.mark.parametrize("reason", ["ᏣᎳᎩ ᏣᎳᎩ. The bus left.", "陈伟 أمل 👍"])
async def test_R10_letters_without_a_glyph_are_found_when_the_record_is_filed(
    stored: Stored, meeting: StoredMeeting, reason: str
) -> None:
    await meeting.bring_in("Sam", "Dana")
    await meeting.do(OpenMeeting(), "Sam")
    with capture_logs() as lines:
        (adjourned,) = await meeting.do(AdjournMeeting(reason=reason), "Sam")
    assert isinstance(adjourned.event, MeetingAdjourned)
    filed = await CaseRecords(stored.database).read(adjourned.event.record_id, PRIYA)
    assert filed is not None and filed.record.ending.reason == reason
    expected = ("U+13E3", "U+13B3", "U+13A9") if "Ꮳ" in reason else ()
    assert filed.record.unprintable == expected
    counted = [line["count"] for line in lines if line["event"] == "record.letters_without_glyph"]
    assert counted == ([3] if expected else [])
    assert "Ꮳ" not in str(lines)
    assert (await audit_proof.whole(stored.database)).broken is None


async def test_R10_a_record_is_filed_though_the_fonts_cannot_be_read(stored: Stored, meeting: StoredMeeting) -> None:
    def missing() -> frozenset[int]:
        raise OSError("the fonts are not installed")

    await meeting.until_recap()
    await meeting.freeze()
    desk = StoredDesk(stored.database, stored.clock, new_id, stored.reader, stored.publisher.announce, missing)
    with capture_logs() as lines:
        (closed,) = await desk.perform(meeting.id, CloseMeeting(), meeting.people["Sam"])
    assert isinstance(closed.event, MeetingClosed)
    filed = await CaseRecords(stored.database).read(closed.event.record_id, PRIYA)
    assert filed is not None and filed.record.unprintable is None
    assert [line["kind"] for line in lines if line["event"] == "record.letters_unknown"] == ["OSError"]


async def test_M13_a_plan_locked_before_is_filed_as_it_was_locked(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.until_recap()
    (frozen,) = await meeting.freeze()
    (adjourned,) = await meeting.do(AdjournMeeting(reason=ADJOURNED), "Sam")
    assert isinstance(frozen.event, PlanFrozen)
    assert isinstance(adjourned.event, MeetingAdjourned)
    assert (adjourned.event.seq, adjourned.event.sha256) == (frozen.event.seq, frozen.event.sha256)


async def test_M13_a_dead_engine_leaves_the_meeting_and_its_plan_open(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.until_recap()
    stored.reader.failing = True
    with pytest.raises(MeetingError) as refusal:
        await meeting.do(AdjournMeeting(reason=ADJOURNED), "Sam")
    assert refusal.value.code == "plan.engine_unavailable"
    assert await stored.plan_log.append(await meeting.plan_key(), [written(0, meeting.people["Dana"])]) == [1]
    stored.reader.failing = False
    assert len(await meeting.do(AdjournMeeting(reason=ADJOURNED), "Sam")) == 1


async def test_M13_a_plan_that_changed_meanwhile_is_not_filed(stored: Stored, meeting: StoredMeeting) -> None:
    """Opened again and written in by another node between the reading and the filing: refused, and asked again."""
    await meeting.until_recap()
    await meeting.freeze()
    other = stored.other_node()
    read = stored.reader.read

    async def read_slowly(updates: Sequence[bytes]) -> tuple[CasePlan, str]:
        stored.reader.read = read  # type: ignore[method-assign]
        await other.desk.perform(meeting.id, ThawPlan(), meeting.people["Sam"])
        await other.plan_log.append(await meeting.plan_key(), [written(0, meeting.people["Dana"])])
        return await read(updates)

    stored.reader.read = read_slowly  # type: ignore[method-assign]
    with pytest.raises(MeetingError) as refusal:
        await meeting.do(AdjournMeeting(reason=ADJOURNED), "Sam")
    assert refusal.value.code == "plan.changed"
    async with reading(stored.database) as connection:
        assert await records.of_case(connection, CASE) == []
    (adjourned,) = await meeting.do(AdjournMeeting(reason=ADJOURNED), "Sam")
    assert isinstance(adjourned.event, MeetingAdjourned)
    assert adjourned.event.seq == 1


async def test_X5_removing_a_person_ends_their_link_and_session(stored: Stored, meeting: StoredMeeting) -> None:
    spent = await stored.links.spend(meeting.token("Ruth"), None)
    assert await stored.gate.still_valid(spent.guest.seat)
    await meeting.bring_in("Sam")
    await meeting.do(RemoveParticipant(participant_id=meeting.people["Ruth"]), "Sam")
    assert not await stored.gate.still_valid(spent.guest.seat)


async def test_a_command_that_changes_nothing_appends_nothing(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam")
    arrive = ArriveParticipant(
        participant_id=meeting.people["Sam"], device_id=meeting.device("Sam"), second_device=False
    )
    assert list(await meeting.do(arrive)) == []


async def test_stages_move_in_the_order_of_the_log(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam")
    await meeting.do(OpenMeeting(), "Sam")
    other = stored.other_node()
    sam = meeting.people["Sam"]
    moves = [MoveStage(stage=stage) for stage in (2, 3, 4, 5, 6)]
    done = await asyncio.gather(
        *(node.desk.perform(meeting.id, move, sam) for move, node in zip(moves, [stored, other] * 3, strict=False))
    )
    numbers = sorted(entry.number for entries in done for entry in entries)
    events = await stored.desk.events_after(meeting.id, numbers[0] - 1)
    assert numbers == [entry.number for entry in events]
    assert fold(await stored.desk.events_after(meeting.id, 0)).stage == events[-1].event.stage  # type: ignore[union-attr]
