"""[B12] Knowing an id opens nothing over the socket: the people of one meeting reach nothing of the other.

Commands and messages come from the unions of the wire and are made from their types (`tests.support.samples`): a new
one is tried without being listed here, and one that names an unknown kind of id fails until `Brandts` has one.
"""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from meetings.commands import OpenProposal, PersonCommand
from meetings.entities import AttendanceEntity
from meetings.ids import ProposalId
from realtime import messages as m
from realtime.errors import CLOSE_UNAUTHENTICATED
from tests.support.postgres import fresh_database
from tests.support.samples import id_names, members, samples
from tests.support.server import hearth_server
from tests.support.two_families import BRANDT_STAFF_WORDS, BRANDT_WORDS, Conference, two_families
from tests.support.wire import WireSeat

THEIRS = ProposalId("b2" * 16)
NAMING = [kind for kind in members(PersonCommand) if id_names(kind) and kind is not OpenProposal]
"""Commands about something that is there already. (A new proposal's id is chosen by the browser: any will do.)"""

OTHERS = [kind for kind in members(PersonCommand) if kind not in NAMING]
MESSAGES = members(m.ClientMessage)
PEOPLE = ("parent", "supervisor", "facilitator")

Families = tuple[Conference, Conference]
Ids = dict[str, object]


@pytest.fixture(scope="module")
def families(postgres_url: str) -> Iterator[Families]:
    """The Reyes conference and the Brandts'."""
    proxy = {"HEARTH_TRUSTED_PROXIES": "127.0.0.1/32"}
    with fresh_database(postgres_url) as url, hearth_server("--database", url, environment=proxy) as server:
        yield two_families(server)


class Brandts:
    """The Brandts' meeting in session: Noor leads, has raised her hand and put a proposal; Ines waits.

    `waits` and `leads` are ids of theirs by the names messages take them under; `words` is what tells of them.
    """

    def __init__(self, conference: Conference, noor: WireSeat, ines: WireSeat) -> None:
        self._seats = (noor, ines)
        self._marks = [0, 0]
        waiting = noor.waiting()[0]
        assert noor.channel is not None
        self.waits: Ids = {
            "participant_id": waiting.participant_id,
            "participant_ids": [waiting.participant_id, noor.you.participant_id],
            "device_id": waiting.device_id,
            "proposal_id": THEIRS,
            "client_id": noor.channel.client_id,
            "version": m.VERSION,  # no id, but one that is not spoken would be all that is answered
        }
        self.leads: Ids = self.waits | {"participant_id": noor.you.participant_id}
        secrets = (waiting.participant_id, waiting.device_id, noor.you.participant_id)
        self.words = (*BRANDT_WORDS, *BRANDT_STAFF_WORDS, *secrets, conference.meeting_id, conference.case_id)

    async def start(self) -> None:
        """From here on nothing is to be heard."""
        for number, seat in enumerate(self._seats):
            await settled(seat)
            self._marks[number] = len(seat.raw)

    async def heard_nothing(self) -> None:
        """Since the last time, not a byte of anybody else's doing came to this meeting. (Asked seldom: their own beats
        are counted, and too many close a socket.)"""
        marks = self._marks.copy()
        await self.start()
        assert [seat.closed for seat in self._seats] == [None, None]
        news = [seat.raw[mark:] for seat, mark in zip(self._seats, marks, strict=True)]
        assert [frame for frames in news for frame in frames if not is_beat(frame)] == []

    async def leave(self) -> None:
        """Both go."""
        for seat in self._seats:
            await seat.leave()


async def brandts_in_session(conference: Conference) -> Brandts:
    noor = await conference.opened()
    ines = await conference.seat("parent")
    await noor.until(lambda: bool(noor.waiting()))
    await noor.do(OpenProposal(proposal_id=THEIRS, text="Jonas stays with Paul", answers_question=True))
    await noor.send(m.Hand(raised=True))
    await noor.until(lambda: any('"hand_raised_at":1' in str(frame) for frame in noor.raw) and attends(noor))
    brandts = Brandts(conference, noor, ines)
    await brandts.start()
    return brandts


def attends(seat: WireSeat) -> bool:
    """Whether this facilitator's own attendance was written down: the last that her coming brings about."""
    line = seat.entities.get(f"attendance/{seat.you.participant_id}")
    return isinstance(line, AttendanceEntity) and bool(line.intervals) and line.intervals[-1].left_at is None


def is_beat(frame: str | bytes) -> bool:
    return isinstance(frame, str) and '"type":"beat"' in frame


