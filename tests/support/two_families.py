"""Two families on one server: whoever belongs to one conference must reach nothing of the other."""

import asyncio
import itertools

from meetings.attendance import AbsenceReason, Attended, Mode
from meetings.commands import (
    CloseMeeting,
    ConfirmAttendance,
    FreezePlan,
    MoveStage,
    OpenMeeting,
    OpenProposal,
    SettleProposal,
    StatePosition,
)
from meetings.entities import SeatState
from meetings.ids import ParticipantId, ProposalId
from meetings.proposals import Answer, words_sha256
from realtime import messages as m
from tests.support.cases import brandt_conference
from tests.support.days import ahead
from tests.support.server import Announced, HearthServer
from tests.support.visitor import Visitor
from tests.support.wire import WireSeat

STAFF = ("facilitator", "caseworker", "supervisor")
# What must never be read by anybody of the other conference. (Staff are colleagues: their names are known to all.)
BRANDT_WORDS = ("Brandt", "Jonas", "Ines")
BRANDT_STAFF_WORDS = ("Noor", "Keller")
AGREED = ProposalId("d4" * 16)
AGREED_WORDS = "Jonas stays with Paul"
HERE = ("Noor", "Tom")
"""Who comes to the Brandts' meeting when it is played to its end."""

_households = itertools.count(1)


class Conference:
    """One family's conference: its people as browsers, each in a household of its own, and its ids."""

    def __init__(self, server: HearthServer, announced: Announced) -> None:
        self._server = server
        self._announced = announced
        self._staff: dict[str, Visitor] = {}
        self._guests: dict[str, Visitor] = {}
        self.meeting_id = announced.meeting_id
        self.case_id = announced.case_id

    def staff(self, role: str) -> Visitor:
        """The member of staff in this role, signed in (once)."""
        if role not in self._staff:
            visitor = stranger(self._server)
            visitor.sign_in(next(one for one in self._announced.staff if one.role == role))
            self._staff[role] = visitor
        return self._staff[role]

    def guest(self, role: str) -> Visitor:
        """The person in this role, whose browser opened their link (once)."""
        if role not in self._guests:
            visitor = stranger(self._server)
            link = next(link for link in self._announced.links if link.role == role)
            assert visitor.spend(link.token).status == 200
            self._guests[role] = visitor
        return self._guests[role]

    def stranger(self) -> Visitor:
        """A browser nobody knows."""
        return stranger(self._server)

    def people(self) -> dict[str, str]:
        """First name → participant id."""
        people = self.staff("caseworker").get(f"/api/meetings/{self.meeting_id}").json["participants"]
        return {one["name"].split()[0]: one["participant_id"] for one in people}

    async def seat(self, role: str) -> WireSeat:
        """A tab of this person that is welcome: let in already, or waiting."""
        is_staff = role in STAFF
        visitor = await asyncio.to_thread(self.staff if is_staff else self.guest, role)
        seat = WireSeat(visitor, self.meeting_id if is_staff else None)
        await seat.enter()
        await seat.until(lambda: bool(seat.you.participant_id))
        return seat

    async def opened(self) -> WireSeat:
        """The facilitator, who has begun the meeting."""
        seat = await self.seat("facilitator")
        await seat.admitted()
        await seat.do(OpenMeeting())
        return seat

    async def present(self, facilitator: WireSeat, role: str) -> WireSeat:
        """A tab of this person, let in by the facilitator."""
        seat = await self.seat(role)
        if seat.you.state is SeatState.WAITING:
            await facilitator.admit_everyone(1)
        await seat.admitted()
        return seat


def stranger(server: HearthServer) -> Visitor:
    """A browser nobody knows, with an address of its own (the server must trust this machine as its proxy)."""
    number = next(_households)
    return Visitor(server, f"198.51.{number // 250}.{number % 250 + 1}")


def two_families(server: HearthServer) -> tuple[Conference, Conference]:
    """The Reyes conference of the server's own start, and the Brandts' put into its database."""
    brandt = asyncio.run(brandt_conference(server.argument("--database"), server.url))
    return Conference(server, server.announced), Conference(server, brandt)


async def filed(conference: Conference) -> str:
    """Play the Brandts' meeting to its end, with the facilitator and the caseworker. The record's id."""
    noor = await conference.opened()
    tom = await conference.present(noor, "caseworker")
    shown = words_sha256(AGREED_WORDS)
    await noor.do(OpenProposal(proposal_id=AGREED, text=AGREED_WORDS, answers_question=True))
    await tom.until(lambda: f"proposal/{AGREED}" in tom.entities)
    await tom.do(StatePosition(proposal_id=AGREED, version=1, text_sha256=shown, answer=Answer.SUPPORT))
    await noor.do(SettleProposal(proposal_id=AGREED, text_sha256=shown, missing_ok=True))
    await tom.add_step("visit", "Bring Jonas to the hospital on Sundays", ahead(40))
    await tom.until(lambda: tom.acked() == ["visit"])
    await noor.do(MoveStage(stage=6))
    await noor.do(FreezePlan())
    for name, person in (await asyncio.to_thread(conference.people)).items():
        await noor.do(_line(ParticipantId(person), name in HERE))
    closed = await noor.do(CloseMeeting())
    assert isinstance(closed, m.Done), closed
    for seat in (noor, tom):
        await seat.leave()
    case = await asyncio.to_thread(conference.staff("caseworker").get, f"/api/cases/{conference.case_id}")
    return str(case.json["records"][0]["record_id"])


def _line(person: ParticipantId, was_there: bool) -> ConfirmAttendance:
    if was_there:
        return ConfirmAttendance(participant_id=person, attended=Attended.ALL, mode=Mode.TYPING)
    reason = AbsenceReason.UNREACHABLE
    return ConfirmAttendance(participant_id=person, attended=Attended.ABSENT, absence_reason=reason)
