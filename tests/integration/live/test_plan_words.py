"""Who may write where in the plan, asked in the running room: own words above all."""

from collections.abc import AsyncIterator

import pytest

from meetings.commands import CancelMeeting, OpenMeeting
from realtime.messages import PlanChannel, PlanRefused, PlanSaved, Welcome
from realtime.plan import frames, sync
from realtime.ports import StoredUpdate
from tests.support.live import House, Tab, live_house, settled
from tests.support.story import ALEX, DANA, MORGAN, PRIYA, RUTH, SAM
from tests.support.yjs_bytes import block, deleted, string, update

WORDS = f"words:{DANA.id}"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with live_house() as made:
        yield made


def channel(tab: Tab) -> PlanChannel:
    found: PlanChannel = tab.of(Welcome)[-1].plan[0]
    return found


async def plan_rows(house: House) -> list[StoredUpdate]:
    return house.plan_log.rows(await house.desk.plan_key(house.meeting.id))


async def answer(tab: Tab, change: bytes) -> str:
    """Sends one plan update and returns `saved` or the code of the refusal."""
    before = len(tab.of(PlanSaved | PlanRefused))
    tab.say(frames.join(channel(tab).channel, sync.update(change)))
    await tab.until(lambda: len(tab.of(PlanSaved | PlanRefused)) > before)
    found = tab.of(PlanSaved | PlanRefused)[-1]
    return found.code if isinstance(found, PlanRefused) else "saved"


async def writes(tab: Tab, text: str, root: str, clock: int = 0) -> str:
    return await answer(tab, update(block(channel(tab).client_id, clock, string(text, root=root))))


async def test_staff_cannot_file_in_the_familys_own_words(house: House) -> None:
    sam = await house.sam()
    people = [sam, *[await house.come_in(sam, one) for one in (PRIYA, ALEX, MORGAN, DANA)]]
    await sam.do(OpenMeeting())
    dana = people.pop()
    assert await writes(dana, "I want him home.", WORDS) == "saved"
    rows = len(await plan_rows(house))
    mine = channel(dana).client_id
    for tab in people:
        own = f"words:{tab.who.id}"
        assert await writes(tab, "As the family says", own) == "plan.not_allowed", tab.who.role
        assert await writes(tab, "She agrees.", WORDS) == "plan.not_allowed"
        assert await writes(tab, "Whoever", "words:" + "0" * 32) == "plan.not_allowed"
        inside = update(block(channel(tab).client_id, 0, string("not ", origin=(mine, 6))))
        assert await answer(tab, inside) == "plan.not_allowed"
        assert await answer(tab, update(block(channel(tab).client_id, 0, deleted(1, root=WORDS)))) == "plan.not_allowed"
        assert await answer(tab, update(deletes={mine: [(0, 16)]})) == "plan.not_allowed"
    await settled()
    assert len(await plan_rows(house)) == rows


async def test_own_words_are_written_and_taken_back_by_their_owner(house: House) -> None:
    sam = await house.sam()
    dana, ruth = await house.come_in(sam, DANA), await house.come_in(sam, RUTH)
    await sam.do(OpenMeeting())
    assert await writes(dana, "Home.", WORDS) == "saved"
    assert await writes(ruth, "No.", WORDS) == "plan.not_allowed"
    assert await answer(ruth, update(deletes={channel(dana).client_id: [(0, 5)]})) == "plan.not_allowed"
    assert await answer(dana, update(deletes={channel(dana).client_id: [(0, 5)]})) == "saved"
    assert await writes(ruth, "I will help.", f"words:{RUTH.id}") == "saved"


async def test_the_plan_goes_to_nobody_once_the_meeting_is_called_off(house: House) -> None:
    sam = await house.sam()
    dana = await house.come_in(sam, DANA)
    await settled()
    await sam.do(CancelMeeting(reason="The family asked for another day."))
    await settled()
    heard = len(dana.frames)
    for tab in (dana, sam):
        tab.say(frames.join(channel(tab).channel, sync.step_one({})))
    await settled()
    assert len(dana.frames) == heard
    back = await house.tab(SAM).hello().welcomed()
    assert back.of(Welcome)[-1].plan == ()
