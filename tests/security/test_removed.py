"""Who is removed is out at once, everywhere, and stays out."""

from collections.abc import AsyncIterator

import pytest

from meetings.commands import AdmitParticipant, OpenMeeting, OpenProposal, RemoveParticipant
from realtime.messages import Done, Refused
from tests.support.live import House, live_house, settled
from tests.support.story import FIRST, PRIYA, RUTH, SAM, WORDS, device


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with live_house("web-1", "web-2") as made:
        yield made


@pytest.mark.parametrize("node", ["web-1", "web-2"])
async def test_removed_is_4410_within_a_second_and_nothing_follows(house: House, node: str) -> None:
    sam = await house.sam("web-1")
    ruth = await house.come_in(sam, RUTH, node)
    await sam.do(OpenMeeting())
    assert isinstance(await sam.do(RemoveParticipant(participant_id=RUTH.id)), Done)
    await settled()
    assert ruth.serving.done(), "closed although no time has passed"
    assert ruth.close_code == 4410
    heard = len(ruth.sent)
    priya = await house.come_in(sam, PRIYA, node)
    await priya.do(OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True))
    assert len(ruth.sent) == heard
    assert set(ruth.entities) == {"you"}
    assert house.meeting.present_mode(RUTH.id) is None


async def test_removed_cannot_come_back_or_be_admitted_again(house: House) -> None:
    sam = await house.sam()
    ruth = await house.come_in(sam, RUTH)
    await sam.do(RemoveParticipant(participant_id=RUTH.id))
    assert await ruth.closed() == 4410
    for number in (1, 2):
        back = house.tab(RUTH, "web-2", number).hello()
        assert await back.closed() == 4410
        assert back.entities == {}
    refused = await sam.do(AdmitParticipant(participant_id=RUTH.id, device_id=device(RUTH)))
    assert isinstance(refused, Refused)


async def test_removed_while_waiting_is_out_too(house: House) -> None:
    sam = await house.sam()
    ruth = await house.tab(RUTH, "web-2").hello().welcomed()
    await sam.do(RemoveParticipant(participant_id=RUTH.id))
    assert await ruth.closed() == 4410


async def test_removed_while_the_socket_is_lost_has_no_seat_to_come_back_to(house: House) -> None:
    sam = await house.sam()
    ruth = await house.come_in(sam, RUTH)
    await ruth.lost()
    await sam.do(RemoveParticipant(participant_id=RUTH.id))
    await sam.until(lambda: RUTH.id not in sam.here)
    assert await house.tab(RUTH).hello(after=ruth.number).closed() == 4410


async def test_the_first_device_gives_way_when_another_is_admitted(house: House) -> None:
    sam = await house.sam()
    ruth = await house.come_in(sam, RUTH)
    other = await house.tab(RUTH, "web-2", 2).hello().welcomed()
    await house.until(lambda: house.meeting.waiting)
    await sam.admit(other)
    assert await ruth.closed() == 4411
    assert SAM.id in other.here