async def settled(seat: WireSeat) -> None:
    """What this seat sent was dealt with: the beat after it came back, or the socket is closed."""
    before = sum(map(is_beat, seat.raw))
    with contextlib.suppress(ConnectionClosed):
        await seat.send(m.Beat())
    await seat.until(lambda: seat.closed is not None or sum(map(is_beat, seat.raw)) > before)


async def renew(seats: list[WireSeat]) -> None:
    """The same seats on new sockets: there are more kinds of commands than one socket may send at once."""
    for seat in seats:
        await seat.leave()
        await seat.enter()
        await seat.admitted()


def told(seat: WireSeat, words: tuple[str, ...]) -> list[str]:
    """Which of the words are in anything this seat ever got."""
    got = b"".join(frame if isinstance(frame, bytes) else frame.encode() for frame in seat.raw)
    return [word for word in words if word.encode() in got]


async def test_B12_no_command_reaches_another_meeting(families: Families) -> None:
    reyes, brandt = families
    brandts = await brandts_in_session(brandt)
    sam = await reyes.opened()
    seats = [await reyes.present(sam, role) for role in PEOPLE[:2]] + [sam]
    for number, kind in enumerate(NAMING):
        if number % 5 == 4:
            await renew(seats)
        for command in samples(kind, brandts.waits) + samples(kind, brandts.leads):
            answers = [await seat.do(command) for seat in seats]
            assert all(isinstance(one, m.Refused) for one in answers), command
            # Whoever may do such a thing is told that there is no such person or proposal.
            assert any(isinstance(one, m.Refused) and one.code.endswith(".unknown") for one in answers), command
        await brandts.heard_nothing()
    for seat in seats:
        assert told(seat, brandts.words) == []
        await seat.leave()
    await brandts.leave()


async def test_B12_no_message_reaches_another_meeting(families: Families) -> None:
    reyes, brandt = families
    brandts = await brandts_in_session(brandt)
    sam = await reyes.opened()
    for role in PEOPLE:
        for message in itertools.chain.from_iterable(samples(kind, brandts.leads) for kind in MESSAGES):
            seat = await reyes.present(sam, role)
            await seat.send(message)
            await settled(seat)
            assert told(seat, brandts.words) == []
            await seat.leave()
        await brandts.heard_nothing()
    await sam.leave()
    await brandts.leave()


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
async def test_B12_nobody_is_heard_without_a_ticket(families: Families, kind: type[Any]) -> None:
    passer_by = families[0].stranger()
    ids = {"participant_id": "0" * 32, "participant_ids": [], "device_id": "0" * 32, "proposal_id": THEIRS}
    message = samples(kind, ids | {"client_id": 7, "version": m.VERSION})[0]
    headers = {"X-Forwarded-For": passer_by.address or ""}
    url = f"ws://{passer_by.host}/live"
    async with connect(url, origin=passer_by.origin, additional_headers=headers) as socket:  # type: ignore[arg-type]
        await socket.send(msgspec.json.encode(message).decode())
        got = [msgspec.json.decode(frame)["type"] async for frame in frames(socket)]
        assert (got, socket.close_code) == (["closing"], CLOSE_UNAUTHENTICATED)


async def frames(socket: ClientConnection) -> AsyncIterator[str | bytes]:
    """Everything until the end, however it ends."""
    with contextlib.suppress(ConnectionClosed):
        async for frame in socket:
            yield frame


async def test_B12_the_plan_of_another_meeting_is_not_resumed(families: Families) -> None:
    reyes, brandt = families
    noor = await brandt.opened()
    await noor.add_card("cards:worries", "Jonas")
    await noor.until(lambda: noor.acked() == ["Jonas"])
    sam = WireSeat(await asyncio.to_thread(reyes.staff, "facilitator"), reyes.meeting_id)
    sam.channel, sam.seq = noor.channel, 0
    await sam.enter()
    await sam.admitted()
    assert sam.channel is not None and noor.channel is not None
    assert not sam.channel.resumed and sam.channel.client_id != noor.channel.client_id
    assert sam.cards("cards:worries") == {}
    for seat in (sam, noor):
        await seat.leave()


async def test_B12_no_command_that_names_nobody_reaches_another_meeting(families: Families) -> None:
    """The last one: among these is what ends a meeting."""
    reyes, brandt = families
    brandts = await brandts_in_session(brandt)
    sam = await reyes.opened()
    for kind in OTHERS:
        await sam.do(samples(kind, brandts.waits)[0])
        await brandts.heard_nothing()
    assert told(sam, brandts.words) == []
    await sam.leave()
    await brandts.leave()
