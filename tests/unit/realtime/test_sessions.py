"""A page that was told changes holds what a fresh page is told: at every moment it may come back from."""

from meetings.commands import MoveStage, OpenMeeting, OpenProposal, RemoveParticipant
from realtime.messages import Changed, Welcome
from tests.support.live import live_house
from tests.support.story import DANA, FIRST, PRIYA, RUTH, SAM, WORDS


async def test_resuming_from_any_number_ends_where_a_fresh_page_is() -> None:
    async with live_house() as house:
        sam = await house.sam()
        priya = await house.come_in(sam, PRIYA)
        await sam.do(OpenMeeting())
        await house.come_in(sam, DANA)
        await house.come_in(sam, RUTH)
        await sam.do(MoveStage(stage=5))
        await priya.do(OpenProposal(proposal_id=FIRST, text=WORDS, answers_question=True))
        await sam.do(RemoveParticipant(participant_id=RUTH.id))
        await priya.until(lambda: priya.number == sam.number)
        held_at: dict[int, dict[str, object]] = {}
        held: dict[str, object] = {}
        for message in priya.messages:
            if isinstance(message, Welcome | Changed):
                held = {} if isinstance(message, Welcome) and message.fresh else dict(held)
                held.update(message.entities)
                for key in message.gone:
                    held.pop(key, None)
                held_at[message.number] = held
        fresh = priya.entities
        for number, old in held_at.items():
            back = await house.tab(PRIYA).hello(after=number).welcomed()
            welcome = back.of(Welcome)[0]
            assert not welcome.fresh
            assert {key: one for key, one in {**old, **welcome.entities}.items() if key not in welcome.gone} == fresh
        beyond = await house.tab(PRIYA).hello(after=10_000).welcomed()
        assert beyond.of(Welcome)[0].fresh
        assert beyond.entities == fresh
        assert SAM.id in beyond.here
