from msgspec.structs import replace

from meetings.access import hears, may_see_meeting, may_see_person, may_write_plan, may_write_root, plan_visible
from meetings.commands import CancelMeeting, OpenMeeting, RemoveParticipant
from meetings.participants import Role
from tests.support.story import (
    ALEX,
    DANA,
    EVERYONE,
    LEE,
    MORGAN,
    PRIYA,
    RUTH,
    SAM,
    SCHEDULE,
    Story,
    closed_story,
    device,
    opened_story,
    person,
    planned_story,
    recap_story,
    seated_story,
)


def test_X8_only_the_admitted_device_sees_the_meeting() -> None:
    story = planned_story().bring_in(SAM, DANA)
    story.arrive(DANA, number=2, second=True)
    story.arrive(RUTH)
    meeting = story.meeting
    assert may_see_meeting(meeting, DANA.id, device(DANA))
    assert not may_see_meeting(meeting, DANA.id, device(DANA, 2))
    assert not may_see_meeting(meeting, RUTH.id, device(RUTH))
    assert plan_visible(meeting, DANA.id, device(DANA))
    assert not plan_visible(meeting, DANA.id, device(DANA, 2))
    assert not plan_visible(meeting, RUTH.id, device(RUTH))


def test_X8_the_plan_stays_visible_after_the_close_and_not_when_called_off() -> None:
    assert plan_visible(closed_story().meeting, DANA.id, device(DANA))
    story = planned_story().bring_in(SAM)
    story.do(CancelMeeting(reason="The family asked for another day."), SAM)
    assert not plan_visible(story.meeting, SAM.id, device(SAM))


def test_X9_others_see_staff_and_whoever_came_in() -> None:
    story = planned_story().bring_in(SAM, DANA)
    story.arrive(RUTH)
    meeting = story.meeting
    assert all(may_see_person(meeting, SAM.id, one.id) for one in EVERYONE)
    visible = {one for one in EVERYONE if may_see_person(meeting, DANA.id, one.id)}
    assert visible == {SAM, PRIYA, ALEX, DANA}
    assert may_see_person(meeting, RUTH.id, RUTH.id)


def test_X9_who_took_part_stays_known_by_name() -> None:
    story = opened_story()
    story.do(RemoveParticipant(participant_id=MORGAN.id), SAM)
    assert may_see_person(story.meeting, DANA.id, MORGAN.id)


def test_X10_nobody_hears_anyone_before_the_meeting_opens() -> None:
    story = seated_story()
    assert hears(story.meeting) == {}
    story.do(OpenMeeting(), SAM)
    grants = hears(story.meeting)
    assert set(grants) == {one.id for one in EVERYONE}
    assert set(grants[DANA.id]) == {one.id for one in EVERYONE} - {DANA.id}


def test_X10_who_waits_or_was_removed_hears_nothing_and_is_not_heard() -> None:
    story = planned_story().bring_in(SAM, DANA, LEE)
    story.do(OpenMeeting(), SAM)
    story.arrive(RUTH)
    story.do(RemoveParticipant(participant_id=LEE.id), SAM)
    assert hears(story.meeting) == {SAM.id: (DANA.id,), DANA.id: (SAM.id,)}
    assert hears(closed_story().meeting) == {}


def test_L1_the_plan_is_written_in_session_and_unfrozen() -> None:
    assert not may_write_plan(seated_story().meeting, DANA.id)
    assert may_write_plan(opened_story().meeting, DANA.id)
    story = recap_story()
    story.freeze()
    assert not may_write_plan(story.meeting, SAM.id)
    assert not may_write_root(story.meeting, SAM.id, "steps")


def test_L1_only_admitted_people_whose_role_may_write() -> None:
    watcher = person(8, "Noor", Role.OBSERVER)
    story = Story(replace(SCHEDULE, participants=(*EVERYONE, watcher))).bring_in(SAM, watcher)
    story.do(OpenMeeting(), SAM)
    assert may_write_plan(story.meeting, SAM.id)
    assert not may_write_plan(story.meeting, watcher.id)
    assert not may_write_plan(story.meeting, DANA.id)


def test_L7_own_words_are_written_by_their_owner_alone() -> None:
    meeting = opened_story().meeting
    words = f"words:{DANA.id}"
    assert may_write_root(meeting, DANA.id, words)
    assert not any(may_write_root(meeting, one.id, words) for one in (SAM, PRIYA, RUTH))


def test_L8_nobody_but_family_has_words_of_their_own() -> None:
    meeting = opened_story().meeting
    assert all(may_write_root(meeting, one.id, f"words:{one.id}") for one in (DANA, RUTH, LEE))
    assert not any(may_write_root(meeting, one.id, f"words:{one.id}") for one in (SAM, PRIYA, ALEX, MORGAN))
    assert not any(may_write_root(meeting, one.id, "words:nobody") for one in EVERYONE)
    assert all(may_write_root(meeting, one.id, "cards:strengths") for one in EVERYONE)
