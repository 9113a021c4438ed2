"""The whole meeting on stored events and a stored plan, on SQLite and on PostgreSQL: from the links to the record."""

import asyncio
import io
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from meetings.attendance import AbsenceReason, Attended, Mode
from meetings.commands import (
    CloseMeeting,
    ConfirmAttendance,
    FreezePlan,
    MoveStage,
    OpenMeeting,
    OpenProposal,
    PersonCommand,
    SettleProposal,
    StatePosition,
)
from meetings.ids import ParticipantId, ProposalId
from meetings.proposals import Answer, words_sha256
from realtime.messages import Done
from tests.support.days import ahead
from tests.support.server import HearthServer, hearth_server
from tests.support.visitor import Reply, Visitor
from tests.support.wire import WireSeat

FIRST = ProposalId("a1" * 16)
WORDS = "Lee and Mia stay with Ruth on school nights until June 1"
BUS = "I need help with the bus."
TSALAGI = "ᏣᎳᎩ"  # Cherokee: no font of the print has it
HERE = ("Sam", "Priya", "Dana", "Ruth")


async def seat_of(server: HearthServer, role: str) -> WireSeat:
    """A person by link, or a member of staff by sign-in, in the lobby."""
    visitor = Visitor(server)
    if role in ("parent", "kin"):
        assert (await asyncio.to_thread(visitor.spend, server.link(role).token)).status == 200
        seat = WireSeat(visitor, None)
    else:
        await asyncio.to_thread(visitor.sign_in, server.sign_in(role))
        seat = WireSeat(visitor, server.announced.meeting_id)
    await seat.enter()
    return seat


async def does(seat: WireSeat, command: PersonCommand) -> None:
    answer = await seat.do(command)
    assert isinstance(answer, Done), answer


async def agree(sam: WireSeat, priya: WireSeat, dana: WireSeat, ruth: WireSeat) -> None:
    """Priya proposes, the team answers, Sam closes the answers."""
    await does(priya, OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True))
    for seat, answer, reason in (
        (dana, Answer.LIVE_WITH, BUS),
        (ruth, Answer.SUPPORT, TSALAGI),
        (priya, Answer.SUPPORT, ""),
    ):
        await seat.until(lambda seat=seat: f"proposal/{FIRST}" in seat.entities)  # type: ignore[misc]
        await does(
            seat,
            StatePosition(proposal_id=FIRST, version=1, text_sha256=words_sha256(WORDS), answer=answer, reason=reason),
        )
    await does(sam, SettleProposal(proposal_id=FIRST, text_sha256=words_sha256(WORDS)))


async def close(sam: WireSeat, people: dict[str, str]) -> None:
    """Recap: the plan is locked, attendance confirmed one by one, the record written."""
    await does(sam, MoveStage(stage=6))
    await does(sam, FreezePlan())
    for name, person in people.items():
        who = ParticipantId(person)
        here = ConfirmAttendance(participant_id=who, attended=Attended.ALL, mode=Mode.TYPING)
        away = ConfirmAttendance(participant_id=who, attended=Attended.ABSENT, absence_reason=AbsenceReason.UNREACHABLE)
        await does(sam, here if name in HERE else away)
    await does(sam, CloseMeeting())


async def test_a_meeting_from_the_links_to_the_record(database_url: str, tmp_path: Path) -> None:
    with hearth_server("--database", database_url, data_dir=tmp_path / "data") as server:
        sam = await seat_of(server, "facilitator")
        priya, dana, ruth = [await seat_of(server, role) for role in ("caseworker", "parent", "kin")]
        await sam.admit_everyone(3)
        await does(sam, OpenMeeting())
        for number, seat in enumerate((sam, priya, dana, ruth)):
            await seat.in_session()
            await seat.add_card("cards:strengths", f"card{number}")
        await ruth.add_step("school", "Pick up Lee and Mia on Mondays", ahead(40))
        await sam.until(lambda: len(sam.cards("cards:strengths")) == 4)
        await ruth.until(lambda: len(ruth.acked()) == 2)
        await agree(sam, priya, dana, ruth)
        lines = sam.visitor.get(f"/api/meetings/{server.announced.meeting_id}").json["participants"]
        await close(sam, {one["name"].split()[0]: one["participant_id"] for one in lines})
        for seat in (priya, dana, ruth):
            await seat.until(lambda seat=seat: seat.entities["meeting"].phase == "closed" or seat.closed is not None)  # type: ignore[misc, union-attr]
        case = priya.visitor.get(f"/api/cases/{server.announced.case_id}").json
        address = f"/api/records/{case['records'][0]['record_id']}"
        record, printed = priya.visitor.get(address).json, priya.visitor.get(f"{address}.pdf")
        for seat in (sam, priya, dana, ruth):
            await seat.leave()
        holds(server, printed)
    reads_back(record)


def holds(server: HearthServer, printed: Reply) -> None:
    """The head of the audit chain that stands on the printed record is one that the chain had. [R10] What the print
    cannot show is said in it."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.body)).pages)
    head = printed.header("x-record-chain-head")
    assert head is not None and head in "".join(text.split())
    assert "U+13E3, U+13B3, U+13A9" in " ".join(text.split())
    assert server.verify_audit("--head", head).returncode == 0


def reads_back(record: dict[str, Any]) -> None:
    """The decision with every word, the step, the plan as frozen, and who was there."""
    (decision,) = record["decisions"]
    positions = {one["person"]["name"].split()[0]: (one["answer"], one["reason"]) for one in decision["positions"]}
    assert decision["outcome"] == "reached_with_reservations"
    assert positions == {"Dana": ("live_with", BUS), "Ruth": ("support", TSALAGI), "Priya": ("support", "")}
    assert [step["what"] for step in record["steps"]] == ["Pick up Lee and Mia on Mondays"]
    present = {one["person"]["name"].split()[0] for one in record["attendance"] if one["attended"] == "all"}
    assert present == set(HERE)
    assert record["plan_sha256"]
    assert record["unprintable"] == ["U+13E3", "U+13B3", "U+13A9"]
