from datetime import timedelta
from typing import TypeVar

import msgspec
import pytest
from msgspec.structs import replace

from meetings.commands import DepartParticipant, HoldRoom, LeaveParticipant, MoveStage, OpenMeeting, RemoveParticipant
from meetings.entities import (
    AttendanceEntity,
    Entity,
    LobbyEntity,
    MeetingEntity,
    PersonEntity,
    ProposalEntity,
    SeatState,
    StageEntity,
    WaitingEntity,
    YouEntity,
)
from meetings.errors import MeetingError
from meetings.ids import ParticipantId
from meetings.meeting import Phase
from meetings.names import Mark, ToldApart
from meetings.participants import Capability, Participant
from meetings.proposals import Answer
from meetings.view import view
from tests.support.story import (
    ADJOURNED,
    ALEX,
    DANA,
    EVERYONE,
    FIRST,
    JOSE,
    JOSE_JR,
    LEE,
    MORGAN,
    PRIYA,
    RECORD,
    RUTH,
    SAM,
    SCHEDULE,
    Story,
    closed_story,
    device,
    opened_story,
    planned_story,
    proposed_story,
)

Kind = TypeVar("Kind")


def seen(story: Story, who: Participant, kind: type[Kind], number: int = 1) -> dict[str, Kind]:
    return {key: one for key, one in entities(story, who, number).items() if isinstance(one, kind)}


def entities(story: Story, who: Participant, number: int = 1) -> dict[str, Entity]:
    return view(story.meeting, who.id, device(who, number))


def you(story: Story, who: Participant, number: int = 1) -> YouEntity:
    return seen(story, who, YouEntity, number)["you"]


def test_X8_who_waits_sees_their_first_name_and_the_lobby() -> None:
    story = planned_story().bring_in(SAM, PRIYA)
    story.arrive(DANA)
    assert entities(story, DANA) == {
        "you": YouEntity(
            participant_id=DANA.id,
            name="Dana",
            role=DANA.role,
            state=SeatState.WAITING,
            second_device=False,
            capabilities=(),
        ),
        "lobby": LobbyEntity(
            facilitator_first_name="Sam",
            scheduled_at=SCHEDULE.scheduled_at,
            moved_from=None,
            time_zone="America/Chicago",
            phase=story.meeting.phase,
            facilitator_gone_since=None,
        ),
    }


def test_X16_a_device_that_the_log_has_let_go_of_is_not_told_that_it_is_seen() -> None:
    story = planned_story().bring_in(SAM)
    story.arrive(DANA)
    story.do(DepartParticipant(participant_id=DANA.id, device_id=device(DANA)))
    assert you(story, DANA).state is SeatState.ARRIVING
    assert set(entities(story, DANA)) == {"you", "lobby"}
    story.arrive(DANA)
    assert you(story, DANA).state is SeatState.WAITING


def test_X8_a_second_device_sees_only_the_lobby() -> None:
    story = proposed_story()
    story.arrive(DANA, number=2, second=True)
    assert set(entities(story, DANA, number=2)) == {"you", "lobby"}
    assert you(story, DANA, number=2).second_device
    sent = msgspec.json.encode(entities(story, DANA, number=2)).decode()
    for secret in ("Reyes", "Ruth", "Priya", "Lee", "Morgan", SCHEDULE.decision_question, SCHEDULE.case_id):
        assert secret not in sent


def test_X8_who_was_removed_sees_only_that() -> None:
    story = opened_story()
    story.do(RemoveParticipant(participant_id=RUTH.id), SAM)
    assert set(entities(story, RUTH)) == {"you"}
    assert (you(story, RUTH).state, you(story, RUTH).name) == (SeatState.REMOVED, "Ruth")


def test_X8_admitted_people_keep_seeing_after_the_close() -> None:
    story = closed_story()
    assert you(story, DANA).state is SeatState.OVER
    assert "meeting" in entities(story, DANA)
    assert set(entities(story, DANA, number=2)) == {"you", "lobby"}
    assert you(story, DANA, number=2).state is SeatState.OVER


