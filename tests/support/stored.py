"""A stored Hearth without HTTP: database, services, and the Reyes case with its staff and a meeting that begins now."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from meetings.attendance import Attended, Mode
from meetings.commands import (
    AdmitParticipant,
    ArriveParticipant,
    Command,
    ConfirmAttendance,
    FreezePlan,
    JoinParticipant,
    MoveStage,
    OpenMeeting,
    OpenProposal,
    SettleProposal,
    StatePosition,
)
from meetings.events import Recorded
from meetings.ids import CaseId, DeviceId, MeetingId, ParticipantId, ProposalId, StaffId
from meetings.participants import Role
from meetings.plan import CasePlan, OwnWords, plan_sha256
from meetings.proposals import Answer
from realtime.bus.memory import MemoryBus
from realtime.ports import NewUpdate, PlanKey
from server.persistence import cases, staff
from server.persistence.engine import Database, migrate, open_database
from server.persistence.unit_of_work import writing
from server.reports.fonts import printed
from server.services.clock import new_id
from server.services.desk import StoredDesk
from server.services.directory import Directory
from server.services.gate import TicketGate
from server.services.links import Links
from server.services.plan_log import StoredPlanLog
from server.services.publisher import Publisher
from server.services.scheduling import Invitation, NewMeeting, Scheduled, Scheduling
from server.services.sign_in import StaffSessions
from tests.support.clock import HandClock
from tests.support.story import FIRST, SHOWN, WORDS, plan

SAM, PRIYA, ALEX = StaffId("5" * 32), StaffId("6" * 32), StaffId("7" * 32)
CASE = CaseId("c" * 32)
URL = "https://hearth.test"
INVITED = (
    Invitation(name="Dana Reyes", role=Role.PARENT, relation="Mother", language="es"),
    Invitation(name="Ruth Reyes", role=Role.KIN, relation="Grandmother"),
    Invitation(name="Lee Reyes", role=Role.YOUTH),
    Invitation(name="Morgan Hale", role=Role.PROVIDER, relation="Family counselor"),
)


class PaperReader:
    """Stands in for the engine where the plan's content does not matter: always the same plan, but for one
    line that tells which updates it was given. `failing` plays its death, `salt` a plan that reads differently."""

    def __init__(self) -> None:
        self.failing = False
        self.salt = b""
        self.reads: list[list[bytes]] = []

    async def read(self, updates: Sequence[bytes]) -> tuple[CasePlan, str]:
        self.reads.append(list(updates))
        if self.failing:
            raise RuntimeError("the engine died")
        digest = hashlib.sha256(self.salt + b"".join(updates)).hexdigest()
        paper = msgspec.structs.replace(plan(), own_words=(OwnWords(participant_id="0" * 32, text=digest),))
        return paper, plan_sha256(paper)


@dataclass
class Stored:
    """One node's services on one database."""

    database: Database
    clock: HandClock = field(default_factory=HandClock)
    bus: MemoryBus = field(default_factory=MemoryBus)
    reader: PaperReader = field(default_factory=PaperReader)

    def __post_init__(self) -> None:
        self.publisher = Publisher(self.database, self.bus, self.clock)
        self.desk = StoredDesk(self.database, self.clock, new_id, self.reader, self.publisher.announce, printed)
        self.plan_log = StoredPlanLog(self.database, self.clock)
        self.gate = TicketGate(self.database, self.clock)
        self.links = Links(self.database, self.clock, new_id, public_url=URL)
        self.sessions = StaffSessions(self.database, self.clock, new_id)
        self.scheduling = Scheduling(self.database, self.clock, new_id, self.links, self.publisher)
        self.directory = Directory(self.database)

    def other_node(self) -> "Stored":
        """Another node's services on the same database and bus."""
        return Stored(self.database, self.clock, self.bus, self.reader)

    async def add_case(self) -> None:
        """The Reyes case: Priya works it, Alex supervises her, Sam is the facilitator."""
        now = self.clock.now()
        async with writing(self.database) as connection:
            for staff_id, name, role in (
                (SAM, "Sam Okafor", "facilitator"),
                (PRIYA, "Priya Raman", "caseworker"),
                (ALEX, "Alex Whitfield", "supervisor"),
            ):
                email = f"{name.split()[0].lower()}@agency.example"
                await staff.add(
                    connection, staff_id, email=email, name=name, role=role, language="en", password_hash="-", now=now
                )
            await cases.add(connection, CASE, family_name="Reyes", worker_id=PRIYA, supervisor_id=ALEX, now=now)

    async def schedule(self, in_minutes: float = 0) -> "StoredMeeting":
        """A meeting of the case."""
        wanted = NewMeeting(
            case_id=CASE,
            practice="tdm",
            scheduled_at=self.clock.now() + timedelta(minutes=in_minutes),
            time_zone="America/Chicago",
            decision_question="Where can Lee live safely while Dana finishes treatment?",
            facilitator_id=SAM,
            participants=INVITED,
        )
        made = await self.scheduling.schedule(wanted, PRIYA)
        page = await self.directory.meeting(made.meeting_id, PRIYA)
        assert page is not None
        people = {line.name.split()[0]: line.participant_id for line in page.participants}
        return StoredMeeting(self, made, people)


