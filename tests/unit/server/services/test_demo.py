"""The demonstration: made once, the same after a restart, new once its meeting is over."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from meetings.commands import CancelMeeting, OpenMeeting, RemoveParticipant
from server.config import Settings
from server.services.demo import FILE, Demo, demonstrated, seed_demo
from server.services.links import LinkError
from tests.support.stored import Stored, StoredMeeting, stored_hearth


@pytest.fixture
async def stored(database_url: str) -> AsyncIterator[Stored]:
    async with stored_hearth(database_url) as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return demonstrated(Settings(data_dir=tmp_path))


async def test_it_shows_three_sign_ins_and_four_links(stored: Stored, settings: Settings) -> None:
    demo = await seed_demo(stored, settings)
    shown = json.loads(json.dumps(demo.as_dict()))
    assert [one["role"] for one in shown["staff"]] == ["facilitator", "caseworker", "supervisor"]
    assert [one["name"].split()[0] for one in shown["links"]] == ["Dana", "Ruth", "Lee", "Morgan"]
    for one in demo.staff:
        member = await stored.sessions.by_email(one.email)
        assert member is not None
        assert PasswordHasher().verify(member.password_hash, one.password)
    spent = await stored.links.spend(demo.links[0].url.partition("#")[2], None)
    assert spent.guest.seat.meeting_id == demo.meeting_id
    assert (settings.data_dir / FILE).stat().st_mode & 0o777 == 0o600


async def test_a_restart_shows_the_same(stored: Stored, settings: Settings) -> None:
    assert await seed_demo(stored, settings) == await seed_demo(stored, settings)


async def test_a_meeting_that_is_over_makes_room_for_a_new_one(stored: Stored, settings: Settings) -> None:
    first = await seed_demo(stored, settings)
    meeting = await _meeting_of(stored, first)
    await meeting.bring_in("Sam")
    await meeting.do(CancelMeeting(reason="Snow"), "Sam")
    second = await seed_demo(stored, settings)
    assert second.meeting_id != first.meeting_id
    assert (second.case_id, second.staff) == (first.case_id, first.staff)


@pytest.mark.parametrize("later_s", [91 * 60, 86_400, 8 * 86_400])
async def test_the_next_time_the_conference_begins_now_again(
    stored: Stored, settings: Settings, later_s: float
) -> None:
    first = await seed_demo(stored, settings)
    stored.clock.forward(later_s)
    second = await seed_demo(stored, settings)
    assert second.meeting_id != first.meeting_id
    assert (second.case_id, second.staff) == (first.case_id, first.staff)
    page = await stored.directory.meeting(second.meeting_id, await signed(stored, first.staff[1].email))
    assert page is not None and page.meeting.scheduled_at == stored.clock.now()
    for link in second.links:
        await stored.links.spend(link.url.partition("#")[2], None)


async def test_within_the_first_hour_and_a_half_it_is_the_same(stored: Stored, settings: Settings) -> None:
    first = await seed_demo(stored, settings)
    stored.clock.forward(89 * 60)
    assert await seed_demo(stored, settings) == first


async def test_a_link_that_was_replaced_does_not_end_the_meeting(stored: Stored, settings: Settings) -> None:
    first = await seed_demo(stored, settings)
    page = await stored.directory.meeting(first.meeting_id, await signed(stored, first.staff[0].email))
    assert page is not None
    people = {line.name.split()[0]: line.participant_id for line in page.participants}
    handed_out = await stored.links.reissue(first.meeting_id, people["Ruth"], people["Sam"])
    second = await seed_demo(stored, settings)
    assert second.meeting_id == first.meeting_id
    for token in (handed_out, *(link.url.partition("#")[2] for link in second.links)):
        await stored.links.look(token)


async def test_a_meeting_in_session_goes_on_for_half_a_day_and_a_removed_person_stays_out(
    stored: Stored, settings: Settings
) -> None:
    first = await seed_demo(stored, settings)
    meeting = await _meeting_of(stored, first)
    await meeting.bring_in("Sam", "Ruth")
    await meeting.do(OpenMeeting(), "Sam")
    await meeting.do(RemoveParticipant(participant_id=meeting.people["Ruth"]), "Sam")
    stored.clock.forward(11.9 * 3600)
    second = await seed_demo(stored, settings)
    assert second.meeting_id == first.meeting_id
    codes = [await _look(stored, link.url) for link in second.links]
    assert codes == ["", "link.revoked", "", ""]
    stored.clock.forward(600)
    assert (await seed_demo(stored, settings)).meeting_id != first.meeting_id


async def _look(stored: Stored, url: str) -> str:
    try:
        await stored.links.look(url.partition("#")[2])
    except LinkError as error:
        return error.code
    return ""


async def _meeting_of(stored: Stored, demo: Demo) -> StoredMeeting:
    page = await stored.directory.meeting(demo.meeting_id, await signed(stored, demo.staff[1].email))
    assert page is not None
    people = {line.name.split()[0]: line.participant_id for line in page.participants}
    return StoredMeeting(stored, _Made(demo.meeting_id), people)  # type: ignore[arg-type]


async def test_a_lost_file_makes_new_passwords(stored: Stored, settings: Settings) -> None:
    first = await seed_demo(stored, settings)
    (settings.data_dir / FILE).unlink()
    second = await seed_demo(stored, settings)
    assert {one.email for one in first.staff} == {one.email for one in second.staff}
    member = await stored.sessions.by_email(second.staff[0].email)
    assert member is not None
    assert PasswordHasher().verify(member.password_hash, second.staff[0].password)


class _Made:
    def __init__(self, meeting_id: str) -> None:
        self.meeting_id = meeting_id


async def signed(stored: Stored, email: str) -> str:
    member = await stored.sessions.by_email(email)
    assert member is not None
    return member.staff_id
