from datetime import timedelta

import pytest

from meetings import commands as c
from meetings.events import ParticipantAdmitted, ParticipantLeft, RoomHeld, RoomReleased
from meetings.holding import gone_since
from meetings.participants import Participant
from meetings.proposals import Answer
from tests.support.story import (
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
    SHA,
    SHOWN,
    START,
    WORDS,
    Story,
    closed_story,
    device,
    opened_story,
    planned_story,
    proposed_story,
    recap_story,
    seated_story,
)


def without_sam(story: Story, seconds: float = 60) -> Story:
    """Sam's connection is lost, and stays so."""
    story.do(c.LeaveParticipant(participant_id=SAM.id, at=story.now))
    return story.wait(seconds=seconds)


def held(by: Participant = PRIYA, story: Story | None = None) -> Story:
    story = without_sam(story or opened_story())
    story.do(c.HoldRoom(), by)
    return story


def test_M17_the_facilitator_is_missing_from_when_they_were_last_here() -> None:
    story = opened_story()
    assert gone_since(story.meeting) is None
    left_at = story.now
    without_sam(story, 5)
    assert gone_since(story.meeting) == left_at
    story.join(SAM)
    assert gone_since(story.meeting) is None


def test_M17_who_opened_and_never_joined_is_missing_since_the_opening() -> None:
    story = planned_story()
    story.arrive(SAM)
    assert gone_since(story.meeting) is None, "before it opens nothing waits for the facilitator"
    story.do(c.OpenMeeting(), SAM)
    assert gone_since(story.meeting) == story.meeting.opened_at
    before = without_sam(seated_story())
    before.do(c.OpenMeeting(), SAM)
    assert gone_since(before.meeting) == before.meeting.opened_at != START - timedelta(days=1)
    assert gone_since(closed_story().meeting) is None


@pytest.mark.parametrize("who", [PRIYA, ALEX], ids=lambda one: one.role)
def test_M17_an_admitted_caseworker_or_supervisor_holds_the_room_after_a_minute(who: Participant) -> None:
    story = opened_story()
    story.refused("room.facilitator_here", c.HoldRoom(), who)
    without_sam(story, 59)
    story.refused("room.too_early", c.HoldRoom(), who)
    assert story.wait(seconds=1).do(c.HoldRoom(), who) == [RoomHeld(participant_id=who.id)]
    assert story.do(c.HoldRoom(), who) == []
    assert story.meeting.holder == who.id


def test_M17_nobody_else_holds_it_and_nobody_who_only_waits() -> None:
    story = without_sam(opened_story())
    for who in (DANA, RUTH, LEE, MORGAN):
        story.refused("participant.not_permitted", c.HoldRoom(), who)
    story = planned_story().bring_in(SAM)
    story.arrive(PRIYA)
    story.do(c.OpenMeeting(), SAM)
    without_sam(story).refused("participant.not_admitted", c.HoldRoom(), PRIYA)


def test_M17_before_the_meeting_begins_there_is_nothing_to_hold() -> None:
    without_sam(seated_story()).refused("meeting.not_open", c.HoldRoom(), PRIYA)


def test_X13_who_holds_the_room_lets_people_in() -> None:
    story = held()
    story.arrive(DANA, number=2, second=True)
    admit = c.AdmitParticipant(participant_id=DANA.id, device_id=device(DANA, 2))
    story.refused("participant.not_permitted", admit, ALEX)
    assert ParticipantAdmitted(participant_id=DANA.id, device_id=device(DANA, 2)) in story.do(admit, PRIYA)


@pytest.mark.parametrize("by", [PRIYA, ALEX], ids=lambda one: one.role)
def test_M17_who_holds_the_room_adjourns(by: Participant) -> None:
    story = held(by)
    assert story.do(c.AdjournMeeting(reason="Sam could not come back."), by) == []
    record = c.RecordAdjourn(by=by.id, reason="Sam could not come back.", seq=1, sha256=SHA, record_id=RECORD)
    other = ALEX if by is PRIYA else PRIYA
    story.refused("participant.not_permitted", c.AdjournMeeting(reason="No."), other)
    story.refused("participant.not_permitted", record_by(record, other))
    story.do(record)
    assert story.meeting.is_over and story.meeting.adjourned_by == by.id and story.meeting.holder is None


