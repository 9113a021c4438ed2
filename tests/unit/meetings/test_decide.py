from datetime import timedelta

import pytest

from meetings import commands as c
from meetings.attendance import Attended, Mode
from meetings.decide import PERSON_DECIDERS, SYSTEM_DECIDERS, actor, decide
from meetings.errors import MeetingError
from meetings.ids import DeviceId, ParticipantId
from tests.support.story import (
    DANA,
    FIRST,
    LEE,
    PRIYA,
    RECORD,
    SAM,
    SCHEDULE,
    SHA,
    SHOWN,
    START,
    WORDS,
    Story,
    closed_story,
    device,
    opened_story,
    plan,
    planned_story,
    seated_story,
)

PERSON_COMMANDS: list[c.PersonCommand] = [
    c.AdmitParticipant(participant_id=DANA.id, device_id=device(DANA)),
    c.RemoveParticipant(participant_id=DANA.id),
    c.ReadmitParticipant(participant_id=DANA.id),
    c.SendToWaiting(participant_id=DANA.id),
    c.OpenMeeting(),
    c.MoveStage(stage=2),
    c.OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True),
    c.AmendProposal(proposal_id=FIRST, text=WORDS),
    c.WithdrawProposal(proposal_id=FIRST, reason="The break came anyway."),
    c.StatePosition(proposal_id=FIRST, version=1, text_sha256=SHOWN, answer=c.Answer.SUPPORT),
    c.SettleProposal(proposal_id=FIRST, text_sha256=SHOWN),
    c.DecideForAgency(proposal_id=FIRST, text_sha256=SHOWN, text=WORDS, reason="Every night is covered."),
    c.ConfirmAttendance(participant_id=DANA.id, attended=Attended.ALL, mode=Mode.VIDEO),
    c.FreezePlan(),
    c.ThawPlan(),
    c.CloseMeeting(),
    c.CancelMeeting(reason="The family asked for another day."),
    c.AdjournMeeting(reason="The supervisor could not come."),
    c.MoveMeeting(scheduled_at=START + timedelta(days=1)),
    c.HoldRoom(),
    c.ReleaseRoom(),
]
OFFICE_WORK = {c.CancelMeeting, c.MoveMeeting}
SYSTEM_COMMANDS: list[c.SystemCommand] = [
    SCHEDULE,
    c.ArriveParticipant(participant_id=DANA.id, device_id=device(DANA), second_device=False),
    c.DepartParticipant(participant_id=DANA.id, device_id=device(DANA)),
    c.JoinParticipant(participant_id=DANA.id, device_id=device(DANA), mode=Mode.VIDEO),
    c.LeaveParticipant(participant_id=DANA.id, at=START),
    c.RecordFreeze(by=SAM.id, seq=1, sha256=SHA),
    c.RecordClose(by=SAM.id, plan=plan(), sha256=SHA, record_id=RECORD),
    c.RecordAdjourn(by=SAM.id, reason="The supervisor could not come.", seq=1, sha256=SHA, record_id=RECORD),
]


def test_the_examples_are_every_command_there_is() -> None:
    assert {type(one) for one in PERSON_COMMANDS} == set(c.PersonCommand.__args__) == set(PERSON_DECIDERS)
    assert {type(one) for one in SYSTEM_COMMANDS} == set(c.SystemCommand.__args__)
    assert set(SYSTEM_DECIDERS) | {c.ScheduleMeeting} == set(c.SystemCommand.__args__)


@pytest.mark.parametrize("command", [*PERSON_COMMANDS, *SYSTEM_COMMANDS[1:]], ids=lambda one: type(one).__name__)
def test_M5_nothing_can_be_asked_of_a_meeting_that_does_not_exist(command: c.Command) -> None:
    with pytest.raises(MeetingError) as refusal:
        decide(None, command, None, START)
    assert refusal.value.code == "meeting.unknown"


def test_M5_a_meeting_is_made_once() -> None:
    planned_story().refused("meeting.exists", SCHEDULE)


def code_of(story: Story, command: c.Command) -> str | None:
    try:
        decide(story.meeting, command, None if type(command) in SYSTEM_DECIDERS else SAM.id, story.now)
    except MeetingError as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(
    "command", [*PERSON_COMMANDS[5:16], *PERSON_COMMANDS[-2:], *SYSTEM_COMMANDS[5:]], ids=lambda one: type(one).__name__
)
def test_M5_what_belongs_to_the_session_is_refused_before_it(command: c.Command) -> None:
    expected = {"meeting.not_open", "participant.not_permitted"}
    assert code_of(seated_story(), command) in expected


@pytest.mark.parametrize("command", [*PERSON_COMMANDS, *SYSTEM_COMMANDS[5:]], ids=lambda one: type(one).__name__)
def test_M5_nothing_is_decided_after_the_end(command: c.Command) -> None:
    assert code_of(closed_story(), command) in {"meeting.over", "participant.not_permitted"}


def test_M5_a_meeting_is_not_opened_twice() -> None:
    assert code_of(opened_story(), c.OpenMeeting()) == "meeting.already_open"


@pytest.mark.parametrize("command", PERSON_COMMANDS, ids=lambda one: type(one).__name__)
def test_X6_who_only_waits_can_do_nothing(command: c.PersonCommand) -> None:
    story = planned_story().bring_in(SAM)
    story.arrive(DANA)
    is_office_work = type(command) in OFFICE_WORK
    story.refused("participant.not_permitted" if is_office_work else "participant.not_admitted", command, DANA)


@pytest.mark.parametrize("command", PERSON_COMMANDS, ids=lambda one: type(one).__name__)
def test_X6_office_work_alone_needs_no_admission(command: c.PersonCommand) -> None:
    story = planned_story()
    if type(command) in OFFICE_WORK:
        assert story.do(command, PRIYA)
    else:
        story.refused("participant.not_admitted", command, PRIYA)


@pytest.mark.parametrize("command", PERSON_COMMANDS, ids=lambda one: type(one).__name__)
def test_X6_strangers_and_nobody_can_do_nothing(command: c.PersonCommand) -> None:
    story = opened_story()
    for by in (None, ParticipantId("9" * 32)):
        with pytest.raises(MeetingError) as refusal:
            decide(story.meeting, command, by, story.now)
        assert refusal.value.code == "participant.unknown"


def test_X6_a_role_does_what_the_role_may() -> None:
    story = opened_story()
    for command in (
        c.MoveStage(stage=2),
        c.OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True),
        c.FreezePlan(),
    ):
        story.refused("participant.not_permitted", command, LEE)


@pytest.mark.parametrize("command", SYSTEM_COMMANDS, ids=lambda one: type(one).__name__)
def test_X7_a_person_cannot_speak_for_the_server(command: c.SystemCommand) -> None:
    opened_story().refused("command.server_only", command, SAM)


def test_R3_the_actor_is_who_asked_or_whom_the_server_acts_for() -> None:
    assert actor(c.RecordFreeze(by=SAM.id, seq=1, sha256=SHA), None) == SAM.id
    assert actor(c.OpenMeeting(), PRIYA.id) == PRIYA.id
    assert actor(c.DepartParticipant(participant_id=DANA.id, device_id=DeviceId("x")), None) is None
