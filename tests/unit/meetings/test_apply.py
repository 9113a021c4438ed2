import pytest
from msgspec.structs import replace

from meetings.apply import apply, fold
from meetings.attendance import Attended, Mode
from meetings.commands import AdmitParticipant, MoveStage
from meetings.events import AgencyDecided, AttendanceConfirmed, MeetingOpened, ProposalOpened, Recorded
from tests.support.story import (
    ALEX,
    DANA,
    FIRST,
    LEE,
    SAM,
    START,
    WORDS,
    closed_story,
    device,
    disagreed_story,
    opened_story,
    planned_story,
    proposed_story,
)


def test_M9_the_log_folds_to_the_state() -> None:
    for story in (closed_story(), disagreed_story()):
        assert fold(story.events) == story.meeting
        assert story.meeting.number == len(story.events)


def test_M9_a_gap_is_never_folded() -> None:
    story = opened_story()
    for number in (story.meeting.number, story.meeting.number + 2):
        with pytest.raises(ValueError, match="does not follow"):
            apply(story.meeting, Recorded(number=number, at=START, by=SAM.id, event=MeetingOpened()))


def test_M9_a_log_begins_with_the_schedule() -> None:
    with pytest.raises(ValueError, match="begins with"):
        fold([])
    with pytest.raises(ValueError, match="begins with"):
        fold([Recorded(number=1, at=START, by=None, event=MeetingOpened())])


@pytest.mark.parametrize(
    "event",
    [
        ProposalOpened(proposal_id=FIRST, text=WORDS, answers_question=True),
        AgencyDecided(proposal_id=FIRST, text=WORDS, reason="Because."),
        AttendanceConfirmed(participant_id=DANA.id, attended=Attended.ALL, mode=Mode.VIDEO, absence_reason=None),
    ],
)
def test_M9_what_a_person_answers_for_has_an_author(event: AgencyDecided | ProposalOpened) -> None:
    story = proposed_story()
    with pytest.raises(ValueError, match=r"author|decider"):
        apply(story.meeting, Recorded(number=story.meeting.number + 1, at=START, by=None, event=event))


def test_A7_closing_ends_stays_stage_and_waiting() -> None:
    story = closed_story()
    meeting = story.meeting
    assert all(stay.left_at is not None for stays in meeting.stays.values() for stay in stays)
    assert meeting.spans[-1].ended_at == meeting.closed_at
    assert (meeting.stage, meeting.waiting) == (None, ())


def test_nothing_changes_in_place() -> None:
    story = planned_story()
    before = story.meeting
    copy = replace(before)
    story.bring_in(SAM, ALEX)
    story.arrive(LEE)
    story.do(AdmitParticipant(participant_id=LEE.id, device_id=device(LEE)), SAM)
    assert before == copy
    middle = opened_story()
    spans = middle.meeting.spans
    middle.do(MoveStage(stage=2), SAM)
    assert [one.ended_at for one in spans] == [None]
