"""What one viewer may know of a meeting, as entities under keys: the one place where secrecy of the meeting is decided.

The room sends the difference of two views, so that a snapshot plus changes is a fresh snapshot by construction.
"""

from datetime import datetime

from meetings import access
from meetings.agreement import asked_of, not_asked
from meetings.closing import undecided
from meetings.due_days import due_days
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
from meetings.holding import gone_since
from meetings.ids import DeviceId, ParticipantId
from meetings.meeting import Meeting, Phase, WaitingDevice
from meetings.names import first_name, told_apart
from meetings.participants import CAPABILITIES, FAMILY_ROLES, Capability, Participant
from meetings.practice.catalog import MODELS
from meetings.proposals import Proposal

COLORS = 8
"""How many cursor colours the screens have; more people than colours share one."""


def view(meeting: Meeting, viewer: ParticipantId, device_id: DeviceId) -> dict[str, Entity]:
    """[X8] Everything this person may know on this device. Raises MeetingError `participant.unknown`."""
    person = meeting.participants.get(viewer)
    if person is None:
        raise MeetingError("participant.unknown", "This person is not invited to this meeting.")
    entities: dict[str, Entity] = {"you": _you(meeting, person, device_id)}
    if viewer in meeting.removed:
        return entities
    if not access.may_see_meeting(meeting, viewer, device_id):
        return entities | {"lobby": _lobby(meeting)}
    entities["meeting"] = _meeting(meeting, person)
    entities |= _stages(meeting) | _people(meeting, viewer) | _proposals(meeting, person)
    if access.may_let_in(meeting, viewer):
        entities |= _waiting(meeting)
    if person.may(Capability.RUN_MEETING):
        entities |= _attendance(meeting)
    return entities


def _you(meeting: Meeting, person: Participant, device_id: DeviceId) -> YouEntity:
    is_in = access.may_see_meeting(meeting, person.id, device_id)
    own = [one for one in meeting.waiting if (one.participant_id, one.device_id) == (person.id, device_id)]
    return YouEntity(
        participant_id=person.id,
        name=person.name if is_in else first_name(person.name),
        role=person.role,
        state=_seat_state(meeting, person.id, is_in, bool(own)),
        second_device=any(one.second_device for one in own),
        capabilities=tuple(sorted(CAPABILITIES[person.role])) if is_in else (),
    )


def _seat_state(meeting: Meeting, viewer: ParticipantId, is_in: bool, is_waiting: bool) -> SeatState:
    """[X16] A device that is not shown to those who let people in is not told that it is."""
    if viewer in meeting.removed:
        return SeatState.REMOVED
    if meeting.is_over:
        return SeatState.OVER
    if is_in:
        return SeatState.ADMITTED
    return SeatState.WAITING if is_waiting else SeatState.ARRIVING


def _lobby(meeting: Meeting) -> LobbyEntity:
    return LobbyEntity(
        facilitator_first_name=first_name(meeting.facilitator.name),
        scheduled_at=meeting.scheduled_at,
        moved_from=meeting.moved_from,
        time_zone=meeting.time_zone,
        phase=meeting.phase,
        facilitator_gone_since=gone_since(meeting),
    )


def _meeting(meeting: Meeting, person: Participant) -> MeetingEntity:
    """[X11] The case and its record are named only to those who may see the record. [M14] So is why it was adjourned:
    a reason may say who does not feel safe."""
    sees_record = person.may(Capability.SEE_RECORD)
    due_from, due_to = due_days(meeting)
    return MeetingEntity(
        meeting_id=meeting.id,
        practice=meeting.practice,
        family_name=meeting.family_name,
        decision_question=meeting.decision_question,
        phase=meeting.phase,
        stage=meeting.stage,
        scheduled_at=meeting.scheduled_at,
        time_zone=meeting.time_zone,
        due_from=due_from.isoformat(),
        due_to=due_to.isoformat(),
        opened_at=meeting.opened_at,
        closed_at=meeting.closed_at,
        adjourn_reason=meeting.adjourn_reason if sees_record and meeting.phase is Phase.ADJOURNED else None,
        plan_frozen_sha256=meeting.frozen.sha256 if meeting.frozen else None,
        facilitator_gone_since=gone_since(meeting),
        held_by=meeting.holder,
        case_id=meeting.case_id if sees_record else None,
        record_id=meeting.record_id if sees_record else None,
    )


