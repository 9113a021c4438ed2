from datetime import timedelta

from msgspec.structs import replace

from meetings.attendance import Mode
from meetings.commands import (
    ArriveParticipant,
    CancelMeeting,
    DepartParticipant,
    JoinParticipant,
    LeaveParticipant,
    RemoveParticipant,
)
from meetings.participants import Participant
from realtime.attendance import Attendance, Here
from realtime.messages import Presence
from realtime.presence.roster import NodePresence, Roster
from tests.support.clock import MONDAY_TEN
from tests.support.story import DANA, RUTH, SAM, Story, device, planned_story, seated_story


def connected(who: Participant, mode: Mode | None = Mode.VIDEO, since: float = 0.0, joined: bool = True) -> Here:
    return Here(
        participant_id=who.id,
        device_id=device(who),
        second_device=False,
        is_joined=joined,
        is_waiting=not joined,
        since=since,
        mode=mode,
    )


def admitted() -> Story:
    story = planned_story()
    story.arrive(DANA)
    story.arrive(SAM)
    story.admit(DANA)
    return story


def test_A2_a_person_joins_by_what_the_browser_says_and_by_typing_when_it_says_nothing() -> None:
    attendance, meeting = Attendance(MONDAY_TEN), admitted().meeting
    assert attendance.due(meeting, [connected(DANA, None)], Roster(), 1.9) == []
    typing = JoinParticipant(participant_id=DANA.id, device_id=device(DANA), mode=Mode.TYPING)
    assert typing in attendance.due(meeting, [connected(DANA, None)], Roster(), 2.0)
    video = JoinParticipant(participant_id=DANA.id, device_id=device(DANA), mode=Mode.VIDEO)
    assert video in Attendance(MONDAY_TEN).due(meeting, [connected(DANA)], Roster(), 0.1)


def test_A2_another_mode_is_written_down_at_most_every_ten_seconds() -> None:
    story = admitted()
    attendance = Attendance(MONDAY_TEN)
    assert attendance.due(story.meeting, [connected(DANA)], Roster(), 0.0)
    story.join(DANA)
    assert not joins(attendance, story, [connected(DANA, Mode.AUDIO)], 9.0)
    assert joins(attendance, story, [connected(DANA, Mode.AUDIO)], 10.0)


def test_A1_a_device_that_is_not_admitted_never_joins() -> None:
    story = planned_story()
    story.arrive(DANA)
    assert not joins(Attendance(MONDAY_TEN), story, [connected(DANA)], 5.0)


def test_A3_who_is_connected_nowhere_left_when_last_seen() -> None:
    story = seated_story()
    roster = Roster()
    roster.remember(DANA.id, MONDAY_TEN + timedelta(minutes=3))
    attendance = Attendance(MONDAY_TEN)
    others = [connected(who) for who in story.meeting.participants.values() if who not in (DANA, RUTH)]
    assert attendance.due(story.meeting, others, roster, 0.0) == []
    assert attendance.is_waiting
    assert attendance.due(story.meeting, others, roster, 89.0) == []
    assert attendance.due(story.meeting, others, roster, 90.0) == [
        LeaveParticipant(participant_id=DANA.id, at=MONDAY_TEN + timedelta(minutes=3)),
        LeaveParticipant(participant_id=RUTH.id, at=MONDAY_TEN),
    ]


def test_M17_that_the_facilitator_is_missing_is_written_down_after_half_a_minute() -> None:
    story = seated_story()
    attendance = Attendance(MONDAY_TEN)
    others = [connected(who) for who in story.meeting.participants.values() if who not in (SAM, DANA)]
    assert attendance.due(story.meeting, others, Roster(), 0.0) == []
    assert attendance.due(story.meeting, others, Roster(), 29.9) == []
    assert attendance.due(story.meeting, others, Roster(), 30.0) == [
        LeaveParticipant(participant_id=SAM.id, at=MONDAY_TEN)
    ]


def test_A3_coming_back_or_being_on_another_node_ends_the_count() -> None:
    story = seated_story()
    everyone = [connected(who) for who in story.meeting.participants.values()]
    without = [one for one in everyone if one.participant_id != DANA.id]
    attendance, roster = Attendance(MONDAY_TEN), Roster()
    attendance.due(story.meeting, without, roster, 0.0)
    attendance.due(story.meeting, everyone, roster, 80.0)
    assert not attendance.is_waiting
    assert attendance.due(story.meeting, without, roster, 95.0) == []
    elsewhere = NodePresence(node_id="web-2", number=1, here=(presence_of(DANA),), waiting=())
    roster.got(elsewhere, 100.0, MONDAY_TEN)
    assert attendance.due(story.meeting, without, roster, 300.0) == []


