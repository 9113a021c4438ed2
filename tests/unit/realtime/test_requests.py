"""What each message does is shown in tests/integration/live; here: who may not say it."""

import pytest

from realtime.messages import Beat, BeatBack, Hand, Leave, MediaAnswer, MediaRefused
from tests.support.live import live_house
from tests.support.story import DANA, SAM


async def test_only_the_facilitator_lowers_anothers_hand_and_nobody_raises_it() -> None:
    async with live_house() as house:
        sam = await house.sam()
        dana = await house.come_in(sam, DANA)
        dana.say(Hand(raised=False, participant_id=SAM.id))
        assert await dana.closed() == 4403
        sam.say(Hand(raised=True, participant_id=DANA.id))
        assert await sam.closed() == 4403


async def test_a_hand_keeps_the_time_it_was_raised_first() -> None:
    async with live_house() as house:
        sam = await house.sam()
        raised_at = house.clock.now().timestamp()
        sam.say(Hand(raised=True))
        await sam.until(lambda: sam.here[SAM.id].hand_raised_at == raised_at)
        house.clock.forward(5)
        sam.say(Hand(raised=True))
        sam.say(Beat(ref=9))
        await sam.until(lambda: [one for one in sam.of(BeatBack) if one.ref == 9])
        assert sam.here[SAM.id].hand_raised_at == raised_at


async def test_an_answer_to_nothing_is_refused() -> None:
    async with live_house() as house:
        sam = await house.sam()
        sam.say(MediaAnswer(ref=4, answer="v=0"))
        await sam.until(lambda: sam.of(MediaRefused))


@pytest.mark.parametrize("failures", [0, 1])
async def test_leaving_closes_although_the_log_is_down(failures: int) -> None:
    async with live_house() as house:
        sam = await house.sam()
        house.desk.fail(failures)
        sam.say(Leave())
        assert await sam.closed() == 1000
