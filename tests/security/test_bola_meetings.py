"""Two families, one server: whoever belongs to one conference reaches nothing of the other, over HTTP or the socket.

Every id of the Brandt case is tried by the people of the Reyes case, staff and family, on every route that takes one;
the Brandts' own people then show that the ids were real.
"""

import asyncio
from collections.abc import Iterator

import msgspec
import pytest

from meetings.attendance import AbsenceReason, Attended, Mode
from meetings.commands import (
    AdmitParticipant,
    AmendProposal,
    CloseMeeting,
    ConfirmAttendance,
    DecideForAgency,
    FreezePlan,
    MoveStage,
    OpenMeeting,
    OpenProposal,
    PersonCommand,
    RemoveParticipant,
    SettleProposal,
    StatePosition,
    WithdrawProposal,
)
from meetings.ids import DeviceId, ParticipantId, ProposalId
from meetings.participants import Role
from meetings.proposals import Answer
from realtime import messages as m
from tests.support.cases import brandt_conference
from tests.support.postgres import fresh_database
from tests.support.server import Announced, HearthServer, hearth_server
from tests.support.visitor import Visitor
from tests.support.wire import WireSeat

BRANDTS, AGREED = ProposalId("b2" * 16), ProposalId("d4" * 16)
FOREIGN_KEYS = ("Brandt", "Jonas", "Ines", "Noor", "Keller")


@pytest.fixture(scope="module")
def hearth(postgres_url: str) -> Iterator[HearthServer]:
    """The Reyes conference, on a database where another can be put in."""
    with fresh_database(postgres_url) as url, hearth_server("--database", url) as server:
        yield server


@pytest.fixture(scope="module")
def brandt(hearth: HearthServer) -> Announced:
    """The other family's conference."""
    url = hearth.argument("--database")
    return asyncio.run(brandt_conference(url, hearth.url))


def staff(server: HearthServer, announced: Announced, role: str) -> Visitor:
    visitor = Visitor(server)
    visitor.sign_in(next(one for one in announced.staff if one.role == role))
    return visitor


def family(server: HearthServer, announced: Announced, role: str) -> Visitor:
    visitor = Visitor(server)
    assert visitor.spend(next(link for link in announced.links if link.role == role).token).status == 200
    return visitor


def people_of(visitor: Visitor, meeting_id: str) -> dict[str, str]:
    """First name → participant id."""
    people = visitor.get(f"/api/meetings/{meeting_id}").json["participants"]
    return {one["name"].split()[0]: one["participant_id"] for one in people}


STRANGERS = ("facilitator", "caseworker", "supervisor")


@pytest.mark.parametrize("role", STRANGERS)
def test_B12_staff_of_another_case_find_nothing_over_http(hearth: HearthServer, brandt: Announced, role: str) -> None:
    theirs = people_of(staff(hearth, brandt, "caseworker"), brandt.meeting_id)
    stranger = staff(hearth, hearth.announced, role)
    found = [
        stranger.get(f"/api/meetings/{brandt.meeting_id}"),
        stranger.get(f"/api/cases/{brandt.case_id}"),
        stranger.post("/api/tickets", {"meeting_id": brandt.meeting_id}),
        stranger.post("/api/meetings", new_meeting(brandt.case_id, stranger)),
    ]
    for person in theirs.values():
        found.append(stranger.post(f"/api/meetings/{brandt.meeting_id}/links/{person}"))
        found.append(stranger.request("DELETE", f"/api/meetings/{brandt.meeting_id}/links/{person}"))
        found.append(stranger.post(f"/api/meetings/{hearth.announced.meeting_id}/links/{person}"))
    assert {reply.status for reply in found} == {404}, [(reply.status, reply.code) for reply in found]
    listed = stranger.get("/api/meetings").body + stranger.get("/api/cases").body
    assert not [word for word in (*FOREIGN_KEYS, brandt.meeting_id, brandt.case_id) if word.encode() in listed]
    # The ids were real, and nothing was done to them: their own links still open.
    assert family(hearth, brandt, "kin").get("/api/join").status == 200


def new_meeting(case_id: str, visitor: Visitor) -> dict[str, object]:
    return {
        "case_id": case_id,
        "practice": "tdm",
        "scheduled_at": "2027-01-05T15:00:00Z",
        "time_zone": "America/New_York",
        "decision_question": "Where can Lee live safely?",
        "facilitator_id": visitor.get("/api/me").json["staff_id"],
        "participants": [],
    }


def test_B12_a_guest_of_another_family_gets_no_ticket(hearth: HearthServer, brandt: Announced) -> None:
    dana = family(hearth, hearth.announced, "parent")
    assert dana.post("/api/tickets", {"meeting_id": brandt.meeting_id}).status == 401
    assert dana.get(f"/api/meetings/{brandt.meeting_id}").status == 401


def foreign(person: ParticipantId, device: DeviceId) -> list[PersonCommand]:
    """Every command that names something, naming what belongs to the Brandts."""
    return [
        AdmitParticipant(participant_id=person, device_id=device),
        RemoveParticipant(participant_id=person),
        ConfirmAttendance(participant_id=person, attended=Attended.ALL, mode=Mode.VIDEO),
        AmendProposal(proposal_id=BRANDTS, text="Other words"),
        WithdrawProposal(proposal_id=BRANDTS),
        StatePosition(proposal_id=BRANDTS, version=1, answer=Answer.SUPPORT),
        SettleProposal(proposal_id=BRANDTS, missing_ok=True),
        DecideForAgency(proposal_id=BRANDTS, text="Words", reason="Reasons"),
    ]


