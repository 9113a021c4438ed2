"""People of one conference at two web nodes of docker-compose.yml, and what holds for all of them."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from meetings.commands import OpenMeeting
from tests.support.compose import Composed, composed
from tests.support.server import Announced
from tests.support.visitor import Visitor
from tests.support.wire import WireSeat

_households = itertools.count(1)


@contextlib.contextmanager
def two_web_nodes(postgres_url: str, folder: Path) -> Iterator[Composed]:
    """Both web nodes, started."""
    with composed(postgres_url, folder) as hearth:
        hearth.start("web-1", "web-2")
        yield hearth


@dataclass
class Conference:
    """Sam at web-1, Dana and Ruth at web-2, in an open meeting, each with the plan."""

    hearth: Composed
    announced: Announced
    sam: WireSeat
    dana: WireSeat
    ruth: WireSeat

    @property
    def seats(self) -> tuple[WireSeat, WireSeat, WireSeat]:
        return self.sam, self.dana, self.ruth

    async def agree(self, timeout_s: float = 20) -> dict[str, str]:
        """Wait until everything typed is saved and every seat holds the same cards; these."""
        typed = {token for seat in self.seats for token, _ in seat.typed}
        for seat in self.seats:
            await seat.until(lambda seat=seat: len(seat.acked()) == len(seat.typed), timeout_s)  # type: ignore[misc]
            try:
                await seat.until(lambda seat=seat: set(cards_of(seat)) >= typed, timeout_s)  # type: ignore[misc]
            except TimeoutError:
                missing = sorted(typed - set(cards_of(seat)))
                held = [
                    (one.you.name, one.seq, len(cards_of(one)), len(one.acked()), one.refused, one.closed)
                    for one in self.seats
                ]
                raise AssertionError(f"{seat.you.name} misses {missing}; each holds: {held}") from None
        first, *others = [cards_of(seat) for seat in self.seats]
        assert all(cards == first for cards in others)
        assert all(key == text for key, text in first.items())
        return first


ROOTS = ("cards:strengths", "cards:worries")


def cards_of(seat: WireSeat) -> dict[str, str]:
    """Every card the tests write, by id."""
    return {key: text for root in ROOTS for key, text in seat.cards(root).items()}


def visitor_at(hearth: Composed, node: str) -> Visitor:
    """A new browser in a household of its own, which the proxy sends to this node."""
    return Visitor(hearth.public_url, f"198.51.100.{next(_households)}", hearth[node].address)


async def staff_at(hearth: Composed, announced: Announced, role: str, node: str) -> WireSeat:
    """A member of staff signs in and opens the meeting."""
    visitor = visitor_at(hearth, node)
    who = next(one for one in announced.staff if one.role == role)
    await asyncio.to_thread(visitor.sign_in, who)
    seat = WireSeat(visitor, announced.meeting_id)
    await seat.enter()
    return seat


async def family_at(hearth: Composed, announced: Announced, role: str, node: str) -> WireSeat:
    """A person opens their link and comes as far as the waiting room."""
    visitor = visitor_at(hearth, node)
    token = next(link for link in announced.links if link.role == role).token
    reply = await asyncio.to_thread(visitor.spend, token)
    assert reply.status == 200, reply.body
    seat = WireSeat(visitor, None)
    await seat.enter()
    return seat


async def gathered(hearth: Composed, announced: Announced) -> Conference:
    """Sam lets Dana and Ruth in from the other node and begins."""
    sam = await staff_at(hearth, announced, "facilitator", "web-1")
    dana = await family_at(hearth, announced, "parent", "web-2")
    ruth = await family_at(hearth, announced, "kin", "web-2")
    await sam.admit_everyone(2)
    await sam.do(OpenMeeting())
    for seat in (sam, dana, ruth):
        await seat.in_session()
    return Conference(hearth, announced, sam, dana, ruth)


async def moves_to(seats: Sequence[WireSeat], address: str) -> float:
    """The proxy sends these browsers to another node, to which they come back as they are. Seconds it took."""
    began = time.monotonic()
    for seat in seats:
        await seat.until(lambda seat=seat: seat.closed is not None)  # type: ignore[misc]
        seat.visitor.node = address
        await seat.enter()
    for seat in seats:
        await seat.until(lambda seat=seat: len(seat.acked()) == len(seat.typed))  # type: ignore[misc]
    return time.monotonic() - began
