import pytest
from msgspec.structs import replace

from meetings.agenda import move_stage
from meetings.commands import CancelMeeting, MoveStage, OpenMeeting
from meetings.errors import MeetingError
from meetings.events import MeetingCancelled, MeetingOpened, StageMoved
from meetings.meeting import Phase
from tests.support.story import PRIYA, SAM, opened_story, planned_story, recap_story, seated_story


def test_M6_opening_begins_stage_one() -> None:
    story = seated_story()
    assert story.meeting.stage is None
    assert story.do(OpenMeeting(), SAM) == [MeetingOpened(), StageMoved(stage=1)]
    assert (story.meeting.phase, story.meeting.stage) == (Phase.IN_SESSION, 1)
    assert story.meeting.opened_at == story.now


def test_M7_the_facilitator_moves_forward_and_back() -> None:
    story = opened_story()
    for stage in (2, 3, 4, 3):
        story.wait(minutes=10)
        assert story.do(MoveStage(stage=stage), SAM) == [StageMoved(stage=stage)]
    assert story.do(MoveStage(stage=3), SAM) == []
    assert [span.stage for span in story.meeting.spans] == [1, 2, 3, 4, 3]
    assert [span.ended_at is None for span in story.meeting.spans] == [False, False, False, False, True]


def test_M7_nobody_else_moves_the_team_and_not_before_it_began() -> None:
    seated_story().refused("meeting.not_open", MoveStage(stage=2), SAM)
    opened_story().refused("participant.not_permitted", MoveStage(stage=2), PRIYA)


@pytest.mark.parametrize("stage", [0, 7])
def test_M7_there_is_no_such_stage(stage: int) -> None:
    story = opened_story()
    with pytest.raises(MeetingError, match=r"stage\.unknown"):
        move_stage(story.meeting, replace(MoveStage(stage=1), stage=stage), SAM, story.now)


def test_L3_a_frozen_plan_holds_the_meeting_at_the_recap() -> None:
    story = recap_story()
    story.freeze()
    story.refused("plan.frozen", MoveStage(stage=5), SAM)
    assert story.do(MoveStage(stage=6), SAM) == []


def test_M8_M19_a_meeting_is_called_off_before_it_opens_with_a_reason() -> None:
    story = planned_story().bring_in(SAM)
    story.refused("meeting.reason_required", CancelMeeting(reason="  "), SAM)
    story.refused("words.too_long", CancelMeeting(reason="x" * 2001), SAM)
    reason = "The family asked for another day."
    assert story.do(CancelMeeting(reason=reason), SAM) == [MeetingCancelled(reason=reason)]
    assert (story.meeting.phase, story.meeting.cancel_reason) == (Phase.CANCELLED, reason)
    story.refused("meeting.cancelled", OpenMeeting(), SAM)


def test_M8_an_opened_meeting_is_not_called_off() -> None:
    opened_story().refused("meeting.already_open", CancelMeeting(reason="Too late."), SAM)
