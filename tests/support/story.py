"""The example meeting, told step by step: Dana's family and their team decide where Lee can live safely.

`Story` holds the log and the state; every `do` goes through `decide`, is appended and verified. The `*_story` makers
stand at the usual places of the path, so that a test reads as what happens next.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from meetings.attendance import AbsenceReason, Attended, Mode
from meetings.commands import (
    AdmitParticipant,
    ArriveParticipant,
    Command,
    ConfirmAttendance,
    DecideForAgency,
    JoinParticipant,
    MoveStage,
    OpenMeeting,
    OpenProposal,
    RecordAdjourn,
    RecordClose,
    RecordFreeze,
    ScheduleMeeting,
    SettleProposal,
    StatePosition,
)
from meetings.decide import actor, decide
from meetings.errors import MeetingError
from meetings.events import Event, Recorded
from meetings.ids import CaseId, DeviceId, MeetingId, ParticipantId, PlanId, ProposalId, RecordId, StaffId
from meetings.meeting import Meeting
from meetings.participants import Participant, Role
from meetings.plan import ActionStep, Card, CasePlan, OwnWords, Section, plan_sha256
from meetings.proposals import Answer, words_sha256
from tests.support.verify import verify

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def person(
    number: int, name: str, role: Role, relation: str = "", staff_id: str | None = None, language: str = "en"
) -> Participant:
    """A participant whose id is `number` as 32 hex characters."""
    return Participant(
        id=ParticipantId(f"{number:032x}"),
        name=name,
        role=role,
        relation=relation,
        staff_id=StaffId(staff_id) if staff_id else None,
        language=language,
    )


SAM = person(1, "Sam Okafor", Role.FACILITATOR, staff_id="staff-sam")
PRIYA = person(2, "Priya Raman", Role.CASEWORKER, staff_id="staff-priya")
ALEX = person(3, "Alex Whitfield", Role.SUPERVISOR, staff_id="staff-alex")
DANA = person(4, "Dana Reyes", Role.PARENT, "Mother", language="es")
RUTH = person(5, "Ruth Reyes", Role.KIN, "Grandmother")
LEE = person(6, "Lee Reyes", Role.YOUTH, "Lee")
MORGAN = person(7, "Morgan Hale", Role.PROVIDER, "Family counselor")
EVERYONE = (SAM, PRIYA, ALEX, DANA, RUTH, LEE, MORGAN)
TEAM = (PRIYA, ALEX, DANA, RUTH, LEE, MORGAN)
"""Those who state positions: everyone but the facilitator."""

JOSE = person(8, "José Reyes", Role.PARENT, "Father")
JOSE_JR = person(9, "Jose Reyes", Role.YOUTH, "Son")
"""Of one name; invited only where a test says so."""

FIRST = ProposalId("a" * 32)
RECORD = RecordId("f" * 32)
WORDS = "Lee stays with Grandmother Ruth until the court hearing on December 4, with daily calls to Dana."
SHOWN = words_sha256(WORDS)
"""What a screen that shows these words sends with an answer."""

SCHEDULE = ScheduleMeeting(
    meeting_id=MeetingId("b" * 32),
    case_id=CaseId("c" * 32),
    plan_id=PlanId("d" * 32),
    practice="tdm",
    family_name="Reyes",
    decision_question="Where can Lee live safely while Dana finishes treatment?",
    scheduled_at=START,
    time_zone="America/Chicago",
    participants=EVERYONE,
    worker=StaffId("staff-priya"),
    worker_supervisor=StaffId("staff-alex"),
)


def device(who: Participant, number: int = 1) -> DeviceId:
    """The person's first (or other) device."""
    return DeviceId(f"device-{who.id[-1]}-{number}")


