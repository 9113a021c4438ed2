"""`kill -9` of the server while four people type: what was said to be saved is there after the restart, once."""

import asyncio
import contextlib
import random
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from meetings.commands import OpenMeeting
from tests.support.server import HearthServer, hearth_server
from tests.support.visitor import Visitor
from tests.support.wire import WireSeat

EDITS_EACH = 140
KILLS = 3
ROOTS = ("cards:strengths", "cards:worries")


async def gathered(server: HearthServer) -> list[WireSeat]:
    """Sam, Dana, Ruth and Priya in an open meeting, each with the plan."""
    sam = await staff_seat(server, "facilitator")
    others = [
        await staff_seat(server, "caseworker"),
        await family_seat(server, "parent"),
        await family_seat(server, "kin"),
    ]
    await sam.admit_everyone(len(others))
    await sam.do(OpenMeeting())
    seats = [sam, *others]
    for seat in seats:
        await seat.in_session()
    return seats


async def staff_seat(server: HearthServer, role: str) -> WireSeat:
    visitor = Visitor(server)
    await asyncio.to_thread(visitor.sign_in, server.sign_in(role))
    seat = WireSeat(visitor, server.announced.meeting_id)
    await seat.enter()
    return seat


async def family_seat(server: HearthServer, role: str) -> WireSeat:
    visitor = Visitor(server)
    reply = await asyncio.to_thread(visitor.spend, server.link(role).token)
    assert reply.status == 200, reply.body
    seat = WireSeat(visitor, None)
    await seat.enter()
    return seat


async def types(seat: WireSeat, name: str, chance: random.Random) -> None:
    """Write cards one after the other, through every loss of the socket, each after an answer to an earlier one."""
    for number in range(EDITS_EACH):
        await seat.add_card(chance.choice(ROOTS), f"{name}{number:04d}")
        await seat.until(lambda: len(seat.typed) - len(seat.acked()) < 6 or seat.closed is not None, 60)
        if seat.closed is not None:
            await comes_back(seat)


async def comes_back(seat: WireSeat) -> None:
    """Enter again as soon as the server answers, and wait until it said that it holds everything typed."""
    async with asyncio.timeout(60):
        while seat.closed is not None:
            with contextlib.suppress(OSError, AssertionError):
                await seat.enter()
            await asyncio.sleep(0)
    await seat.until(lambda: len(seat.acked()) == len(seat.typed) or seat.closed is not None, 60)


async def kills(server: HearthServer, seats: list[WireSeat], chance: random.Random) -> None:
    """SIGKILL after so many edits, at moments the seed chooses; start again on the same port and folder."""
    port = urlsplit(server.url).port or 0
    for _ in range(KILLS):
        total = len(seats) * EDITS_EACH
        typed = sum(len(seat.typed) for seat in seats)
        moment = min(total - 20, typed + chance.randrange(60, 140))
        watcher = seats[0]
        await watcher.until(lambda moment=moment: sum(len(seat.typed) for seat in seats) >= moment, 120)  # type: ignore[misc]
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start, port)


@pytest.mark.parametrize("seed", [11, 23, 47])
async def test_every_acknowledged_edit_is_there_after_kill_9(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    with hearth_server(data_dir=tmp_path / "data") as server:
        seats = await gathered(server)
        async with asyncio.TaskGroup() as tasks:
            for name, seat in zip("spdr", seats, strict=True):
                tasks.create_task(types(seat, name, random.Random(chance.random())))
            tasks.create_task(kills(server, seats, chance))
        for seat in seats:
            if seat.closed is not None:
                await comes_back(seat)
            await seat.until(lambda seat=seat: len(seat.acked()) == len(seat.typed))  # type: ignore[misc]
        acked = {token for seat in seats for token in seat.acked()}
        assert len(acked) == len(seats) * EDITS_EACH >= 500
        port = urlsplit(server.url).port or 0
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start, port)
        fresh = await family_seat_again(seats[2])
        found = {**fresh.cards(ROOTS[0]), **fresh.cards(ROOTS[1])}
        assert set(found) == acked
        assert all(key == text for key, text in found.items())


async def family_seat_again(seat: WireSeat) -> WireSeat:
    """The same person's reloaded page: nothing held, everything comes from the server."""
    reloaded = WireSeat(seat.visitor, None)
    await reloaded.enter()
    await reloaded.admitted()
    return reloaded