def _stages(meeting: Meeting) -> dict[str, Entity]:
    spent: dict[int, float] = {}
    since: dict[int, datetime] = {}
    for span in meeting.spans:
        if span.ended_at is None:
            since[span.stage] = span.started_at
        else:
            spent[span.stage] = spent.get(span.stage, 0.0) + (span.ended_at - span.started_at).total_seconds()
    return {
        f"stage/{stage.number}": StageEntity(
            number=stage.number,
            id=stage.id,
            planned_min=stage.planned_min,
            spent_s=spent.get(stage.number, 0.0),
            since=since.get(stage.number),
        )
        for stage in MODELS[meeting.practice].stages
    }


def _people(meeting: Meeting, viewer: ParticipantId) -> dict[str, Entity]:
    """[M15] People of one name are told apart among those this viewer sees: no mark says that somebody is invited."""
    told = told_apart(one for one in meeting.participants.values() if access.may_see_person(meeting, viewer, one.id))
    return {
        f"person/{one.id}": PersonEntity(
            participant_id=one.id,
            name=one.name,
            role=one.role,
            relation=one.relation,
            color=index % COLORS,
            admitted=one.id in meeting.admitted,
            removed=one.id in meeting.removed and meeting.participants[viewer].may(Capability.RUN_MEETING),
            is_family=one.role in FAMILY_ROLES,
            told=told[one.id],
        )
        for index, one in enumerate(meeting.participants.values())
        if one.id in told
    }


def _proposals(meeting: Meeting, person: Participant) -> dict[str, Entity]:
    runs = person.may(Capability.RUN_MEETING)
    return {f"proposal/{one.id}": _proposal(meeting, one, runs) for one in meeting.proposals.values()}


def _proposal(meeting: Meeting, proposal: Proposal, runs: bool) -> ProposalEntity:
    """[X12] Who was confirmed present and not asked follows from attendance, which the facilitator alone is shown."""
    return ProposalEntity(
        proposal_id=proposal.id,
        version=proposal.version,
        text=proposal.text,
        answers_question=proposal.answers_question,
        by=proposal.by,
        opened_at=proposal.opened_at,
        state=proposal.state,
        positions=tuple(proposal.positions.values()),
        unanswered=tuple(one for one in asked_of(meeting, proposal) if one not in proposal.positions),
        not_asked=not_asked(meeting, proposal) if runs else (),
        settled_at=proposal.settled_at,
        outcome=proposal.outcome,
        agency_decision=proposal.agency_decision,
        withdrawal=proposal.withdrawal,
        is_undecided=proposal in undecided(meeting),
    )


def _waiting(meeting: Meeting) -> dict[str, Entity]:
    """[X12] Who waits: family first, then by arrival."""

    def rank(one: WaitingDevice) -> tuple[bool, datetime]:
        return (meeting.participants[one.participant_id].role not in FAMILY_ROLES, one.since)

    entities: dict[str, Entity] = {}
    for order, one in enumerate(sorted(meeting.waiting, key=rank)):
        person = meeting.participants[one.participant_id]
        entities[f"waiting/{one.participant_id}/{one.device_id}"] = WaitingEntity(
            participant_id=one.participant_id,
            device_id=one.device_id,
            name=person.name,
            role=person.role,
            relation=person.relation,
            since=one.since,
            second_device=one.second_device,
            order=order,
        )
    return entities


def _attendance(meeting: Meeting) -> dict[str, Entity]:
    return {
        f"attendance/{one}": AttendanceEntity(
            participant_id=one,
            intervals=meeting.stays.get(one, ()),
            confirmation=meeting.confirmations.get(one),
        )
        for one in meeting.participants
    }
