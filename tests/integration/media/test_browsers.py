"""Real browsers see and hear each other through the node, and recover."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from meetings.ids import ParticipantId
from realtime.media import control
from realtime.media.node import local_hosts
from tests.support.browsers import comes_true
from tests.support.media_page import CHROMIUM, FIREFOX, page_server
from tests.support.media_room import MediaRoom, media_room

DANA, RUTH = ParticipantId("dana"), ParticipantId("ruth")
RED, BLUE = "rgb(200,0,0)", "rgb(0,0,200)"
LONG_MS = 20_000


class Stand:
    """Pages in browsers, a page server and a node."""

    def __init__(self, room: MediaRoom, url: str, playwright: Any) -> None:
        self.room, self.url, self._playwright = room, url, playwright
        self._browsers: dict[str, Browser] = {}
        self.is_tcp_only = False

    async def page(self, kind: str) -> Page:
        if kind not in self._browsers:
            launch, settings = (
                (self._playwright.chromium.launch, CHROMIUM)
                if kind == "chromium"
                else (self._playwright.firefox.launch, FIREFOX)
            )
            self._browsers[kind] = await launch(**settings)
        page = await (await self._browsers[kind].new_context()).new_page()
        await page.goto(self.url)
        return page

    async def join(self, page: Page, who: ParticipantId, colour: str) -> None:
        ready = await self.room.join(f"session-{who}", who, await page.evaluate("c => offer(c)", colour))
        assert isinstance(ready, control.PeerReady)
        sides = [_without_udp(text) if self.is_tcp_only else text for text in (ready.answer, ready.offer)]
        answer = await page.evaluate("([a, o]) => accept(a, o)", sides)
        answered = await self.room.answer(f"session-{who}", answer)
        assert isinstance(answered, control.PeerAnswered)

    async def close(self) -> None:
        for browser in self._browsers.values():
            await browser.close()


def _without_udp(sdp: str) -> str:
    return "".join(line for line in sdp.splitlines(keepends=True) if " 1 udp " not in line)


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with media_room(*local_hosts()) as room, page_server() as url, async_playwright() as playwright:
        made = Stand(room, url, playwright)
        yield made
        await made.close()


async def sees(page: Page, channel: int) -> None:
    """Decoded pictures of the other's colour, and sound with energy in it, arrive and go on arriving."""
    await page.wait_for_function(f"(colour('v0') || [0, 0, 0])[{channel}] > 120", timeout=LONG_MS)
    await comes_true(page, "() => received().then(r => r.a0?.energy > 0.001 && r.v0?.frames > 20)")


@pytest.mark.parametrize(("one", "other"), [("chromium", "chromium"), ("chromium", "firefox"), ("firefox", "chromium")])
async def test_two_browsers_see_and_hear_each_other(stand: Stand, one: str, other: str) -> None:
    await stand.room.grant({DANA: (RUTH,), RUTH: (DANA,)})
    dana, ruth = await stand.page(one), await stand.page(other)
    await stand.join(dana, DANA, RED)
    await stand.join(ruth, RUTH, BLUE)
    await sees(dana, 2)
    await sees(ruth, 0)
    await stand.room.report(lambda report: isinstance(report, control.PeerState) and report.connection == "good")


async def test_a_publisher_gets_over_700_kbit(stand: Stand) -> None:
    await stand.room.grant({DANA: (RUTH,), RUTH: (DANA,)})
    dana = await stand.page("chromium")
    await stand.join(dana, DANA, RED)
    await comes_true(dana, "() => sentBps().then(bps => bps > 1000000)")


@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_joining_again_takes_over_without_a_break(stand: Stand, kind: str) -> None:
    await stand.room.grant({DANA: (RUTH,), RUTH: (DANA,)})
    dana, ruth = await stand.page(kind), await stand.page("chromium")
    await stand.join(dana, DANA, RED)
    await stand.join(ruth, RUTH, BLUE)
    await sees(dana, 2)
    await sees(ruth, 0)
    await stand.join(dana, DANA, RED)
    await sees(dana, 2)
    await dana.wait_for_function("['closed', 'failed', 'disconnected'].includes(state.before.up.connectionState)")
    shown = (await ruth.evaluate("received()"))["v0"]["frames"]
    await comes_true(ruth, f"() => received().then(r => r.v0.frames > {shown + 20})")


async def test_a_revoked_grant_stops_picture_and_sound(stand: Stand) -> None:
    await stand.room.grant({DANA: (RUTH,), RUTH: (DANA,)})
    dana, ruth = await stand.page("chromium"), await stand.page("chromium")
    await stand.join(dana, DANA, RED)
    await stand.join(ruth, RUTH, BLUE)
    await sees(dana, 2)
    await stand.room.grant({RUTH: (DANA,)})
    await stand.room.report(
        lambda report: (
            isinstance(report, control.SlotsChanged)
            and report.session_id == f"session-{DANA}"
            and report is stand.room.reports[-1]
            and report.audio == (None, None, None)
        )
    )
    still = await dana.evaluate("received()")
    shown = (await ruth.evaluate("received()"))["v0"]["frames"]
    await comes_true(ruth, f"() => received().then(r => r.v0.frames > {shown + 20})")
    after = await dana.evaluate("received()")
    assert after["a0"]["packets"] - still["a0"]["packets"] <= 2
    assert after["v0"]["packets"] - still["v0"]["packets"] <= 2


@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_a_network_without_udp_is_served_over_tcp(stand: Stand, kind: str) -> None:
    stand.is_tcp_only = True
    await stand.room.grant({DANA: (RUTH,), RUTH: (DANA,)})
    dana, ruth = await stand.page(kind), await stand.page("chromium")
    await stand.join(dana, DANA, RED)
    await stand.join(ruth, RUTH, BLUE)
    await sees(dana, 2)
    await sees(ruth, 0)