def test_X8_a_stranger_has_no_view() -> None:
    with pytest.raises(MeetingError, match=r"participant\.unknown"):
        view(planned_story().meeting, ParticipantId("9" * 32), device(DANA))


def test_X8_an_admitted_person_is_told_name_and_capabilities() -> None:
    told = you(opened_story(), SAM)
    assert (told.name, told.state) == ("Sam Okafor", SeatState.ADMITTED)
    assert Capability.RUN_MEETING in told.capabilities
    assert Capability.STATE_POSITION not in told.capabilities


def test_X9_names_of_those_who_did_not_come_go_to_the_facilitator_alone() -> None:
    story = planned_story().bring_in(SAM, DANA)
    assert set(seen(story, SAM, PersonEntity)) == {f"person/{one.id}" for one in EVERYONE}
    people = seen(story, DANA, PersonEntity)
    assert set(people) == {f"person/{one.id}" for one in (SAM, PRIYA, ALEX, DANA)}
    assert people[f"person/{DANA.id}"].admitted
    assert people[f"person/{DANA.id}"].is_family
    assert not people[f"person/{ALEX.id}"].admitted
    assert len({one.color for one in seen(story, SAM, PersonEntity).values()}) == len(EVERYONE)


def test_M15_people_of_one_name_are_told_apart_among_those_seen() -> None:
    story = Story(replace(SCHEDULE, participants=(*EVERYONE, JOSE, JOSE_JR))).bring_in(SAM, DANA, JOSE)

    def told(who: Participant, of: Participant) -> ToldApart:
        return seen(story, who, PersonEntity)[f"person/{of.id}"].told

    assert told(SAM, JOSE) == ToldApart(marks=(Mark.RELATION,), shares_first=True)
    assert told(DANA, JOSE) == ToldApart()  # that a son of the name is invited is not hers to know
    story.bring_in(JOSE_JR)
    assert told(DANA, JOSE) == told(SAM, JOSE_JR) == ToldApart(marks=(Mark.RELATION,), shares_first=True)
    assert told(DANA, DANA) == ToldApart()


def test_X11_case_and_record_are_named_to_those_who_may_see_the_record() -> None:
    story = closed_story()
    for who in EVERYONE:
        told = seen(story, who, MeetingEntity)["meeting"]
        expected = (SCHEDULE.case_id, RECORD) if who in (SAM, PRIYA, ALEX) else (None, None)
        assert (told.case_id, told.record_id) == expected


def test_R7_X12_who_was_confirmed_present_and_not_asked_is_told_to_the_facilitator_alone() -> None:
    """Also that a question keeps the meeting open, and who was to answer when it was adjourned."""
    story = planned_story().bring_in(SAM, PRIYA, DANA)
    story.do(OpenMeeting(), SAM)
    story.propose()
    story.confirm(RUTH)
    story.settle(missing_ok=True)
    for who in (SAM, PRIYA, DANA):
        told = seen(story, who, ProposalEntity)[f"proposal/{FIRST}"]
        assert told.not_asked == ((RUTH.id,) if who is SAM else ())
        assert (told.unanswered, told.is_undecided) == ((PRIYA.id, DANA.id), True)


def test_M13_the_screens_keep_who_was_to_answer_when_it_was_adjourned() -> None:
    story = proposed_story()
    story.answer(DANA, Answer.SUPPORT)
    before = seen(story, SAM, ProposalEntity)[f"proposal/{FIRST}"].unanswered
    story.adjourn()
    assert seen(story, DANA, ProposalEntity)[f"proposal/{FIRST}"].unanswered == before != ()


def test_M14_why_it_was_adjourned_is_told_to_those_who_may_see_the_record() -> None:
    story = opened_story()
    assert seen(story, SAM, MeetingEntity)["meeting"].adjourn_reason is None
    story.adjourn()
    for who in EVERYONE:
        told = seen(story, who, MeetingEntity)["meeting"]
        assert told.phase is Phase.ADJOURNED
        assert told.adjourn_reason == (ADJOURNED if who in (SAM, PRIYA, ALEX) else None)


