"""Random meetings: anyone asks anything at any time; what must always hold, holds after every step."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from meetings import commands as c
from meetings import events as e
from meetings.access import hears, may_write_plan
from meetings.attendance import AbsenceReason, Attended, Mode
from meetings.closing import undecided
from meetings.consensus import outcome
from meetings.decide import decide
from meetings.errors import MeetingError
from meetings.filing import case_record
from meetings.ids import DeviceId, ParticipantId, ProposalId
from meetings.meeting import Meeting, Phase
from meetings.participants import Capability, Participant
from meetings.proposals import Answer, Outcome, ProposalState, words_sha256
from meetings.view import view
from tests.support.story import (
    ALEX,
    EVERYONE,
    PRIYA,
    RECORD,
    SAM,
    SHA,
    Story,
    device,
    disagreed_story,
    opened_story,
    plan,
    planned_story,
    proposed_story,
    recap_story,
    seated_story,
)
from tests.support.verify import devices

people = st.sampled_from(EVERYONE)
numbers = st.integers(1, 2)
proposal_ids = st.sampled_from([ProposalId(letter * 32) for letter in "abc"])
words = st.sampled_from(["", "  ", "Lee stays with Ruth.", "Lee comes home on weekends."])
BEGINNINGS = [recap_story, planned_story, seated_story, opened_story, proposed_story, disagreed_story, recap_story]
CANARIES = [one.name for one in EVERYONE] + ["Reyes", "treatment"]


class RandomMeeting(RuleBasedStateMachine):
    """Every command by anyone at any time; refusals are expected, broken invariants are not."""

    @initialize(begin=st.sampled_from(BEGINNINGS))
    def begin(self, begin: Callable[[], Story]) -> None:
        self.story = begin()
        self.let_in: set[tuple[ParticipantId, DeviceId]] = set()
        self.removed: set[ParticipantId] = set()
        self.held_by: ParticipantId | None = None
        for one in self.story.events:
            self.note(one)

    @property
    def meeting(self) -> Meeting:
        return self.story.meeting

    def attempt(self, command: c.Command, by: Participant | None = None) -> None:
        first = len(self.story.events)
        self.held_by = self.meeting.holder
        try:
            self.story.do(command, by)
        except MeetingError as refusal:
            assert "." in refusal.code
            assert not any(one.name.split()[0] in refusal.text for one in EVERYONE)
        for one in self.story.events[first:]:
            self.note(one)

    def note(self, one: e.Recorded) -> None:
        """What a witness with a list at the door would write down."""
        if isinstance(one.event, e.ParticipantAdmitted):
            by_facilitator = one.by == SAM.id or one.event.participant_id == SAM.id
            by_holder = one.by is not None and one.by == self.held_by
            assert by_facilitator or by_holder, "[X2] [X3] [X13] nobody else admits"
            self.let_in.add((one.event.participant_id, one.event.device_id))
        elif isinstance(one.event, e.ParticipantRemoved):
            self.removed.add(one.event.participant_id)
        elif isinstance(one.event, e.ParticipantReadmitted):
            self.removed.remove(one.event.participant_id)
        elif isinstance(one.event, e.ParticipantUnseated):
            self.let_in.remove((one.event.participant_id, one.event.device_id))
        elif isinstance(one.event, e.RoomHeld):
            assert one.by == one.event.participant_id and one.by in (PRIYA.id, ALEX.id)
            assert self.meeting.present_mode(SAM.id) is None
        elif isinstance(one.event, e.PositionStated):
            person = self.meeting.participants[one.event.participant_id]
            assert one.by == person.id and person.may(Capability.STATE_POSITION)
            assert person.id not in self.removed

    @rule(seconds=st.integers(0, 600))
    def wait(self, seconds: int) -> None:
        self.story.wait(seconds=seconds)

    @rule(who=people, number=numbers, second=st.booleans())
    def arrive(self, who: Participant, number: int, second: bool) -> None:
        self.attempt(c.ArriveParticipant(participant_id=who.id, device_id=device(who, number), second_device=second))

    @rule(who=people, number=numbers)
    def depart(self, who: Participant, number: int) -> None:
        self.attempt(c.DepartParticipant(participant_id=who.id, device_id=device(who, number)))

    @rule(who=people, number=numbers, by=people)
    def admit(self, who: Participant, number: int, by: Participant) -> None:
        self.attempt(c.AdmitParticipant(participant_id=who.id, device_id=device(who, number)), by)

    @rule(who=people)
    def admit_as_sam(self, who: Participant) -> None:
        self.attempt(c.AdmitParticipant(participant_id=who.id, device_id=device(who)), SAM)

    @rule(who=people, by=st.sampled_from([SAM, PRIYA]))
    def remove(self, who: Participant, by: Participant) -> None:
        self.attempt(c.RemoveParticipant(participant_id=who.id), by)

    @rule(who=people, by=st.sampled_from([SAM, PRIYA]), send=st.booleans())
    def let_back_or_send_to_wait(self, who: Participant, by: Participant, send: bool) -> None:
        command = c.SendToWaiting if send else c.ReadmitParticipant
        self.attempt(command(participant_id=who.id), by)

    @rule(by=st.sampled_from([PRIYA, ALEX, ALEX, SAM]), seconds=st.sampled_from([59, 60]))
    def hold_the_room(self, by: Participant, seconds: int) -> None:
        if SAM.id in self.meeting.admitted:
            self.leave(who=SAM, ago=0)
        self.story.wait(seconds=seconds)
        self.attempt(c.HoldRoom(), by)

    @rule(by=st.sampled_from([PRIYA, ALEX]))
    def release_the_room(self, by: Participant) -> None:
        self.attempt(c.ReleaseRoom(), by)

    @rule(who=people, number=numbers, mode=st.sampled_from(Mode))
    def join(self, who: Participant, number: int, mode: Mode) -> None:
        self.attempt(c.JoinParticipant(participant_id=who.id, device_id=device(who, number), mode=mode))

    @rule(who=people, ago=st.integers(-100, 5000))
    def leave(self, who: Participant, ago: int) -> None:
        self.attempt(c.LeaveParticipant(participant_id=who.id, at=self.story.now - timedelta(seconds=ago)))

    @precondition(lambda self: SAM.id in self.meeting.admitted)
    @rule()
    def open_meeting(self) -> None:
        self.attempt(c.OpenMeeting(), SAM)

    @rule(stage=st.integers(1, 6), by=st.sampled_from([SAM, SAM, PRIYA]))
    def move(self, stage: int, by: Participant) -> None:
        self.attempt(c.MoveStage(stage=stage), by)

    @rule(proposal_id=proposal_ids, text=words, answers=st.booleans(), by=people)
    def propose(self, proposal_id: ProposalId, text: str, answers: bool, by: Participant) -> None:
        self.attempt(c.OpenProposal(proposal_id=proposal_id, text=text, answers_question=answers), by)

    @rule(proposal_id=proposal_ids, text=words, by=people)
    def amend(self, proposal_id: ProposalId, text: str, by: Participant) -> None:
        self.attempt(c.AmendProposal(proposal_id=proposal_id, text=text), by)

    @rule(proposal_id=proposal_ids, reason=words, by=people)
    def withdraw(self, proposal_id: ProposalId, reason: str, by: Participant) -> None:
        self.attempt(c.WithdrawProposal(proposal_id=proposal_id, reason=reason), by)

    @precondition(lambda self: self.meeting.open_proposal is not None)
    @rule(answer=st.sampled_from(Answer), version=st.integers(1, 3), reason=words, by=people)
    def answer(self, answer: Answer, version: int, reason: str, by: Participant) -> None:
        proposal = self.meeting.open_proposal
        assert proposal is not None
        command = c.StatePosition(
            proposal_id=proposal.id, version=version, text_sha256=proposal.text_sha256, answer=answer, reason=reason
        )
        self.attempt(command, by)

    @precondition(lambda self: self.meeting.open_proposal is not None)
    @rule(missing_ok=st.booleans())
    def settle(self, missing_ok: bool) -> None:
        proposal = self.meeting.open_proposal
        assert proposal is not None
        self.attempt(
            c.SettleProposal(proposal_id=proposal.id, text_sha256=proposal.text_sha256, missing_ok=missing_ok), SAM
        )

    @rule(proposal_id=proposal_ids, text=words, reason=words, by=st.sampled_from([ALEX, ALEX, SAM]))
    def decide_for_agency(self, proposal_id: ProposalId, text: str, reason: str, by: Participant) -> None:
        known = self.meeting.proposals.get(proposal_id)
        shown = known.text_sha256 if known else words_sha256(text)
        self.attempt(c.DecideForAgency(proposal_id=proposal_id, text_sha256=shown, text=text, reason=reason), by)

    @rule(
        who=people,
        attended=st.sampled_from(Attended),
        mode=st.none() | st.sampled_from(Mode),
        reason=st.none() | st.sampled_from(AbsenceReason),
    )
    def confirm(self, who: Participant, attended: Attended, mode: Mode | None, reason: AbsenceReason | None) -> None:
        self.attempt(
            c.ConfirmAttendance(participant_id=who.id, attended=attended, mode=mode, absence_reason=reason), SAM
        )

    @rule(by=st.sampled_from([SAM, SAM, ALEX]))
    def freeze(self, by: Participant) -> None:
        self.attempt(c.RecordFreeze(by=by.id, seq=1, sha256=SHA))

    @rule()
    def thaw(self) -> None:
        self.attempt(c.ThawPlan(), SAM)

    @precondition(lambda self: self.meeting.frozen is not None)
    @rule()
    def finish(self) -> None:
        for who in EVERYONE:
            self.confirm(who=who, attended=Attended.ALL, mode=Mode.VIDEO, reason=None)
        self.attempt(c.RecordClose(by=SAM.id, plan=plan(), sha256=SHA, record_id=RECORD))

    @rule(by=st.sampled_from([SAM, SAM, SAM, ALEX]), reason=words)
    def adjourn(self, by: Participant, reason: str) -> None:
        self.attempt(c.AdjournMeeting(reason=reason), by)
        self.attempt(c.RecordAdjourn(by=by.id, reason=reason, seq=1, sha256=SHA, record_id=RECORD))

    @invariant()
    def M13_a_meeting_in_session_can_always_end(self) -> None:
        if self.meeting.phase is Phase.IN_SESSION and SAM.id in self.meeting.admitted:
            assert decide(self.meeting, c.AdjournMeeting(reason="We stop here."), SAM.id, self.story.now) == []
        if self.meeting.phase in (Phase.CLOSED, Phase.ADJOURNED):
            record = case_record(self.meeting, plan(), RECORD, self.story.now, SHA)
            assert (record.ending.kind == "adjourned") == (self.meeting.phase is Phase.ADJOURNED)
            assert self.meeting.record_id == RECORD

    @invariant()
    def M18_the_room_is_held_by_somebody_who_is_in_and_never_beside_the_facilitator(self) -> None:
        holder = self.meeting.holder
        if holder is not None:
            assert holder in self.meeting.admitted and self.meeting.phase is Phase.IN_SESSION
            assert self.meeting.present_mode(SAM.id) is None

    @invariant()
    def X3_nobody_is_in_whom_the_facilitator_did_not_let_in(self) -> None:
        assert set(self.meeting.admitted.items()) <= self.let_in

    @invariant()
    def X5_removed_stays_removed(self) -> None:
        assert self.removed == self.meeting.removed
        assert not self.removed & self.meeting.admitted.keys()
        assert not self.removed & {one.participant_id for one in self.meeting.waiting}

    @invariant()
    def X8_no_word_of_the_meeting_before_admission(self) -> None:
        for who, device_id in devices(self.meeting):
            if not self.meeting.is_admitted(who, device_id):
                sent = msgspec.json.encode(view(self.meeting, who, device_id)).decode()
                assert not any(canary in sent for canary in CANARIES)

    @invariant()
    def X10_sound_and_writing_only_for_those_in_session(self) -> None:
        if self.meeting.phase is not Phase.IN_SESSION:
            assert hears(self.meeting) == {}
        assert set(hears(self.meeting)) <= self.meeting.admitted.keys()
        writers = {one for one in self.meeting.participants if may_write_plan(self.meeting, one)}
        assert writers <= self.meeting.admitted.keys()
        assert not writers or (self.meeting.frozen is None and self.meeting.phase is Phase.IN_SESSION)

    @invariant()
    def A3_stays_follow_each_other(self) -> None:
        for stays in self.meeting.stays.values():
            assert all(one.left_at is None or one.joined_at <= one.left_at for one in stays)
            for one, following in pairwise(stays):
                assert one.left_at is not None and one.left_at <= following.joined_at

    @invariant()
    def C_outcomes_follow_from_the_answers_kept(self) -> None:
        proposals = self.meeting.proposals.values()
        assert sum(one.state is ProposalState.OPEN for one in proposals) <= 1
        for one in proposals:
            if one.state is ProposalState.SETTLED:
                answers = {who: position.answer for who, position in one.positions.items()}
                assert one.outcome is outcome(answers, one.asked)
                assert set(answers) <= set(one.asked)
            assert one.agency_decision is None or one.outcome is Outcome.NOT_REACHED
            assert all(position.version == one.version for position in one.positions.values())

    @invariant()
    def R1_nothing_is_missing_when_closed(self) -> None:
        if self.meeting.phase is Phase.CLOSED:
            assert set(self.meeting.confirmations) == set(self.meeting.participants)
            assert self.meeting.open_proposal is None
            assert self.meeting.frozen is not None
            assert self.meeting.answer is not None and self.meeting.answer.is_decided
            assert undecided(self.meeting) == ()


RandomMeeting.TestCase.settings = settings(max_examples=200, stateful_step_count=60, deadline=None)
TestRandomMeeting = RandomMeeting.TestCase


def test_M5_whatever_is_asked_the_answer_is_events_or_a_refusal() -> None:
    """The same question gets the same answer: `decide` looks at nothing but its arguments."""
    story = Story()
    story.arrive(SAM)
    first = decide(story.meeting, c.OpenMeeting(), SAM.id, story.now)
    assert decide(story.meeting, c.OpenMeeting(), SAM.id, story.now) == first
