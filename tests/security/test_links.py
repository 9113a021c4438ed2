"""Links under attack: forwarded, raced, guessed, leaked from the database or the log."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from server.persistence.unit_of_work import reading
from server.services.links import MOST_DEVICES, LinkError
from tests.support.stored import Stored, StoredMeeting, stored_hearth


@pytest.fixture
async def stored(database_url: str) -> AsyncIterator[Stored]:
    async with stored_hearth(database_url) as made:
        yield made


@pytest.fixture
async def meeting(stored: Stored) -> StoredMeeting:
    return await stored.schedule()


async def test_of_fifty_first_openings_exactly_one_is_bound(stored: Stored, meeting: StoredMeeting) -> None:
    nodes = [stored, stored.other_node()]
    token = meeting.token("Dana")
    done = await asyncio.gather(*(nodes[at % 2].links.spend(token, None) for at in range(50)), return_exceptions=True)
    states = [one.guest.state for one in done if not isinstance(one, BaseException)]
    assert states.count("seated") == 1
    refusals = [one for one in done if isinstance(one, BaseException)]
    assert {type(one) for one in refusals} <= {LinkError}
    # On PostgreSQL counting and adding may interleave, so that a few more than the limit can pass.
    assert MOST_DEVICES <= len(states) < 50


async def test_B4_a_forwarded_link_never_takes_the_first_seat(stored: Stored, meeting: StoredMeeting) -> None:
    token = meeting.token("Dana")
    first = await stored.links.spend(token, None)
    for _ in range(MOST_DEVICES - 1):
        forwarded = await stored.links.spend(token, None)
        assert forwarded.guest.seat.second_device
    with pytest.raises(LinkError) as refusal:
        await stored.links.spend(token, None)
    assert refusal.value.code == "link.too_many_devices"
    assert await stored.links.spend(token, first.cookie) == first
    assert await stored.gate.still_valid(first.guest.seat)


async def test_no_secret_is_in_the_database(stored: Stored, meeting: StoredMeeting) -> None:
    spent = await stored.links.spend(meeting.token("Dana"), None)
    ticket = (await stored.gate.issue(spent.guest.seat)).ticket
    opened = await stored.sessions.open((await stored.sessions.everyone())[0].staff_id)
    async with reading(stored.database) as connection:
        held = ""
        for table in ("links", "guest_sessions", "tickets", "staff_sessions", "audit", "outbox", "events"):
            held += "".join(map(str, (await connection.execute(text(f"SELECT * FROM {table}"))).all()))
    for secret in (meeting.token("Dana"), spent.cookie, ticket, opened.cookie, opened.csrf):
        assert secret not in held


async def test_no_secret_and_no_name_can_be_printed(stored: Stored, meeting: StoredMeeting) -> None:
    spent = await stored.links.spend(meeting.token("Dana"), None)
    ticket = await stored.gate.issue(spent.guest.seat)
    page = await stored.directory.meeting(meeting.id, (await stored.sessions.everyone())[0].staff_id)
    shown = repr((spent, spent.guest, ticket, meeting.scheduled, page, await stored.sessions.everyone()))
    for private in (meeting.token("Dana"), spent.cookie, ticket.ticket, "Dana", "Reyes", "Sam", "agency.example"):
        assert private not in shown


async def test_an_old_cookie_is_no_key_after_a_new_link(stored: Stored, meeting: StoredMeeting) -> None:
    stolen = await stored.links.spend(meeting.token("Dana"), None)
    token = await stored.links.reissue(meeting.id, meeting.people["Dana"], meeting.people["Sam"])
    dana = await stored.links.spend(token, None)
    assert dana.guest.state == "seated"
    for _ in range(5):
        with pytest.raises(LinkError):
            await stored.links.guest(stolen.cookie)
    late = await stored.links.spend(token, stolen.cookie)
    assert late.guest.state == "second_device"
