from meetings.attendance import Mode
from meetings.commands import (
    AdmitParticipant,
    ArriveParticipant,
    CancelMeeting,
    DepartParticipant,
    JoinParticipant,
    ReadmitParticipant,
    RemoveParticipant,
    SendToWaiting,
    StatePosition,
)
from meetings.events import (
    ParticipantAdmitted,
    ParticipantArrived,
    ParticipantLeft,
    ParticipantReadmitted,
    ParticipantRemoved,
    ParticipantUnseated,
)
from meetings.ids import ParticipantId
from meetings.proposals import Answer
from tests.support.story import (
    ALEX,
    DANA,
    FIRST,
    LEE,
    PRIYA,
    RUTH,
    SAM,
    SHOWN,
    closed_story,
    device,
    opened_story,
    planned_story,
    proposed_story,
    seated_story,
)

STRANGER = ParticipantId("9" * 32)


def test_X1_an_arriving_device_waits_and_arriving_again_changes_nothing() -> None:
    story = planned_story()
    assert story.arrive(DANA) == [
        ParticipantArrived(participant_id=DANA.id, device_id=device(DANA), second_device=False)
    ]
    assert story.arrive(DANA) == []
    assert [one.participant_id for one in story.meeting.waiting] == [DANA.id]


def test_X1_a_waiting_device_that_goes_away_is_no_longer_shown() -> None:
    story = planned_story()
    story.arrive(DANA)
    depart = DepartParticipant(participant_id=DANA.id, device_id=device(DANA))
    assert len(story.do(depart)) == 1
    assert story.do(depart) == []
    assert story.meeting.waiting == ()


def test_X16_a_device_that_the_log_has_let_go_of_arrives_anew() -> None:
    story = planned_story()
    story.arrive(RUTH, number=2, second=True)
    story.do(DepartParticipant(participant_id=RUTH.id, device_id=device(RUTH, 2)))
    story.arrive(RUTH, number=2, second=True)
    assert [(one.device_id, one.second_device) for one in story.meeting.waiting] == [(device(RUTH, 2), True)]
    assert story.meeting.is_waiting(RUTH.id, device(RUTH, 2)) and not story.meeting.is_waiting(RUTH.id, device(RUTH))


def test_X1_coming_and_going_after_the_end_records_nothing() -> None:
    story = closed_story()
    assert story.arrive(DANA, number=2) == []
    assert story.do(DepartParticipant(participant_id=DANA.id, device_id=device(DANA))) == []


def test_X1_coming_after_the_meeting_was_called_off_records_nothing() -> None:
    story = planned_story().bring_in(SAM)
    story.do(CancelMeeting(reason="The family asked for another day."), SAM)
    assert story.arrive(DANA) == []


def test_X2_the_facilitator_is_admitted_by_own_standing() -> None:
    story = planned_story()
    assert story.arrive(SAM)[-1] == ParticipantAdmitted(participant_id=SAM.id, device_id=device(SAM))
    assert story.arrive(SAM) == []


def test_X2_the_facilitators_unproved_second_device_waits() -> None:
    story = planned_story()
    story.arrive(SAM, second=True)
    assert story.meeting.admitted == {}
    story.arrive(SAM)
    assert story.meeting.admitted == {SAM.id: device(SAM)}


def test_X2_nobody_else_is_admitted_by_the_facilitators_return() -> None:
    story = planned_story()
    for who in (DANA, PRIYA):
        story.arrive(who)
    story.arrive(SAM)
    story.arrive(SAM, number=2)
    assert story.meeting.admitted == {SAM.id: device(SAM, 2)}
    assert len(story.meeting.waiting) == 2


def test_X3_the_facilitator_admits_one_waiting_device() -> None:
    story = planned_story().bring_in(SAM)
    story.arrive(DANA)
    story.arrive(DANA, number=2, second=True)
    story.arrive(RUTH)
    story.admit(DANA)
    assert story.meeting.admitted[DANA.id] == device(DANA)
    assert {one.device_id for one in story.meeting.waiting} == {device(DANA, 2), device(RUTH)}
    assert story.admit(DANA) == []
    assert story.arrive(DANA) == []


def test_X3_only_the_facilitator_admits_and_only_who_waits() -> None:
    story = planned_story().bring_in(SAM, PRIYA)
    admit = AdmitParticipant(participant_id=DANA.id, device_id=device(DANA))
    story.refused("participant.not_waiting", admit, SAM)
    story.refused("participant.not_permitted", admit, PRIYA)
    unknown = AdmitParticipant(participant_id=STRANGER, device_id=device(DANA))
    story.refused("participant.unknown", unknown, SAM)