def plan(*steps: ActionStep) -> CasePlan:
    """A filled TDM plan; without steps given it holds one complete step."""
    step = ActionStep(id="s1", what="Take Lee to the dentist", who=RUTH.id, by_when="2026-12-01")
    return CasePlan(
        template="tdm",
        sections=(
            Section(id="decision_question", text=SCHEDULE.decision_question),
            Section(id="strengths", cards=(Card(id="k1", fields={"text": "Ruth's home is where Lee feels calm."}),)),
            Section(id="worries", cards=(Card(id="k2", fields={"text": "Nights alone when Dana works late."}),)),
            Section(
                id="safety_plan",
                cards=(
                    Card(
                        id="k3",
                        fields={
                            "threat": "Nobody home at night",
                            "text": "Lee sleeps at Ruth's",
                            "who": "Ruth",
                            "when": "Every night",
                            "backup": "Call Morgan",
                        },
                    ),
                ),
            ),
            Section(id="placement", cards=(Card(id="k4", fields={"text": "With Ruth", "note": "Same school"}),)),
            Section(
                id="family_time",
                cards=(
                    Card(
                        id="k5",
                        fields={
                            "text": "Dana and Lee",
                            "frequency": "Wednesdays and Sundays",
                            "place_note": "At Ruth's",
                            "supervision": "Ruth is there",
                        },
                    ),
                ),
            ),
        ),
        steps=steps or (step,),
        own_words=(OwnWords(participant_id=DANA.id, text="I want my son home, and I want him safe until then."),),
    )


SHA = plan_sha256(plan())
ADJOURNED = "Nobody who can decide for the agency could come. We go on on Friday."


class Story:
    """A meeting as it happens: `events` is the log, `meeting` the state, `now` moves only by `wait`."""

    def __init__(self, schedule: ScheduleMeeting = SCHEDULE) -> None:
        self.events: list[Recorded] = []
        self.now = START - timedelta(days=2)
        self._meeting: Meeting | None = None
        self.do(schedule)
        self.now = START

    @property
    def meeting(self) -> Meeting:
        """The state now."""
        assert self._meeting is not None
        return self._meeting

    def wait(self, seconds: float = 0, minutes: float = 0) -> "Story":
        """Let time pass."""
        self.now += timedelta(seconds=seconds, minutes=minutes)
        return self

    def do(self, command: Command, by: Participant | None = None) -> list[Event]:
        """Decide, append, verify; the new events."""
        by_id = by.id if by else None
        events = decide(self._meeting, command, by_id, self.now)
        author = actor(command, by_id)
        number = len(self.events)
        news = [
            Recorded(number=number + offset, at=self.now, by=author, event=event)
            for offset, event in enumerate(events, start=1)
        ]
        self._meeting = verify(self.events, news)
        self.events += news
        return events

    def refused(self, code: str, command: Any, by: Participant | None = None) -> str:
        """The rules refuse with this code and nothing happens; the sentence for the person."""
        with pytest.raises(MeetingError) as refusal:
            decide(self._meeting, command, by.id if by else None, self.now)
        assert refusal.value.code == code
        return refusal.value.text

    def arrive(self, who: Participant, number: int = 1, second: bool = False) -> list[Event]:
        """A device of the person stands in the waiting room."""
        return self.do(ArriveParticipant(participant_id=who.id, device_id=device(who, number), second_device=second))

    def admit(self, who: Participant, number: int = 1) -> list[Event]:
        """Sam lets the device in."""
        return self.do(AdmitParticipant(participant_id=who.id, device_id=device(who, number)), SAM)

    def join(self, who: Participant, mode: Mode = Mode.VIDEO, number: int = 1) -> list[Event]:
        """The admitted device is connected."""
        return self.do(JoinParticipant(participant_id=who.id, device_id=device(who, number), mode=mode))

    def bring_in(self, *people: Participant) -> "Story":
        """Each arrives, is admitted and joins by video."""
        for who in people:
            self.arrive(who)
            self.admit(who)
            self.join(who)
        return self

    def answer(self, who: Participant, answer: Answer, reason: str = "", version: int = 1) -> list[Event]:
        """The person answers the first proposal."""
        words = self.words(FIRST)
        return self.do(
            StatePosition(proposal_id=FIRST, version=version, text_sha256=words, answer=answer, reason=reason), who
        )

    def words(self, proposal_id: ProposalId) -> str:
        """The hash of a proposal's words as they are now."""
        return self.meeting.proposals[proposal_id].text_sha256

    def propose(self, by: Participant = PRIYA, text: str = WORDS, answers_question: bool = True) -> "Story":
        """The first proposal is put to the team."""
        self.do(OpenProposal(proposal_id=FIRST, text=text, answers_question=answers_question), by)
        return self

    def settle(self, missing_ok: bool = False) -> list[Event]:
        """Sam closes the answers."""
        return self.do(SettleProposal(proposal_id=FIRST, text_sha256=self.words(FIRST), missing_ok=missing_ok), SAM)

    def confirm(self, who: Participant, attended: Attended = Attended.ALL) -> list[Event]:
        """Sam confirms one line: by video, or absent because unreachable."""
        absent = attended is Attended.ABSENT
        return self.do(
            ConfirmAttendance(
                participant_id=who.id,
                attended=attended,
                mode=None if absent else Mode.VIDEO,
                absence_reason=AbsenceReason.UNREACHABLE if absent else None,
            ),
            SAM,
        )

    def freeze(self, with_plan: CasePlan | None = None) -> list[Event]:
        """The server locks the plan for Sam."""
        return self.do(RecordFreeze(by=SAM.id, seq=41, sha256=plan_sha256(with_plan or plan())))

    def close(self, with_plan: CasePlan | None = None) -> list[Event]:
        """The server closes the meeting for Sam."""
        final = with_plan or plan()
        return self.do(RecordClose(by=SAM.id, plan=final, sha256=plan_sha256(final), record_id=RECORD))

    def adjourn(self, reason: str = ADJOURNED) -> list[Event]:
        """The server adjourns the meeting for Sam, with the plan as it stands."""
        return self.do(RecordAdjourn(by=SAM.id, reason=reason, seq=41, sha256=SHA, record_id=RECORD))