def test_X12_the_facilitator_sees_who_waits_family_first() -> None:
    story = planned_story()
    for who in (PRIYA, MORGAN, LEE, SAM, DANA):
        story.wait(seconds=10).arrive(who)
    waiting = sorted(seen(story, SAM, WaitingEntity).values(), key=lambda one: one.order)
    assert [one.name for one in waiting] == [one.name for one in (LEE, DANA, PRIYA, MORGAN)]
    assert [one.order for one in waiting] == [0, 1, 2, 3]
    story.admit(PRIYA)
    assert not any(key.startswith(("waiting/", "attendance/")) for key in entities(story, PRIYA))


def test_X12_who_was_removed_is_told_to_the_facilitator_alone() -> None:
    story = opened_story()
    story.do(RemoveParticipant(participant_id=MORGAN.id), SAM)
    key = f"person/{MORGAN.id}"
    assert seen(story, SAM, PersonEntity)[key].removed
    assert not seen(story, PRIYA, PersonEntity)[key].removed


def test_X13_M17_who_holds_the_room_sees_who_waits_and_no_attendance() -> None:
    story = opened_story()
    story.do(LeaveParticipant(participant_id=SAM.id, at=story.now))
    gone_since = story.now
    story.arrive(DANA, number=2, second=True)
    story.wait(seconds=60).do(HoldRoom(), PRIYA)
    assert [one.participant_id for one in seen(story, PRIYA, WaitingEntity).values()] == [DANA.id]
    assert not seen(story, ALEX, WaitingEntity) and not seen(story, PRIYA, AttendanceEntity)
    for who in (PRIYA, DANA, RUTH):
        meeting = seen(story, who, MeetingEntity)["meeting"]
        assert (meeting.facilitator_gone_since, meeting.held_by) == (gone_since, PRIYA.id)
    assert seen(story, DANA, LobbyEntity, 2)["lobby"].facilitator_gone_since == gone_since
    story.join(SAM)
    meeting = seen(story, RUTH, MeetingEntity)["meeting"]
    assert (meeting.facilitator_gone_since, meeting.held_by) == (None, None)
    assert not seen(story, PRIYA, WaitingEntity) and seen(story, SAM, WaitingEntity)


def test_X12_the_facilitator_sees_every_line_of_attendance_unticked() -> None:
    story = opened_story()
    lines = {key: one for key, one in entities(story, SAM).items() if key.startswith("attendance/")}
    assert set(lines) == {f"attendance/{one.id}" for one in EVERYONE}
    assert 'confirmation":null' in msgspec.json.encode(lines).decode()


def test_M7_a_late_joiner_is_shown_stages_with_their_times() -> None:
    story = opened_story()
    story.do(MoveStage(stage=2), SAM)
    story.wait(minutes=3).do(MoveStage(stage=1), SAM)
    stages = seen(story, LEE, StageEntity)
    assert [one.id for one in stages.values()] == [
        "introduction",
        "situation",
        "assess",
        "ideas",
        "decision",
        "recap",
    ]
    assert (stages["stage/1"].spent_s, stages["stage/1"].since) == (300, story.now)
    assert (stages["stage/2"].spent_s, stages["stage/2"].since) == (180, None)
    assert stages["stage/3"].spent_s == 0


def test_C6_unanswered_are_those_here_and_then_those_who_were_asked() -> None:
    story = proposed_story()
    for who in (PRIYA, ALEX, DANA, RUTH):
        story.answer(who, Answer.SUPPORT)
    proposal = seen(story, LEE, ProposalEntity)[f"proposal/{FIRST}"]
    assert proposal.unanswered == (LEE.id, MORGAN.id)
    assert [one.participant_id for one in proposal.positions] == [one.id for one in (PRIYA, ALEX, DANA, RUTH)]
    story.do(RemoveParticipant(participant_id=MORGAN.id), SAM)
    assert seen(story, LEE, ProposalEntity)[f"proposal/{FIRST}"].unanswered == (LEE.id,)
    story.settle(missing_ok=True)
    story.wait(minutes=1)
    settled = seen(story, LEE, ProposalEntity)[f"proposal/{FIRST}"]
    assert settled.unanswered == (LEE.id,)
    assert settled.settled_at == story.now - timedelta(minutes=1)
