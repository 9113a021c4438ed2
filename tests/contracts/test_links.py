"""Links: spent once, bound to one browser, reissued and revoked, on both databases."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from meetings.commands import CancelMeeting, CloseMeeting, MoveMeeting, ReadmitParticipant, RemoveParticipant
from meetings.errors import MeetingError
from server.services.clock import new_id
from server.services.desk import StoredDesk
from server.services.links import LinkError
from tests.support.stored import PRIYA, Stored, StoredMeeting, stored_hearth


@pytest.fixture
async def stored(database_url: str) -> AsyncIterator[Stored]:
    async with stored_hearth(database_url) as made:
        yield made


@pytest.fixture
async def meeting(stored: Stored) -> StoredMeeting:
    return await stored.schedule()


async def refused(stored: Stored, token: str, cookie: str | None = None) -> LinkError:
    with pytest.raises(LinkError) as refusal:
        await stored.links.spend(token, cookie)
    return refusal.value


async def test_the_first_browser_is_bound_and_greeted(stored: Stored, meeting: StoredMeeting) -> None:
    spent = await stored.links.spend(meeting.token("Dana"), None)
    guest = spent.guest
    assert (guest.name, guest.language, guest.state) == ("Dana Reyes", "es", "seated")
    assert guest.seat.participant_id == meeting.people["Dana"]
    assert (guest.meeting.phase, guest.meeting.facilitator_first_name) == ("planned", "Sam")
    assert await stored.links.guest(spent.cookie) == guest


async def test_the_same_browser_gets_its_own_seat_back(stored: Stored, meeting: StoredMeeting) -> None:
    first = await stored.links.spend(meeting.token("Dana"), None)
    assert await stored.links.spend(meeting.token("Dana"), first.cookie) == first


async def test_another_browser_is_a_second_device_and_the_first_keeps_its_seat(
    stored: Stored, meeting: StoredMeeting
) -> None:
    first = await stored.links.spend(meeting.token("Dana"), None)
    second = await stored.links.spend(meeting.token("Dana"), None)
    assert second.guest.state == "second_device"
    assert second.guest.seat.device_id != first.guest.seat.device_id
    assert (await stored.links.guest(first.cookie)).state == "seated"
    assert await stored.links.spend(meeting.token("Dana"), second.cookie) == second


async def test_another_persons_cookie_is_no_seat_for_this_link(stored: Stored, meeting: StoredMeeting) -> None:
    ruth = await stored.links.spend(meeting.token("Ruth"), None)
    dana = await stored.links.spend(meeting.token("Dana"), ruth.cookie)
    assert dana.guest.seat.participant_id == meeting.people["Dana"]
    assert dana.cookie != ruth.cookie


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\ud800", "' OR 1=1 --"])
async def test_an_unknown_link_is_refused(stored: Stored, token: str) -> None:
    assert (await refused(stored, token)).code == "link.unknown"


async def test_a_link_works_from_half_an_hour_before_and_as_long_as_its_meeting_has_not_ended(stored: Stored) -> None:
    meeting = await stored.schedule(in_minutes=31)
    early = await refused(stored, meeting.token("Dana"))
    assert early.code == "meeting.too_early"
    assert early.scheduled_at is not None
    stored.clock.forward(61)
    await stored.links.spend(meeting.token("Dana"), None)
    stored.clock.forward((30 + 120 + 60) * 60)
    assert (await stored.links.spend(meeting.token("Ruth"), None)).guest.state == "seated"


@pytest.mark.parametrize("weeks", [2, 26])
async def test_an_invitation_sent_weeks_ahead_opens_on_the_day(stored: Stored, weeks: int) -> None:
    meeting = await stored.schedule(in_minutes=weeks * 7 * 24 * 60)
    stored.clock.forward(weeks * 7 * 86_400)
    assert (await stored.links.spend(meeting.token("Dana"), None)).guest.state == "seated"


@pytest.mark.parametrize("hours", [3.1, 15, 50])
async def test_in_session_a_link_works_until_the_meeting_ends(
    stored: Stored, meeting: StoredMeeting, hours: float
) -> None:
    await meeting.until_recap()
    stored.clock.forward(hours * 3600)
    assert (await stored.links.spend(meeting.token("Ruth"), None)).guest.state == "seated"
    await meeting.freeze()
    await meeting.do(CloseMeeting(), "Sam")
    assert (await refused(stored, meeting.token("Ruth"))).code == "meeting.over"


@pytest.mark.parametrize("hours", [3.1, 11.9])
async def test_a_link_handed_out_late_works(stored: Stored, hours: float) -> None:
    urgent = await stored.schedule(in_minutes=-60 * hours)
    assert (await stored.links.spend(urgent.token("Dana"), None)).guest.state == "seated"
    fresh = await stored.links.reissue(urgent.id, urgent.people["Dana"], urgent.people["Sam"])
    assert (await stored.links.spend(fresh, None)).guest.state == "seated"


async def test_a_reissued_link_kills_the_old_one_and_its_sessions(stored: Stored, meeting: StoredMeeting) -> None:
    old = await stored.links.spend(meeting.token("Dana"), None)
    token = await stored.links.reissue(meeting.id, meeting.people["Dana"], meeting.people["Sam"])
    assert (await refused(stored, meeting.token("Dana"), old.cookie)).code == "link.revoked"
    with pytest.raises(LinkError) as signed_out:
        await stored.links.guest(old.cookie)
    assert signed_out.value.code == "guest.signed_out"
    assert not await stored.gate.still_valid(old.guest.seat)
    fresh = await stored.links.spend(token, old.cookie)
    assert fresh.guest.state == "seated"


async def test_a_revoked_link_is_refused(stored: Stored, meeting: StoredMeeting) -> None:
    await stored.links.revoke(meeting.id, meeting.people["Lee"], meeting.people["Sam"])
    assert (await refused(stored, meeting.token("Lee"))).code == "link.revoked"


async def test_staff_and_strangers_have_no_link_to_reissue(stored: Stored, meeting: StoredMeeting) -> None:
    other = await stored.schedule()
    sam = meeting.people["Sam"]
    for person in (meeting.people["Priya"], other.people["Dana"]):
        with pytest.raises(MeetingError) as refusal:
            await stored.links.reissue(meeting.id, person, sam)
        assert refusal.value.code == "participant.unknown"


async def moved(meeting: StoredMeeting, by: timedelta) -> None:
    await meeting.do(MoveMeeting(scheduled_at=meeting.stored.clock.now() + by), "Priya")


async def test_a_moved_meeting_says_when_and_its_links_work_then(stored: Stored, meeting: StoredMeeting) -> None:
    await moved(meeting, timedelta(days=1))
    early = await refused(stored, meeting.token("Ruth"))
    now = stored.clock.now()
    assert (early.code, early.scheduled_at) == ("meeting.moved", now + timedelta(days=1))
    page = await stored.directory.meeting(meeting.id, PRIYA)
    assert page is not None and page.meeting.moved_from == now
    stored.clock.forward(23.6 * 3600)
    assert (await stored.links.spend(meeting.token("Ruth"), None)).guest.meeting.moved_from == now
    await moved(meeting, timedelta(minutes=1))
    assert (await stored.links.spend(meeting.token("Lee"), None)).guest.state == "seated"


async def test_a_meeting_moved_to_another_day_begins_anew_for_every_browser(
    stored: Stored, meeting: StoredMeeting
) -> None:
    before = await stored.links.spend(meeting.token("Dana"), None)
    await moved(meeting, timedelta(days=1))
    with pytest.raises(LinkError) as told:
        stored.links.in_time(await stored.links.guest(before.cookie))
    assert told.value.code == "meeting.moved"
    stored.clock.forward(24 * 3600)
    assert (await stored.links.spend(meeting.token("Dana"), before.cookie)).guest.state == "seated"
    assert (await stored.links.spend(meeting.token("Dana"), None)).guest.state == "second_device"


async def test_a_meeting_moved_by_an_hour_stays_with_the_browser_that_came_first(
    stored: Stored, meeting: StoredMeeting
) -> None:
    first = await stored.links.spend(meeting.token("Dana"), None)
    await moved(meeting, timedelta(hours=1))
    stored.clock.forward(3600)
    assert (await stored.links.spend(meeting.token("Dana"), None)).guest.state == "second_device"
    again = await stored.links.spend(meeting.token("Dana"), first.cookie)
    assert stored.links.in_time(again.guest).seat == first.guest.seat


async def test_a_meeting_moved_away_and_back_leaves_no_seat_to_a_stranger(
    stored: Stored, meeting: StoredMeeting
) -> None:
    first = await stored.links.spend(meeting.token("Dana"), None)
    await moved(meeting, timedelta(days=1))
    await moved(meeting, timedelta(minutes=1))
    assert (await stored.links.spend(meeting.token("Dana"), None)).guest.state == "second_device"
    assert (await stored.links.spend(meeting.token("Dana"), first.cookie)).guest.seat == first.guest.seat


async def test_an_ended_link_does_not_come_back_with_a_new_time(stored: Stored, meeting: StoredMeeting) -> None:
    await stored.links.revoke(meeting.id, meeting.people["Lee"], meeting.people["Sam"])
    await moved(meeting, timedelta(days=1))
    stored.clock.forward(24 * 3600)
    assert (await refused(stored, meeting.token("Lee"))).code == "link.revoked"


async def test_who_is_let_back_comes_with_the_same_link_and_what_ended_before_stays_ended(
    stored: Stored, meeting: StoredMeeting
) -> None:
    await meeting.bring_in("Sam")
    fresh = await stored.links.reissue(meeting.id, meeting.people["Morgan"], meeting.people["Sam"])
    stored.clock.forward(1)
    before = await stored.links.spend(fresh, None)
    await meeting.do(RemoveParticipant(participant_id=meeting.people["Morgan"]), "Sam")
    assert (await refused(stored, fresh, before.cookie)).code == "link.revoked"
    await meeting.do(ReadmitParticipant(participant_id=meeting.people["Morgan"]), "Sam")
    assert (await stored.links.spend(fresh, before.cookie)).guest == before.guest
    assert await stored.gate.still_valid(before.guest.seat)
    assert (await refused(stored, meeting.token("Morgan"))).code == "link.revoked"
    page = await stored.directory.meeting(meeting.id, PRIYA)
    assert page is not None
    morgan = next(one for one in page.participants if one.participant_id == meeting.people["Morgan"])
    assert (morgan.removed, morgan.has_link) == (False, True)


async def test_who_is_let_back_after_the_meeting_was_moved_comes_at_the_new_time(
    stored: Stored, meeting: StoredMeeting
) -> None:
    await meeting.bring_in("Sam")
    await meeting.do(RemoveParticipant(participant_id=meeting.people["Dana"]), "Sam")
    await moved(meeting, timedelta(days=1))
    await meeting.do(ReadmitParticipant(participant_id=meeting.people["Dana"]), "Sam")
    assert (await refused(stored, meeting.token("Dana"))).code == "meeting.moved"
    stored.clock.forward(24 * 3600)
    assert (await stored.links.spend(meeting.token("Dana"), None)).guest.state == "seated"


async def test_a_cancelled_meeting_says_so(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam")
    await meeting.do(CancelMeeting(reason="Snow"), "Sam")
    assert (await refused(stored, meeting.token("Dana"))).code == "meeting.cancelled"


async def test_a_closed_meeting_says_so_and_its_guests_stay_a_little(stored: Stored, meeting: StoredMeeting) -> None:
    dana = await stored.links.spend(meeting.token("Dana"), None)
    await meeting.until_recap()
    await meeting.freeze()
    await meeting.do(CloseMeeting(), "Sam")
    assert (await refused(stored, meeting.token("Ruth"))).code == "meeting.over"
    assert (await stored.links.guest(dana.cookie)).meeting.phase == "closed"
    stored.clock.forward(15 * 60)
    with pytest.raises(LinkError):
        await stored.links.guest(dana.cookie)


@pytest.mark.parametrize("after_s", [60, 7200])
async def test_guests_stay_after_the_end_as_long_as_the_setting_says(
    stored: Stored, meeting: StoredMeeting, after_s: float
) -> None:
    dana = await stored.links.spend(meeting.token("Dana"), None)
    desk = StoredDesk(
        stored.database, stored.clock, new_id, stored.reader, lambda _: None, frozenset, guest_after_meeting_s=after_s
    )
    await desk.perform(meeting.id, CancelMeeting(reason="Snow"), meeting.people["Priya"])
    stored.clock.forward(after_s - 1)
    assert (await stored.links.guest(dana.cookie)).meeting.phase == "cancelled"
    stored.clock.forward(1)
    with pytest.raises(LinkError):
        await stored.links.guest(dana.cookie)


async def test_a_chosen_language_is_kept(stored: Stored, meeting: StoredMeeting) -> None:
    dana = await stored.links.spend(meeting.token("Dana"), None)
    assert (await stored.links.choose_language(dana.cookie, "en")).language == "en"
    assert (await stored.links.guest(dana.cookie)).language == "en"


async def test_leaving_ends_the_session_of_this_browser_only(stored: Stored, meeting: StoredMeeting) -> None:
    dana = await stored.links.spend(meeting.token("Dana"), None)
    ruth = await stored.links.spend(meeting.token("Ruth"), None)
    await stored.links.leave(dana.cookie)
    await stored.links.leave(dana.cookie)
    with pytest.raises(LinkError):
        await stored.links.guest(dana.cookie)
    assert await stored.links.guest(ruth.cookie) == ruth.guest


async def test_a_guest_session_ends_after_eight_hours(stored: Stored, meeting: StoredMeeting) -> None:
    dana = await stored.links.spend(meeting.token("Dana"), None)
    stored.clock.forward(8 * 3600)
    with pytest.raises(LinkError):
        await stored.links.guest(dana.cookie)