async def opened(visitor: Visitor, meeting_id: str) -> WireSeat:
    """The facilitator in an open meeting."""
    seat = WireSeat(visitor, meeting_id)
    await seat.enter()
    await seat.admitted()
    await seat.do(OpenMeeting())
    return seat


async def test_B12_the_ids_of_another_meeting_do_nothing_over_the_socket(
    hearth: HearthServer, brandt: Announced
) -> None:
    noor = await opened(await asyncio.to_thread(staff, hearth, brandt, "facilitator"), brandt.meeting_id)
    ines = WireSeat(await asyncio.to_thread(family, hearth, brandt, "parent"), None)
    await ines.enter()
    await noor.until(lambda: bool(noor.waiting()))
    waits = noor.waiting()[0]
    await noor.do(OpenProposal(proposal_id=BRANDTS, text="Jonas stays with Paul until Ines is home"))
    before = noor.entities[f"proposal/{BRANDTS}"]
    sam = await opened(await asyncio.to_thread(staff, hearth, hearth.announced, "facilitator"), sams(hearth))
    for command in foreign(waits.participant_id, waits.device_id):
        answer = await sam.do(command)
        assert isinstance(answer, m.Refused), command
        assert not [word for word in FOREIGN_KEYS if word in answer.text]
    await sam.send(m.MediaShow(participant_ids=(waits.participant_id,)))
    await sam.send(m.Hand(raised=False, participant_id=waits.participant_id))
    assert not [key for key in sam.entities if key.startswith("proposal/")]
    assert noor.entities[f"proposal/{BRANDTS}"] == before
    assert [one.participant_id for one in noor.waiting()] == [waits.participant_id]
    shown = msgspec.json.encode(sam.entities).decode()
    assert not [word for word in (*FOREIGN_KEYS, waits.participant_id) if word in shown]
    for seat in (sam, noor, ines):
        await seat.leave()


def sams(hearth: HearthServer) -> str:
    """The Reyes meeting."""
    return hearth.announced.meeting_id


async def test_B12_the_plan_of_another_meeting_is_not_resumed(hearth: HearthServer, brandt: Announced) -> None:
    noor = await opened(await asyncio.to_thread(staff, hearth, brandt, "facilitator"), brandt.meeting_id)
    await noor.add_card("cards:worries", "Jonas")
    await noor.until(lambda: noor.acked() == ["Jonas"])
    sam = WireSeat(await asyncio.to_thread(staff, hearth, hearth.announced, "facilitator"), sams(hearth))
    sam.channel, sam.seq = noor.channel, 0
    await sam.enter()
    await sam.admitted()
    assert sam.channel is not None and noor.channel is not None
    assert not sam.channel.resumed and sam.channel.client_id != noor.channel.client_id
    assert sam.cards("cards:worries") == {}
    for seat in (sam, noor):
        await seat.leave()


async def test_B12_a_record_of_another_case_is_not_found(hearth: HearthServer, brandt: Announced) -> None:
    facilitator = await asyncio.to_thread(staff, hearth, brandt, "facilitator")
    noor = await opened(facilitator, brandt.meeting_id)
    caseworker = await asyncio.to_thread(staff, hearth, brandt, "caseworker")
    tom = WireSeat(caseworker, brandt.meeting_id)
    await tom.enter()
    await noor.until(lambda: any(one.role is Role.CASEWORKER for one in noor.waiting()))
    await noor.admit_everyone(len(noor.waiting()))
    await tom.admitted()
    await noor.do(WithdrawProposal(proposal_id=BRANDTS))
    await noor.do(OpenProposal(proposal_id=AGREED, text="Jonas stays with Paul"))
    await tom.until(lambda: f"proposal/{AGREED}" in tom.entities)
    await tom.do(StatePosition(proposal_id=AGREED, version=1, answer=Answer.SUPPORT))
    await noor.do(SettleProposal(proposal_id=AGREED, missing_ok=True))
    await tom.add_step("visit", "Bring Jonas to the hospital on Sundays", "2027-01-10")
    await tom.until(lambda: tom.acked() == ["visit"])
    await noor.do(MoveStage(stage=6))
    await noor.do(FreezePlan())
    people = await asyncio.to_thread(people_of, facilitator, brandt.meeting_id)
    for name, person in people.items():
        was_there = {"attended": Attended.ALL, "mode": Mode.TYPING} if name in ("Noor", "Tom") else ABSENT
        await noor.do(ConfirmAttendance(participant_id=ParticipantId(person), **was_there))  # type: ignore[arg-type]
    assert isinstance(await noor.do(CloseMeeting()), m.Done)
    record_id = caseworker.get(f"/api/cases/{brandt.case_id}").json["records"][0]["record_id"]
    assert caseworker.get(f"/api/records/{record_id}").status == 200
    for seat in (noor, tom):
        await seat.leave()
    for role in STRANGERS:
        stranger = await asyncio.to_thread(staff, hearth, hearth.announced, role)
        for path in (f"/api/records/{record_id}", f"/api/records/{record_id}.pdf"):
            assert (stranger.get(path).status, stranger.get(path).code) == (404, "record.unknown")


ABSENT = {"attended": Attended.ABSENT, "absence_reason": AbsenceReason.UNREACHABLE}
