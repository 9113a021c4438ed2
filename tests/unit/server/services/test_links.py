"""What a link shows and to whom it opens. Spending, binding and ending are in `tests/contracts/test_links.py`."""

import pytest

from meetings.commands import RemoveParticipant
from meetings.errors import MeetingError
from server.services.links import MOST_DEVICES, LinkError
from tests.support.stored import URL, Stored, StoredMeeting


async def refused_look(stored: Stored, token: str) -> str:
    with pytest.raises(LinkError) as refusal:
        await stored.links.look(token)
    return refusal.value.code


def test_the_token_is_in_the_fragment(stored: Stored) -> None:
    assert stored.links.url("abc") == f"{URL}/j#abc"


async def test_looking_spends_nothing_and_binds_nobody(stored: Stored, meeting: StoredMeeting) -> None:
    for _ in range(2):
        looked = await stored.links.look(meeting.token("Ruth"))
    assert (looked.name, looked.seat.device_id) == ("Ruth Reyes", "")
    assert (await stored.links.spend(meeting.token("Ruth"), None)).guest.state == "seated"


async def test_looking_is_refused_as_spending_is(stored: Stored, meeting: StoredMeeting) -> None:
    assert await refused_look(stored, "A" * 43) == "link.unknown"
    await stored.links.revoke(meeting.id, meeting.people["Ruth"], meeting.people["Sam"])
    assert await refused_look(stored, meeting.token("Ruth")) == "link.revoked"
    later = await stored.schedule(in_minutes=45)
    assert await refused_look(stored, later.token("Ruth")) == "meeting.too_early"


async def test_a_link_that_went_round_opens_on_so_many_devices(stored: Stored, meeting: StoredMeeting) -> None:
    first = await stored.links.spend(meeting.token("Lee"), None)
    for _ in range(MOST_DEVICES - 1):
        await stored.links.spend(meeting.token("Lee"), None)
    with pytest.raises(LinkError) as refusal:
        await stored.links.spend(meeting.token("Lee"), None)
    assert refusal.value.code == "link.too_many_devices"
    assert await stored.links.spend(meeting.token("Lee"), first.cookie) == first


async def test_a_removed_person_gets_no_new_link(stored: Stored, meeting: StoredMeeting) -> None:
    await meeting.bring_in("Sam", "Morgan")
    await meeting.do(RemoveParticipant(participant_id=meeting.people["Morgan"]), "Sam")
    with pytest.raises(MeetingError) as refusal:
        await stored.links.reissue(meeting.id, meeting.people["Morgan"], meeting.people["Sam"])
    assert refusal.value.code == "participant.removed"


async def test_who_signed_out_cannot_choose_a_language(stored: Stored, meeting: StoredMeeting) -> None:
    spent = await stored.links.spend(meeting.token("Dana"), None)
    await stored.links.leave(spent.cookie)
    with pytest.raises(LinkError) as refusal:
        await stored.links.choose_language(spent.cookie, "en")
    assert refusal.value.code == "guest.signed_out"


async def test_names_and_secrets_cannot_be_printed(stored: Stored, meeting: StoredMeeting) -> None:
    spent = await stored.links.spend(meeting.token("Dana"), None)
    printed = repr(spent) + repr(spent.guest)
    assert "Dana" not in printed and spent.cookie not in printed