def test_X4_a_second_device_replaces_the_first_and_its_stay_ends() -> None:
    story = opened_story()
    story.arrive(DANA, number=2, second=True)
    news = story.wait(minutes=1).admit(DANA, number=2)
    assert news == [
        ParticipantLeft(participant_id=DANA.id, left_at=story.now),
        ParticipantAdmitted(participant_id=DANA.id, device_id=device(DANA, 2)),
    ]
    old = JoinParticipant(participant_id=DANA.id, device_id=device(DANA), mode=Mode.VIDEO)
    story.refused("participant.not_admitted", old)
    assert len(story.join(DANA, number=2)) == 1


def test_X14_who_is_let_back_waits_like_anybody_who_arrives() -> None:
    story = opened_story()
    readmit = ReadmitParticipant(participant_id=RUTH.id)
    assert story.do(readmit, SAM) == []
    story.do(RemoveParticipant(participant_id=RUTH.id), SAM)
    story.refused("participant.not_permitted", readmit, ALEX)
    assert story.do(readmit, SAM) == [ParticipantReadmitted(participant_id=RUTH.id)]
    assert RUTH.id not in story.meeting.admitted and story.meeting.waiting == ()
    story.refused(
        "participant.not_admitted",
        StatePosition(proposal_id=FIRST, version=1, text_sha256=SHOWN, answer=Answer.SUPPORT),
        RUTH,
    )
    story.arrive(RUTH)
    assert story.meeting.is_waiting(RUTH.id, device(RUTH))
    story.admit(RUTH)
    assert story.meeting.is_admitted(RUTH.id, device(RUTH))
    story.refused("participant.unknown", ReadmitParticipant(participant_id=STRANGER), SAM)


def test_X15_who_is_sent_back_waits_and_can_be_let_in_again() -> None:
    story = opened_story()
    send = SendToWaiting(participant_id=RUTH.id)
    story.refused("participant.not_permitted", send, PRIYA)
    assert story.wait(minutes=1).do(send, SAM) == [
        ParticipantLeft(participant_id=RUTH.id, left_at=story.now),
        ParticipantUnseated(participant_id=RUTH.id, device_id=device(RUTH)),
    ]
    assert story.do(send, SAM) == []
    assert story.meeting.is_waiting(RUTH.id, device(RUTH)) and RUTH.id not in story.meeting.admitted
    assert story.meeting.present_mode(RUTH.id) is None
    story.admit(RUTH)
    story.join(RUTH)
    assert story.meeting.waiting == () and story.meeting.is_admitted(RUTH.id, device(RUTH))


def test_X15_a_second_device_that_is_sent_back_is_shown_as_one_again() -> None:
    story = opened_story()
    other = device(RUTH, 2)
    story.do(ArriveParticipant(participant_id=RUTH.id, device_id=other, second_device=True))
    story.do(AdmitParticipant(participant_id=RUTH.id, device_id=other), SAM)
    story.do(SendToWaiting(participant_id=RUTH.id), SAM)
    assert [(one.device_id, one.second_device) for one in story.meeting.waiting] == [(other, True)]


def test_X15_the_facilitator_is_not_sent_back() -> None:
    story = opened_story()
    story.refused("participant.is_facilitator", SendToWaiting(participant_id=SAM.id), SAM)
    story.refused("participant.unknown", SendToWaiting(participant_id=STRANGER), SAM)


def test_X5_whoever_was_removed_stays_out_until_let_back() -> None:
    story = proposed_story()
    news = story.do(RemoveParticipant(participant_id=RUTH.id), SAM)
    assert news == [
        ParticipantLeft(participant_id=RUTH.id, left_at=story.now),
        ParticipantRemoved(participant_id=RUTH.id),
    ]
    assert story.do(RemoveParticipant(participant_id=RUTH.id), SAM) == []
    arrive = ArriveParticipant(participant_id=RUTH.id, device_id=device(RUTH, 3), second_device=False)
    story.refused("participant.removed", arrive)
    story.refused(
        "participant.removed",
        StatePosition(proposal_id=FIRST, version=1, text_sha256=SHOWN, answer=Answer.SUPPORT),
        RUTH,
    )
    story.refused("participant.not_waiting", AdmitParticipant(participant_id=RUTH.id, device_id=device(RUTH)), SAM)


def test_X5_a_waiting_person_may_be_removed() -> None:
    story = planned_story().bring_in(SAM)
    story.arrive(LEE)
    assert story.do(RemoveParticipant(participant_id=LEE.id), SAM) == [ParticipantRemoved(participant_id=LEE.id)]
    assert story.meeting.waiting == ()


def test_X5_the_facilitator_cannot_be_removed() -> None:
    seated_story().refused("participant.is_facilitator", RemoveParticipant(participant_id=SAM.id), SAM)


def test_X7_arrivals_of_strangers_are_refused() -> None:
    arrive = ArriveParticipant(participant_id=STRANGER, device_id=device(DANA), second_device=False)
    planned_story().refused("participant.unknown", arrive)
