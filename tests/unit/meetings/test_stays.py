from datetime import timedelta

from meetings.attendance import AbsenceReason, Attended, Mode
from meetings.commands import ConfirmAttendance, JoinParticipant, LeaveParticipant, OpenMeeting
from meetings.events import ParticipantJoined, ParticipantLeft
from meetings.ids import ParticipantId
from meetings.participants import Participant
from tests.support.story import (
    DANA,
    MORGAN,
    PRIYA,
    RUTH,
    SAM,
    Story,
    closed_story,
    device,
    opened_story,
    planned_story,
    seated_story,
)


def leave(story: Story, who: Participant, seconds_ago: float = 0) -> list[object]:
    at = story.now - timedelta(seconds=seconds_ago)
    return list(story.do(LeaveParticipant(participant_id=who.id, at=at)))


def test_A1_only_the_admitted_device_begins_a_stay() -> None:
    story = planned_story().bring_in(SAM)
    story.arrive(DANA)
    join = JoinParticipant(participant_id=DANA.id, device_id=device(DANA), mode=Mode.AUDIO)
    story.refused("participant.not_admitted", join)
    story.admit(DANA)
    assert story.do(join) == [ParticipantJoined(participant_id=DANA.id, device_id=device(DANA), mode=Mode.AUDIO)]
    assert story.meeting.present_mode(DANA.id) is Mode.AUDIO


def test_A2_another_mode_begins_another_stay() -> None:
    story = opened_story()
    assert story.join(DANA) == []
    assert len(story.join(DANA, Mode.TYPING)) == 2
    first, second = story.meeting.stays[DANA.id]
    assert (first.mode, first.left_at) == (Mode.VIDEO, story.now)
    assert (second.mode, second.joined_at, second.left_at) == (Mode.TYPING, story.now, None)


def test_A3_a_stay_ends_when_the_person_was_last_seen() -> None:
    story = opened_story()
    assert leave(story, DANA, seconds_ago=90) == [
        ParticipantLeft(participant_id=DANA.id, left_at=story.now - timedelta(seconds=90))
    ]
    assert leave(story, DANA) == []
    assert story.meeting.present_mode(DANA.id) is None


def test_A3_a_stay_neither_ends_before_it_began_nor_in_the_future() -> None:
    story = opened_story()
    leave(story, DANA, seconds_ago=3600)
    leave(story, RUTH, seconds_ago=-3600)
    (dana,), (ruth,) = story.meeting.stays[DANA.id], story.meeting.stays[RUTH.id]
    assert dana.left_at == dana.joined_at
    assert ruth.left_at == story.now


def test_A3_a_lost_connection_shows_as_a_gap() -> None:
    story = opened_story()
    leave(story, DANA, seconds_ago=60)
    story.wait(minutes=2).join(DANA)
    first, second = story.meeting.stays[DANA.id]
    assert first.left_at is not None
    assert second.joined_at - first.left_at == timedelta(minutes=3)


def test_A7_coming_and_going_after_the_end_is_not_attendance() -> None:
    story = closed_story()
    assert story.join(DANA, Mode.AUDIO) == []
    assert leave(story, DANA) == []


def test_A4_nothing_is_ticked_beforehand_and_the_facilitator_confirms() -> None:
    story = opened_story()
    assert story.meeting.confirmations == {}
    assert len(story.confirm(DANA)) == 1
    assert story.confirm(DANA) == []
    line = story.meeting.confirmations[DANA.id]
    assert (line.attended, line.mode, line.by, line.at) == (Attended.ALL, Mode.VIDEO, SAM.id, story.now)
    story.confirm(DANA, Attended.PART)
    assert story.meeting.confirmations[DANA.id].attended is Attended.PART


def test_A4_only_the_facilitator_confirms_and_only_in_session() -> None:
    confirm = ConfirmAttendance(participant_id=DANA.id, attended=Attended.ALL, mode=Mode.VIDEO)
    seated_story().refused("meeting.not_open", confirm, SAM)
    opened_story().refused("participant.not_permitted", confirm, PRIYA)
    unknown = ConfirmAttendance(participant_id=ParticipantId("9" * 32), attended=Attended.ALL, mode=Mode.VIDEO)
    opened_story().refused("participant.unknown", unknown, SAM)


def test_A5_who_was_there_how_and_who_was_not_why() -> None:
    story = opened_story()

    def line(attended: Attended, mode: Mode | None = None, reason: AbsenceReason | None = None) -> ConfirmAttendance:
        return ConfirmAttendance(participant_id=DANA.id, attended=attended, mode=mode, absence_reason=reason)

    story.refused("attendance.mode_required", line(Attended.ALL), SAM)
    story.refused("attendance.mode_required", line(Attended.PART, Mode.PHONE, AbsenceReason.OTHER), SAM)
    story.refused("attendance.reason_required", line(Attended.ABSENT), SAM)
    story.refused("attendance.reason_required", line(Attended.ABSENT, Mode.PHONE, AbsenceReason.OTHER), SAM)
    story.do(line(Attended.ABSENT, reason=AbsenceReason.TRANSPORT), SAM)
    assert story.meeting.confirmations[DANA.id].absence_reason is AbsenceReason.TRANSPORT


def test_A6_someone_confirmed_absent_who_joins_is_confirmed_again() -> None:
    story = planned_story().bring_in(SAM, DANA)
    story.do(OpenMeeting(), SAM)
    story.confirm(MORGAN, Attended.ABSENT)
    story.confirm(DANA)
    leave(story, DANA)
    story.bring_in(MORGAN)
    story.join(DANA)
    assert set(story.meeting.confirmations) == {DANA.id}
