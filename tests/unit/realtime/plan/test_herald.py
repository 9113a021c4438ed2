import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from meetings.ids import ParticipantId
from realtime.bus.base import Subscription
from realtime.bus.memory import MemoryBus
from realtime.plan import news
from realtime.plan.herald import MAX_WAITING, Herald
from realtime.ports import StoredUpdate


def rows(seq: int) -> news.Rows:
    dana = ParticipantId("dana")
    return news.Rows((StoredUpdate(seq=seq, client_id=9, clock_from=0, clock_to=1, participant_id=dana, update=b"x"),))


@asynccontextmanager
async def heard(herald: Herald, bus: MemoryBus) -> AsyncIterator[Subscription]:
    async with bus.subscribe("topic") as messages:
        running = asyncio.create_task(herald.run())
        yield messages
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def take(messages: Subscription, count: int) -> list[news.News | None]:
    taken: list[news.News | None] = []
    async with asyncio.timeout(5):
        async for _, payload in messages:
            taken.append(None if payload is None else news.decode(payload))
            if len(taken) == count:
                break
    return taken


async def test_news_go_out_in_order() -> None:
    bus = MemoryBus()
    herald = Herald(bus, "topic")
    async with heard(herald, bus) as messages:
        herald.tell(rows(1))
        herald.tell(rows(2))
        assert await take(messages, 2) == [rows(1), rows(2)]


async def test_after_an_outage_the_others_are_sent_to_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.plan.herald.PAUSE_S", 0)
    bus = MemoryBus()
    herald = Herald(bus, "topic")
    async with heard(herald, bus) as messages:
        bus.cut()
        herald.tell(rows(1))
        herald.tell(rows(2))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        bus.mend()
        assert await take(messages, 2) == [None, news.Through(2)]


async def test_too_much_waiting_becomes_one_pointer_to_the_log() -> None:
    bus = MemoryBus()
    herald = Herald(bus, "topic")
    for seq in range(1, MAX_WAITING + 2):
        herald.tell(rows(seq))
    async with heard(herald, bus) as messages:
        assert await take(messages, 2) == [news.Through(MAX_WAITING + 1), rows(MAX_WAITING + 1)]