def record_by(record: c.RecordAdjourn, who: Participant) -> c.RecordAdjourn:
    return c.RecordAdjourn(
        by=who.id, reason=record.reason, seq=record.seq, sha256=record.sha256, record_id=record.record_id
    )


def test_M17_who_holds_the_room_leads_and_decides_nothing() -> None:
    story = held()
    refused = (
        c.MoveStage(stage=2),
        c.SettleProposal(proposal_id=FIRST, text_sha256=SHOWN, missing_ok=True),
        c.FreezePlan(),
        c.ThawPlan(),
        c.CloseMeeting(),
        c.RemoveParticipant(participant_id=RUTH.id),
        c.ReadmitParticipant(participant_id=RUTH.id),
        c.SendToWaiting(participant_id=RUTH.id),
        c.ConfirmAttendance(participant_id=RUTH.id, attended=c.Attended.ALL, mode=c.Mode.VIDEO),
    )
    for command in refused:
        story.refused("participant.not_permitted", command, PRIYA)
    held(story=recap_story()).refused("participant.not_permitted", c.FreezePlan(), PRIYA)


def test_M17_a_supervisor_who_holds_the_room_keeps_to_letting_people_in() -> None:
    story = proposed_story()
    story.answer(DANA, Answer.CANNOT_SUPPORT, DISSENT)
    story.settle(missing_ok=True)
    held(ALEX, story)
    decide = c.DecideForAgency(proposal_id=FIRST, text_sha256=SHOWN, text=WORDS, reason="Every night is covered.")
    story.refused("room.holder_decides_nothing", decide, ALEX)
    proposal = c.OpenProposal(proposal_id=c.ProposalId("b" * 32), text=WORDS, answers_question=True)
    story.refused("room.holder_decides_nothing", proposal, ALEX)
    story.do(c.ReleaseRoom(), ALEX)
    assert story.do(decide, ALEX)


def test_M17_who_holds_the_room_still_answers_for_themselves() -> None:
    story = opened_story()
    story.do(c.OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True), PRIYA)
    held(story=story)
    assert story.do(c.StatePosition(proposal_id=FIRST, version=1, text_sha256=SHOWN, answer=Answer.SUPPORT), PRIYA)


def test_M18_the_facilitator_back_has_the_room_again() -> None:
    story = held()
    assert RoomReleased() in story.join(SAM)
    assert story.meeting.holder is None
    story.refused("participant.not_permitted", c.AdjournMeeting(reason="No."), PRIYA)
    assert RoomReleased() not in story.join(SAM, c.Mode.AUDIO)


def test_M18_one_person_holds_the_room_and_gives_it_back() -> None:
    story = held()
    story.refused("room.held", c.HoldRoom(), ALEX)
    assert story.do(c.ReleaseRoom(), ALEX) == []
    assert story.do(c.ReleaseRoom(), PRIYA) == [RoomReleased()]
    assert story.do(c.HoldRoom(), ALEX) == [RoomHeld(participant_id=ALEX.id)]


def test_M18_a_holder_who_leaves_holds_nothing() -> None:
    story = held()
    left = ParticipantLeft(participant_id=PRIYA.id, left_at=story.now)
    assert story.do(c.LeaveParticipant(participant_id=PRIYA.id, at=story.now)) == [left, RoomReleased()]
    unjoined = opened_story()
    unjoined.do(c.LeaveParticipant(participant_id=PRIYA.id, at=unjoined.now))
    held(story=unjoined)
    assert unjoined.do(c.LeaveParticipant(participant_id=PRIYA.id, at=unjoined.now)) == [RoomReleased()]


def test_M18_a_holder_on_another_device_or_sent_out_holds_nothing() -> None:
    story = held()
    story.arrive(PRIYA, number=2, second=True)
    admit = c.AdmitParticipant(participant_id=PRIYA.id, device_id=device(PRIYA, 2))
    assert RoomReleased() in story.do(admit, PRIYA)
    for command in (c.RemoveParticipant(participant_id=PRIYA.id), c.SendToWaiting(participant_id=PRIYA.id)):
        story = held()
        assert RoomReleased() in story.do(command, SAM)


def test_M4_holding_the_room_makes_nobody_a_facilitator() -> None:
    story = held()
    assert story.meeting.facilitator == SAM
    assert {one.id: one for one in EVERYONE} == story.meeting.participants
