"""Proposals, positions and decisions: the team seeks consensus, the agency answers where there is none."""

from datetime import datetime

from meetings.commands import (
    AmendProposal,
    DecideForAgency,
    OpenProposal,
    SettleProposal,
    StatePosition,
    WithdrawProposal,
)
from meetings.consensus import outcome
from meetings.errors import MeetingError
from meetings.events import (
    AgencyDecided,
    Event,
    PositionStated,
    ProposalAmended,
    ProposalOpened,
    ProposalSettled,
    ProposalWithdrawn,
)
from meetings.ids import ParticipantId, ProposalId
from meetings.meeting import Meeting
from meetings.participants import Capability, Participant, Role
from meetings.proposals import Answer, Outcome, Proposal, ProposalState
from meetings.words import filed, is_blank, plain


def open_proposal(meeting: Meeting, command: OpenProposal, by: Participant, now: datetime) -> list[Event]:
    """[P1] Words are put to the team by those who may propose. [P2] One open proposal at a time. [P8] They answer the
    meeting's own question or another one: whoever puts them says so."""
    known = meeting.proposals.get(command.proposal_id)
    if known is not None:
        same = (by.id, plain(command.text), 1, command.answers_question)
        if (known.by, known.text, known.version, known.answers_question) == same:
            return []
        raise MeetingError("proposal.exists", "This proposal was already made.")
    if meeting.open_proposal is not None:
        raise MeetingError("proposal.already_open", "Settle or withdraw the open proposal first.")
    text = _words(command.text, "proposal.empty", "Write the words of the proposal.")
    return [ProposalOpened(proposal_id=command.proposal_id, text=text, answers_question=command.answers_question)]


def amend(meeting: Meeting, command: AmendProposal, by: Participant, now: datetime) -> list[Event]:
    """[P3] New words are a new version; answers start again, the old ones are kept. [P4] By author or facilitator."""
    proposal = _own(_open(meeting, command.proposal_id), by)
    text = _words(command.text, "proposal.empty", "Write the words of the proposal.")
    if text == proposal.text:
        return []
    return [ProposalAmended(proposal_id=proposal.id, version=proposal.version + 1, text=text)]


def withdraw(meeting: Meeting, command: WithdrawProposal, by: Participant, now: datetime) -> list[Event]:
    """[P4] The author or the facilitator may take a question back; it stays in the log. [P9] With a reason, while
    nothing is decided on it; the meeting's own question is put in other words, never taken back."""
    proposal = _own(_undecided(meeting, command.proposal_id), by)
    if proposal.answers_question:
        raise MeetingError(
            "proposal.required", "The question of this meeting cannot be taken back. Change the wording instead."
        )
    reason = _words(command.reason, "proposal.reason_required", "Say why the question is taken back.")
    return [ProposalWithdrawn(proposal_id=proposal.id, reason=reason)]


def state_position(meeting: Meeting, command: StatePosition, by: Participant, now: datetime) -> list[Event]:
    """[P5] Answers count for the version shown and may change until the proposal is settled.

    [P6] "Can't support" needs a reason. [P10] The words on the person's screen are those that are answered.
    """
    proposal = _open(meeting, command.proposal_id)
    if command.version != proposal.version:
        raise MeetingError("position.version_stale", "The words have changed. Read them again before you answer.")
    _check_shown(proposal, command.text_sha256)
    reason = filed(command.reason)
    if command.answer is Answer.CANNOT_SUPPORT and is_blank(reason):
        raise MeetingError("position.reason_required", "Say in your own words why you can't support it.")
    before = proposal.positions.get(by.id)
    if before is not None and (before.answer, before.reason) == (command.answer, reason):
        return []
    return [
        PositionStated(
            proposal_id=proposal.id,
            participant_id=by.id,
            version=proposal.version,
            answer=command.answer,
            reason=reason,
            text_sha256=command.text_sha256,
        )
    ]


def settle(meeting: Meeting, command: SettleProposal, by: Participant, now: datetime) -> list[Event]:
    """[C5] The facilitator closes the answers; the outcome follows. [C6] Missing answers must have been seen.

    [P11] So must the words.
    """
    proposal = _open(meeting, command.proposal_id)
    _check_shown(proposal, command.text_sha256)
    people = asked(meeting, proposal)
    if not command.missing_ok and any(one not in proposal.positions for one in people):
        raise MeetingError("proposal.answers_missing", "Not everyone here has answered yet.")
    answers = {one: position.answer for one, position in proposal.positions.items()}
    return [ProposalSettled(proposal_id=proposal.id, outcome=outcome(answers, people), asked=people)]