@dataclass
class StoredMeeting:
    """A stored meeting with shorthand for what people do in it. People are named by first name."""

    stored: Stored
    scheduled: Scheduled
    people: dict[str, ParticipantId]

    @property
    def id(self) -> MeetingId:
        return self.scheduled.meeting_id

    def device(self, who: str) -> DeviceId:
        """The device `bring_in` uses."""
        return DeviceId(hashlib.sha256(self.people[who].encode()).hexdigest()[:32])

    def token(self, who: str) -> str:
        """The person's link as issued first."""
        return next(link.url for link in self.scheduled.links if link.name.startswith(who)).partition("#")[2]

    async def do(self, command: Command, by: str | None = None) -> Sequence[Recorded]:
        """Perform as a person, or as the server."""
        return await self.stored.desk.perform(self.id, command, self.people[by] if by else None)

    async def bring_in(self, *people: str) -> None:
        """Each arrives, is admitted by Sam (who lets himself in) and joins by video."""
        for who in people:
            person, device = self.people[who], self.device(who)
            await self.do(ArriveParticipant(participant_id=person, device_id=device, second_device=False))
            if who != "Sam":
                await self.do(AdmitParticipant(participant_id=person, device_id=device), "Sam")
            await self.do(JoinParticipant(participant_id=person, device_id=device, mode=Mode.VIDEO))

    async def until_recap(self) -> None:
        """Everyone came and agreed; attendance is confirmed; stage 6."""
        await self.bring_in(*self.people)
        await self.do(OpenMeeting(), "Sam")
        await self.do(OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True), "Priya")
        for who in self.people:
            if who != "Sam":
                await self.do(self.answer(Answer.SUPPORT), who)
        await self.do(SettleProposal(proposal_id=FIRST, text_sha256=SHOWN), "Sam")
        await self.do(MoveStage(stage=6), "Sam")
        for person in self.people.values():
            confirm = ConfirmAttendance(participant_id=person, attended=Attended.ALL, mode=Mode.VIDEO)
            await self.do(confirm, "Sam")

    async def freeze(self) -> Sequence[Recorded]:
        """Sam locks the plan."""
        return await self.do(FreezePlan(), "Sam")

    def answer(self, answer: Answer, proposal_id: ProposalId = FIRST) -> StatePosition:
        """The words of an answer to the first version."""
        return StatePosition(proposal_id=proposal_id, version=1, text_sha256=SHOWN, answer=answer)

    async def plan_key(self) -> PlanKey:
        """The plan everyone writes."""
        return await self.stored.desk.plan_key(self.id)


def written(number: int, by: ParticipantId, client_id: int = 7, deletes: bytes | None = None) -> NewUpdate:
    """The `number`th update of a client (one clock each); with `deletes` one that only deletes."""
    return NewUpdate(
        client_id=client_id,
        clock_from=number,
        clock_to=number if deletes else number + 1,
        participant_id=by,
        update=deletes or b"update %d of %d" % (number, client_id),
    )


@asynccontextmanager
async def stored_hearth(url: str) -> AsyncIterator[Stored]:
    """A migrated database with the case in it."""
    database = await open_database(url)
    try:
        await migrate(database)
        stored = Stored(database)
        await stored.add_case()
        yield stored
    finally:
        await database.close()


def encoded(recorded: Sequence[Recorded]) -> list[bytes]:
    """As they travel."""
    return [msgspec.json.encode(entry) for entry in recorded]