def test_X1_a_waiting_device_departs_after_ten_seconds() -> None:
    story = planned_story()
    story.arrive(DANA)
    attendance = Attendance(MONDAY_TEN)
    departs = DepartParticipant(participant_id=DANA.id, device_id=device(DANA))
    assert attendance.due(story.meeting, [connected(DANA, joined=False)], Roster(), 0.0) == []
    assert attendance.due(story.meeting, [], Roster(), 1.0) == []
    assert attendance.due(story.meeting, [], Roster(), 10.9) == []
    assert attendance.due(story.meeting, [], Roster(), 11.0) == [departs]


def test_X16_a_waiting_device_that_the_log_has_lost_arrives_again() -> None:
    story = planned_story()
    story.arrive(RUTH, number=1, second=True)
    waiting = replace(connected(RUTH, joined=False), second_device=True)
    attendance = Attendance(MONDAY_TEN)
    assert attendance.due(story.meeting, [waiting], Roster(), 0.0) == []
    story.do(DepartParticipant(participant_id=RUTH.id, device_id=device(RUTH)))
    again = ArriveParticipant(participant_id=RUTH.id, device_id=device(RUTH), second_device=True)
    assert attendance.due(story.meeting, [waiting], Roster(), 1.0) == [again]
    lost_a_moment_ago = replace(waiting, is_waiting=False)
    assert attendance.due(story.meeting, [lost_a_moment_ago], Roster(), 2.0) == []
    story.do(again)
    assert attendance.due(story.meeting, [waiting], Roster(), 3.0) == []


def test_X16_who_is_in_or_was_removed_is_not_arrived() -> None:
    story = planned_story().bring_in(SAM, DANA)
    story.do(RemoveParticipant(participant_id=RUTH.id), SAM)
    at_door = [connected(DANA, joined=False), connected(RUTH, joined=False)]
    arrivals = Attendance(MONDAY_TEN).due(story.meeting, at_door, Roster(), 0.0)
    assert not any(isinstance(one, ArriveParticipant) for one in arrivals)


def test_who_comes_back_unheard_is_given_twice_the_time_and_the_old_time_once_heard() -> None:
    story = planned_story()
    story.arrive(RUTH)
    attendance, roster, now = Attendance(MONDAY_TEN), Roster(), 0.0
    departs = DepartParticipant(participant_id=RUTH.id, device_id=device(RUTH))
    for patience in (10, 20, 40, 80, 160, 320, 320):
        assert attendance.due(story.meeting, [], roster, now) == []
        assert attendance.due(story.meeting, [], roster, now + patience - 1) == []
        now += patience
        assert attendance.due(story.meeting, [], roster, now) == [departs]
        assert attendance.due(story.meeting, [], roster, now + 1) == [departs], "until it is written down"
        story.do(departs)
        assert attendance.due(story.meeting, [], roster, now + 2) == []
        story.arrive(RUTH)
        now += 3
    waits = NodePresence(node_id="web-2", number=1, here=(), waiting=((RUTH.id, device(RUTH)),))
    roster.got(waits, now, MONDAY_TEN)
    assert attendance.due(story.meeting, [], roster, now) == []
    roster.forget_silent(now + 100)
    assert attendance.due(story.meeting, [], roster, now + 100) == []
    assert attendance.due(story.meeting, [], roster, now + 110) == [departs]


def test_nothing_is_due_when_the_meeting_is_over() -> None:
    story = admitted()
    story.arrive(RUTH)
    story.admit(SAM)
    story.do(CancelMeeting(reason="Another day."), SAM)
    attendance = Attendance(MONDAY_TEN)
    assert attendance.due(story.meeting, [connected(DANA)], Roster(), 0.0) == []
    assert attendance.due(story.meeting, [], Roster(), 900.0) == []
    assert not attendance.is_waiting


def joins(attendance: Attendance, story: Story, here: list[Here], now: float) -> list[object]:
    due = attendance.due(story.meeting, here, Roster(), now)
    return [command for command in due if isinstance(command, JoinParticipant)]


def presence_of(who: Participant) -> Presence:
    return Presence(
        participant_id=who.id,
        camera=True,
        microphone=True,
        mode=Mode.VIDEO,
        hand_raised_at=None,
        connection="good",
        plan_client_ids=(),
    )