def decide_for_agency(meeting: Meeting, command: DecideForAgency, by: Participant, now: datetime) -> list[Event]:
    """[C7] A supervisor decides, once and with reasons, and only where the team was asked and did not agree.

    [C10] Of the meeting's own question, only the last words put to the team are still to decide. [P11] The supervisor
    has the words that were asked about on the screen.
    """
    proposal = _known(meeting, command.proposal_id)
    if proposal.state is not ProposalState.SETTLED:
        raise MeetingError("proposal.not_settled", "The team has not finished answering.")
    if proposal.outcome is not Outcome.NOT_REACHED:
        raise MeetingError("agency.team_agreed", "The team agreed; the team's decision stands.")
    if proposal.answers_question and proposal is not meeting.answer:
        raise MeetingError("agency.other_words", "The team was asked again in other words. Decide on those.")
    if proposal.agency_decision is not None:
        raise MeetingError("agency.already_decided", "The agency's decision is already recorded.")
    _check_shown(proposal, command.text_sha256)
    text = _words(command.text, "agency.empty", "Write the agency's decision.")
    reason = _words(command.reason, "agency.reason_required", "Give the reasons for the agency's decision.")
    return [AgencyDecided(proposal_id=proposal.id, text=text, reason=reason)]


def asked(meeting: Meeting, proposal: Proposal) -> tuple[ParticipantId, ...]:
    """[C5] Who counts if answers closed now: entitled people who are here, and whoever answered this version."""
    return tuple(
        one
        for one in meeting.participants
        if one in proposal.positions
        or (meeting.may(one, Capability.STATE_POSITION) and meeting.present_mode(one) is not None)
    )


def asked_of(meeting: Meeting, proposal: Proposal) -> tuple[ParticipantId, ...]:
    """[C5] Who counts now while it is open, else who counted when it was settled or the meeting adjourned over it."""
    is_open = proposal.state is ProposalState.OPEN and not meeting.is_over
    return asked(meeting, proposal) if is_open else proposal.asked


def not_asked(meeting: Meeting, proposal: Proposal) -> tuple[ParticipantId, ...]:
    """[R7] Who was confirmed present, states positions, and is not among those asked: in the room without a device, or
    there only before or after. Of words that were taken back unanswered nobody was asked, and nobody is missed."""
    if proposal.state is ProposalState.WITHDRAWN and proposal.settled_at is None:
        return ()
    people = asked_of(meeting, proposal)
    return tuple(
        one
        for one, person in meeting.participants.items()
        if person.may(Capability.STATE_POSITION) and meeting.was_confirmed_present(one) and one not in people
    )


def _known(meeting: Meeting, proposal_id: ProposalId) -> Proposal:
    proposal = meeting.proposals.get(proposal_id)
    if proposal is None:
        raise MeetingError("proposal.unknown", "There is no such proposal.")
    return proposal


def _check_shown(proposal: Proposal, text_sha256: str) -> None:
    """[P10] [P11] Whoever answers, closes or decides has the proposal's words on the screen, not others."""
    if text_sha256 != proposal.text_sha256:
        raise MeetingError("proposal.words_differ", "Your screen showed other words. Read them again.")


def _open(meeting: Meeting, proposal_id: ProposalId) -> Proposal:
    proposal = _undecided(meeting, proposal_id)
    if proposal.state is ProposalState.SETTLED:
        raise MeetingError("proposal.already_settled", "This proposal is already settled.")
    return proposal


def _undecided(meeting: Meeting, proposal_id: ProposalId) -> Proposal:
    proposal = _known(meeting, proposal_id)
    if proposal.is_decided:
        raise MeetingError("proposal.already_settled", "This proposal is already settled.")
    if proposal.state is ProposalState.WITHDRAWN:
        raise MeetingError("proposal.withdrawn", "This proposal was withdrawn.")
    return proposal


def _own(proposal: Proposal, by: Participant) -> Proposal:
    if by.id != proposal.by and by.role is not Role.FACILITATOR:
        raise MeetingError("proposal.not_yours", "Only its author or the facilitator may change this proposal.")
    return proposal


def _words(text: str, code: str, sentence: str) -> str:
    if is_blank(text):
        raise MeetingError(code, sentence)
    return filed(text)
