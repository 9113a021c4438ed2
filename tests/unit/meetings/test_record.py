import msgspec
import pytest
from msgspec.structs import replace

from meetings.attendance import Attended
from meetings.commands import AmendProposal, DecideForAgency, LeaveParticipant, MoveStage
from meetings.ids import RecordId, StaffId
from meetings.plan import ActionStep
from meetings.proposals import Answer, Outcome
from meetings.record import CaseRecord, EndingKind, RecordEnding, case_record, record_schema
from tests.support.story import (
    ADJOURNED,
    ALEX,
    DANA,
    DISSENT,
    EVERYONE,
    FIRST,
    LEE,
    MORGAN,
    PRIYA,
    RECORD,
    RUTH,
    SAM,
    SCHEDULE,
    SHA,
    SHOWN,
    WORDS,
    Story,
    closed_story,
    disagreed_story,
    plan,
    proposed_story,
    recap_story,
)

STEPS = (
    ActionStep(id="s1", what="Take Lee to the dentist", who=RUTH.id, by_when="2026-12-01"),
    ActionStep(id="s2", what="Drive Dana to group", who="Aunt Carmen", by_when="2026-11-30"),
)


def record_of(story: Story) -> CaseRecord:
    return case_record(story.meeting, plan(*STEPS), RECORD, story.now, SHA)


def finished(story: Story) -> Story:
    """Recap, everyone confirmed (Morgan in part), plan frozen, closed."""
    story.wait(minutes=5).do(MoveStage(stage=6), SAM)
    for who in EVERYONE:
        story.confirm(who, Attended.PART if who is MORGAN else Attended.ALL)
    story.wait(minutes=10).freeze()
    story.close()
    return story


def test_R4_the_record_holds_the_meeting_and_its_people() -> None:
    record = record_of(closed_story())
    assert record.schema == "hearth.case_record/2"
    assert (record.facilitator.name, record.worker.name, record.supervisor.name) == (
        SAM.name,
        PRIYA.name,
        ALEX.name,
    )
    assert record.meeting.case_id == SCHEDULE.case_id
    assert [line.person.name for line in record.attendance] == [one.name for one in EVERYONE]
    assert (record.plan, record.plan_sha256) == (plan(*STEPS), SHA)


def test_R4_times_per_stage_are_summed_over_visits() -> None:
    story = disagreed_story()
    for stage in (1, 5):
        story.wait(minutes=2).do(MoveStage(stage=stage), SAM)
    stages = record_of(finished(story)).meeting.stages
    assert [one.seconds for one in stages] == [420, 0, 0, 0, 720, 600]
    assert [one.started_at is None for one in stages] == [False, True, True, True, False, False]
    assert stages[0].started_at == story.meeting.opened_at


def test_R4_steps_name_the_participant_or_the_written_name() -> None:
    first, second = record_of(closed_story()).steps
    assert (first.who, first.participant_id) == (RUTH.name, RUTH.id)
    assert (second.who, second.participant_id) == ("Aunt Carmen", None)


def test_R4_staff_who_did_not_take_part_are_named_by_account() -> None:
    story = recap_story()
    story.freeze()
    story.close()
    meeting = replace(story.meeting, worker_supervisor=StaffId("staff-jo"))
    record = case_record(meeting, plan(*STEPS), RECORD, story.now, SHA)
    assert (record.supervisor.staff_id, record.supervisor.name, record.supervisor.role) == ("staff-jo", "", None)


def test_R5_no_record_before_the_close() -> None:
    for story in (recap_story(), proposed_story()):
        with pytest.raises(ValueError, match="when the meeting ends"):
            record_of(story)
    with pytest.raises(ValueError, match="when the meeting ends"):
        case_record(closed_story().meeting, plan(), RecordId("0" * 32), SCHEDULE.scheduled_at, SHA)


