"""Two web nodes and two media nodes, started as docker-compose.yml says: picture and sound go over one media node,
whichever web node a window talks to, and move to the other when it dies."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser

from meetings.ids import MeetingId
from realtime.bus import keys
from realtime.bus.lease import RedisLeases
from tests.support import journeys
from tests.support.browsers import chromium, pictures_of_failure, playwright
from tests.support.cases import reyes_conference
from tests.support.compose import Composed, composed
from tests.support.journeys import Seat
from tests.support.meeting import admits
from tests.support.people import DANA, SAM
from tests.support.server import Announced

BACK_S = 8.0


@asynccontextmanager
async def window_for_each_node(postgres_url: str, folder: Path) -> AsyncIterator[tuple[Composed, Announced, Browser]]:
    """All four nodes with a conference that begins now; its links lead to web-2."""
    with composed(postgres_url, folder, own_origins=True) as hearth:
        await asyncio.to_thread(hearth.start, "web-1", "web-2", "media-1", "media-2")
        announced = await reyes_conference(hearth.database_url, f"http://{hearth['web-2'].address}", folder)
        async with playwright() as driver:
            browser = await chromium(driver)
            try:
                yield hearth, announced, browser
            except BaseException:
                await pictures_of_failure(browser)
                raise
            finally:
                await browser.close()


async def sam_and_dana(hearth: Composed, announced: Announced, browser: Browser) -> tuple[Seat, Seat]:
    """Sam's window at web-1, Dana's phone at web-2, in an open meeting."""
    link = next(link for link in announced.links if link.role == "parent")
    dana = await journeys.joins_on_phone(browser, DANA, link.url)
    who = next(one for one in announced.staff if one.role == "facilitator")
    sam = await journeys.signs_in(browser, SAM, f"http://{hearth['web-1'].address}", who.email, who.password)
    await journeys.opens_meeting(sam)
    await admits(sam, "Dana")
    await sam.page.get_by_role("button", name="Start the meeting").click()
    return sam, dana


async def media_node_of(hearth: Composed, meeting_id: str) -> str:
    """The media node that holds the meeting's lease."""
    leases = RedisLeases(hearth.redis.url)
    try:
        holder = await leases.holder(keys.media_lease(MeetingId(meeting_id)))
    finally:
        await leases.close()
    assert holder is not None
    return holder.partition("/")[0]


async def test_windows_at_two_web_nodes_meet_at_one_media_node_and_move_when_it_dies(
    postgres_url: str, tmp_path: Path
) -> None:
    async with window_for_each_node(postgres_url, tmp_path) as (hearth, announced, browser):
        sam, dana = await sam_and_dana(hearth, announced, browser)
        for seat, other in ((sam, DANA), (dana, SAM)):
            await seat.sees(other)
            await seat.hears(other)
        first = await media_node_of(hearth, announced.meeting_id)
        for seat in (sam, dana):
            await seat.forget_connections()
        await asyncio.to_thread(hearth[first].kill)
        began = time.monotonic()
        for seat, other in ((sam, DANA), (dana, SAM)):
            await seat.receives_anew()
            await seat.hears(other)
            await seat.sees(other)
        took_s = time.monotonic() - began
        second = await media_node_of(hearth, announced.meeting_id)
        assert {first, second} == {"media-1", "media-2"}
        print(f"picture and sound were back after {took_s:.1f} s")
        assert took_s <= BACK_S, f"picture and sound were away for {took_s:.1f} s"
