"""Two web nodes, one PostgreSQL and one Redis serve one meeting: real processes, real sockets, started as
docker-compose.yml says."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from meetings.commands import OpenProposal, RemoveParticipant, SettleProposal, StatePosition
from meetings.entities import PersonEntity, ProposalEntity, SeatState
from meetings.ids import ParticipantId, ProposalId
from meetings.proposals import Answer, Outcome, ProposalState, words_sha256
from realtime.errors import CLOSE_REMOVED
from realtime.messages import Done
from tests.support.cases import reyes_conference
from tests.support.compose import Composed
from tests.support.two_nodes import ROOTS, Conference, gathered, moves_to, two_web_nodes
from tests.support.wire import WireSeat

FIRST = ProposalId("a1" * 16)
WORDS = "Lee and Mia stay with Ruth on school nights until June 1"
ACROSS_S = 2.0
CAUGHT_UP_S = 5.0
BY_THE_LOG_S = 12.0  # the outage is noticed with the next heartbeat, then the log is read every two seconds


@pytest.fixture(scope="module")
def hearth(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    with two_web_nodes(postgres_url, tmp_path_factory.mktemp("nodes")) as made:
        yield made


@pytest.fixture
async def conference(hearth: Composed, tmp_path: Path) -> AsyncIterator[Conference]:
    announced = await reyes_conference(hearth.database_url, hearth.public_url, tmp_path)
    made = await gathered(hearth, announced)
    yield made
    for seat in made.seats:
        await seat.leave()


def proposal(seat: WireSeat) -> ProposalEntity | None:
    found = seat.entities.get(f"proposal/{FIRST}")
    return found if isinstance(found, ProposalEntity) else None


async def test_a_meeting_over_two_nodes_from_the_lobby_to_the_outcome(conference: Conference) -> None:
    sam, dana, ruth = conference.seats
    for number in range(10):
        for seat, name in zip(conference.seats, "sdr", strict=True):
            await seat.add_card(ROOTS[number % 2], f"{name}{number}")
    assert len(await conference.agree()) == 30
    assert isinstance(await sam.do(OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True)), Done)
    for seat, answer, reason in ((dana, Answer.LIVE_WITH, "I need help with the bus."), (ruth, Answer.SUPPORT, "")):
        await seat.until(lambda seat=seat: proposal(seat) is not None)  # type: ignore[misc]
        position = StatePosition(
            proposal_id=FIRST, version=1, text_sha256=words_sha256(WORDS), answer=answer, reason=reason
        )
        assert isinstance(await seat.do(position), Done)
    await sam.until(lambda: len(proposal(sam).positions) == 2)  # type: ignore[union-attr]
    assert isinstance(
        await sam.do(SettleProposal(proposal_id=FIRST, text_sha256=words_sha256(WORDS), missing_ok=True)), Done
    )
    for seat in conference.seats:
        await seat.until(lambda seat=seat: proposal(seat).state is ProposalState.SETTLED)  # type: ignore[misc, union-attr]
    assert {proposal(seat).outcome for seat in conference.seats} == {Outcome.WITH_RESERVATIONS}  # type: ignore[union-attr]


async def test_who_is_removed_at_one_node_is_out_at_the_other_at_once(conference: Conference) -> None:
    sam, dana, ruth = conference.seats
    began = time.monotonic()
    await sam.do(RemoveParticipant(participant_id=ParticipantId(str(ruth.you.participant_id))))
    await ruth.until(lambda: ruth.closed is not None)
    took_s = time.monotonic() - began
    assert ruth.closed == CLOSE_REMOVED
    assert took_s <= ACROSS_S, f"{took_s:.2f} s"
    reply = await asyncio.to_thread(ruth.visitor.post, "/api/tickets")
    assert reply.status in (401, 403, 410), reply.body
    await dana.add_card(ROOTS[0], "after")
    await sam.until(lambda: "after" in sam.cards(ROOTS[0]))


async def test_kill_9_of_a_node_moves_its_people_to_the_other(conference: Conference) -> None:
    hearth = conference.hearth
    sam, dana, ruth = conference.seats
    before = [seat.channel.client_id for seat in (dana, ruth) if seat.channel is not None]
    for number in range(20):
        for seat, name in ((dana, "d"), (ruth, "r"), (sam, "s")):
            await seat.add_card(ROOTS[0], f"{name}{number:02d}")
        if number == 9:
            await asyncio.to_thread(hearth["web-2"].kill)
    took_s = await moves_to((dana, ruth), hearth["web-1"].address)
    assert took_s <= CAUGHT_UP_S, f"{took_s:.1f} s"
    assert len(await conference.agree()) == 60
    # The same seats: nobody was asked at the door again, and the unsaved words went on under the same client ids.
    assert [seat.channel.client_id for seat in (dana, ruth) if seat.channel is not None] == before
    assert dana.you.state is SeatState.ADMITTED and ruth.you.state is SeatState.ADMITTED
    assert not sam.waiting()
    people = [one for one in sam.entities.values() if isinstance(one, PersonEntity) and one.admitted]
    assert {one.name.split()[0] for one in people} == {"Sam", "Dana", "Ruth"}
    await asyncio.to_thread(hearth["web-2"].start)


async def test_redis_dies_in_the_meeting_and_comes_back(conference: Conference) -> None:
    hearth = conference.hearth
    logged = len(hearth["web-1"].log_text().splitlines())
    hearth.redis.stop()
    try:
        for number in range(20):
            for seat, name in zip(conference.seats, "sdr", strict=True):
                await seat.add_card(ROOTS[number % 2], f"{name}{number:02d}")
        for seat in conference.seats:  # each node goes on by itself: saved is said from the database alone
            await seat.until(lambda seat=seat: len(seat.acked()) == len(seat.typed), CAUGHT_UP_S)  # type: ignore[misc]
        assert len(await conference.agree(BY_THE_LOG_S)) == 60  # meanwhile the others' words come from the log
        await conference.sam.add_card(ROOTS[0], "last")
    finally:
        await asyncio.to_thread(hearth.redis.start)
    await conference.dana.add_card(ROOTS[0], "again")
    assert len(await conference.agree(CAUGHT_UP_S)) == 62
    assert len(hearth["web-1"].log_text().splitlines()) - logged < 200, "no tight loop while it was away"


async def test_redis_is_emptied_in_the_meeting(conference: Conference) -> None:
    sam, dana, _ = conference.seats
    client = Redis.from_url(conference.hearth.redis.url)
    for number in range(20):
        await sam.add_card(ROOTS[0], f"s{number:02d}")
        await dana.add_card(ROOTS[1], f"d{number:02d}")
        if number % 7 == 3:
            await client.flushall()
    await client.aclose()
    assert len(await conference.agree(CAUGHT_UP_S)) == 40
    await sam.do(OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True))
    await dana.until(lambda: proposal(dana) is not None, CAUGHT_UP_S)