def test_R6_every_position_stands_word_for_word() -> None:
    (decision,) = record_of(finished(disagreed_story())).decisions
    assert decision.outcome is Outcome.NOT_REACHED
    assert [one.reason for one in decision.positions if one.person.name == DANA.name] == [DISSENT]
    assert decision.agency_decision is not None
    assert (decision.agency_decision.by.name, decision.agency_decision.text) == (ALEX.name, WORDS)
    assert (decision.question, decision.proposed_by.name) == (SCHEDULE.decision_question, PRIYA.name)


def test_R6_who_was_asked_and_silent_is_named_and_changed_answers_are_kept() -> None:
    story = proposed_story()
    story.answer(LEE, Answer.QUESTION, "Can I keep my room?")
    story.answer(LEE, Answer.SUPPORT)
    story.settle(missing_ok=True)
    story.do(LeaveParticipant(participant_id=LEE.id, at=story.now))
    story.do(DecideForAgency(proposal_id=FIRST, text_sha256=SHOWN, text=WORDS, reason="Every night is covered."), ALEX)
    record = record_of(finished(story))
    (decision,) = record.decisions
    assert [one.name for one in decision.not_answered] == [one.name for one in (PRIYA, ALEX, DANA, RUTH, MORGAN)]
    assert [one.reason for one in decision.earlier] == ["Can I keep my room?"]
    (lee,) = (line for line in record.attendance if line.person.name == LEE.name)
    assert lee.seconds == 600
    assert (lee.confirmed_by, lee.attended) == (SAM.id, Attended.ALL)


def test_R9_an_adjourned_record_says_so_and_fills_in_nothing() -> None:
    story = proposed_story()
    story.answer(DANA, Answer.QUESTION, "What about Sundays?")
    story.do(AmendProposal(proposal_id=FIRST, text="Lee stays with Ruth; Sundays with Dana."), PRIYA)
    story.answer(LEE, Answer.SUPPORT, version=2)
    story.confirm(DANA)
    story.wait(minutes=1).adjourn()
    record = record_of(story)
    assert record.ending == RecordEnding(kind=EndingKind.ADJOURNED, by=record.facilitator, reason=ADJOURNED)
    assert record.decisions == ()
    (open_words,) = record.undecided
    assert (open_words.version, [one.person.name for one in open_words.positions]) == (2, [LEE.name])
    assert [one.name for one in open_words.not_answered] == [one.name for one in (PRIYA, ALEX, DANA, RUTH, MORGAN)]
    assert [one.reason for one in open_words.earlier] == ["What about Sundays?"]
    lines = {line.person.name: line for line in record.attendance}
    assert (lines[DANA.name].attended, lines[DANA.name].confirmed_by) == (Attended.ALL, SAM.id)
    ruth = lines[RUTH.name]
    assert (ruth.attended, ruth.mode, ruth.absence_reason, ruth.confirmed_by, ruth.confirmed_at) == (None,) * 5


def test_R9_a_meeting_that_closed_says_that_it_closed() -> None:
    record = record_of(closed_story())
    assert record.ending == RecordEnding(kind=EndingKind.CLOSED, by=record.facilitator)


def test_a_record_of_the_first_shape_is_still_read() -> None:
    old = msgspec.to_builtins(record_of(finished(disagreed_story())))
    old["schema"] = "hearth.case_record/1"
    del old["ending"], old["undecided"]
    record = msgspec.convert(old, CaseRecord)
    assert (record.schema, record.ending, record.undecided) == ("hearth.case_record/1", RecordEnding(), ())
    assert msgspec.to_builtins(record.decisions) == old["decisions"]


def test_the_record_survives_json_and_has_a_schema() -> None:
    record = record_of(finished(disagreed_story()))
    assert msgspec.json.decode(msgspec.json.encode(record), type=CaseRecord) == record
    schema = record_schema()
    assert schema["$defs"]["CaseRecord"]["properties"]["schema"]["enum"] == [
        "hearth.case_record/1",
        "hearth.case_record/2",
    ]
    assert "Dana" not in repr(record)
