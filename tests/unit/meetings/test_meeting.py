from meetings.attendance import Mode
from meetings.participants import Capability
from tests.support.story import DANA, FIRST, SAM, closed_story, device, opened_story, planned_story, proposed_story


def test_the_facilitator_is_found() -> None:
    assert planned_story().meeting.facilitator == SAM


def test_presence_is_the_last_open_stay() -> None:
    assert planned_story().meeting.present_mode(DANA.id) is None
    assert opened_story().meeting.present_mode(DANA.id) is Mode.VIDEO
    assert closed_story().meeting.present_mode(DANA.id) is None


def test_the_open_proposal_is_found() -> None:
    assert opened_story().meeting.open_proposal is None
    proposal = proposed_story().meeting.open_proposal
    assert proposal is not None
    assert proposal.id == FIRST


def test_X6_capability_without_admission_is_nothing() -> None:
    story = planned_story()
    assert not story.meeting.may(SAM.id, Capability.RUN_MEETING)
    story.arrive(SAM)
    assert story.meeting.may(SAM.id, Capability.RUN_MEETING)
    assert story.meeting.is_admitted(SAM.id, device(SAM))
    assert not story.meeting.is_over
    assert closed_story().meeting.is_over
