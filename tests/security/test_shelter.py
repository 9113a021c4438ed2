"""Two hundred people behind one address (a shelter, a school, a courthouse, a mobile carrier) are all served."""

import asyncio
import re
import time
from collections.abc import Iterator

import pytest

from tests.support import browsers
from tests.support.journeys import phone_opens_link
from tests.support.office import Conference, Office
from tests.support.people import DANA, RUTH, Person
from tests.support.server import HearthServer, hearth_server
from tests.support.visitor import Visitor
from tests.support.wire import WireSeat

PEOPLE = 200
A_MEETING = 20
IN_BROWSERS: tuple[Person, ...] = (DANA, RUTH)


@pytest.fixture(scope="module")
def shelter() -> Iterator[HearthServer]:
    """A server that everybody reaches from 127.0.0.1."""
    with hearth_server() as server:
        yield server


def conference(office: Office) -> Conference:
    """A meeting of the family with many kin; the links are found by first name."""
    return office.schedules(tuple((f"Kin{number} Reyes", "kin", "Cousin") for number in range(A_MEETING)))


async def comes(server: HearthServer, token: str) -> WireSeat:
    """One person's browser without the browser: page, program, link, ticket, socket."""
    person = Visitor(server)
    page = await asyncio.to_thread(person.get, "/j")
    assert page.status == 200
    for asset in re.findall(rb'(?:src|href)="(/assets/[^"]+)"', page.body):
        assert (await asyncio.to_thread(person.get, asset.decode())).status == 200
    spent = await asyncio.to_thread(person.spend, token)
    assert spent.status == 200, spent.body
    assert (await asyncio.to_thread(person.get, "/api/join")).status == 200
    seat = WireSeat(person, None)
    await seat.enter()
    await seat.until(lambda: bool(seat.entities), timeout_s=60)
    return seat


async def test_200_guests_behind_one_address_are_all_in_the_waiting_room(shelter: HearthServer) -> None:
    office = Office(shelter)
    meetings = [await asyncio.to_thread(conference, office) for _ in range(PEOPLE // A_MEETING)]
    tokens = [meeting.token(f"Kin{number}") for meeting in meetings for number in range(A_MEETING)]
    assert len(tokens) == PEOPLE
    began = time.monotonic()
    family = await asyncio.to_thread(office.schedules)
    async with browsers.playwright() as driver:
        browser = await browsers.chromium(driver)
        phones = (phone_opens_link(browser, person, family.link(person.name.split()[0])) for person in IN_BROWSERS)
        greeted, seats = await asyncio.gather(
            asyncio.gather(*phones), asyncio.gather(*(comes(shelter, token) for token in tokens))
        )
        took_s = time.monotonic() - began
        assert [seat.you.state for seat in seats] == ["waiting"] * PEOPLE
        assert [seat.closed for seat in seats] == [None] * PEOPLE
        assert len(greeted) == len(IN_BROWSERS)
        await browser.close()
    print(f"{PEOPLE} people of one address and {len(IN_BROWSERS)} phones in {took_s:.1f} s")
    await asyncio.gather(*(seat.leave() for seat in seats))