def planned_story() -> Story:
    """Scheduled; nobody has come."""
    return Story()


def seated_story() -> Story:
    """Everyone is admitted and joined; the meeting has not begun."""
    return planned_story().bring_in(*EVERYONE)


def opened_story() -> Story:
    """The meeting has begun with everyone there."""
    story = seated_story()
    story.do(OpenMeeting(), SAM)
    return story.wait(minutes=5)


def proposed_story(answers_question: bool = True) -> Story:
    """A proposal is open at stage 5."""
    story = opened_story()
    story.do(MoveStage(stage=5), SAM)
    return story.wait(minutes=5).propose(answers_question=answers_question)


def agreed_story(answers_question: bool = True) -> Story:
    """All support it."""
    story = proposed_story(answers_question)
    for who in TEAM:
        story.answer(who, Answer.SUPPORT)
    story.settle()
    return story


def disagreed_story() -> Story:
    """Dana can't support it; Alex decided for the agency."""
    story = proposed_story()
    for who in TEAM:
        story.answer(who, Answer.CANNOT_SUPPORT if who is DANA else Answer.SUPPORT, DISSENT if who is DANA else "")
    story.settle()
    story.do(
        DecideForAgency(proposal_id=FIRST, text_sha256=SHOWN, text=WORDS, reason="The safety plan covers every night."),
        ALEX,
    )
    return story


DISSENT = "I don't agree. Lee belongs at home with me, and nobody asked what I can do in the evenings."


def recap_story() -> Story:
    """Agreed, at the recap, everyone's attendance confirmed."""
    story = agreed_story()
    story.do(MoveStage(stage=6), SAM)
    for who in EVERYONE:
        story.confirm(who)
    return story.wait(minutes=10)


def closed_story() -> Story:
    """The meeting is over and its record written."""
    story = recap_story()
    story.freeze()
    story.close()
    return story
