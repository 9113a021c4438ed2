"""Ready-made meetings in browsers: a server, a browser, and people who are already in."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from playwright.async_api import Browser, expect

from tests.support import journeys
from tests.support.browsers import chromium, pictures_of_failure, playwright
from tests.support.journeys import Seat
from tests.support.office import Conference
from tests.support.people import DANA, SAM, Person
from tests.support.server import HearthServer, hearth_server


@asynccontextmanager
async def open_browser(has_failed: Callable[[], bool] = lambda: False) -> AsyncIterator[Browser]:
    """A browser; pictures of its windows are kept when the body raises or `has_failed` says so."""
    async with playwright() as driver:
        browser = await chromium(driver)
        try:
            yield browser
            if has_failed():
                await pictures_of_failure(browser)
        except BaseException:
            await pictures_of_failure(browser)
            raise
        finally:
            await browser.close()


@asynccontextmanager
async def open_conference(*arguments: str) -> AsyncIterator[tuple[HearthServer, Browser]]:
    """A server with the invented case, and a browser for everyone's windows; pictures are kept of a failure."""
    with hearth_server(*arguments) as server:
        async with open_browser() as browser:
            yield server, browser


async def staff_signs_in(browser: Browser, server: HearthServer, role: str, person: Person) -> Seat:
    """A member of staff signs in on a laptop."""
    who = server.sign_in(role)
    return await journeys.signs_in(browser, person, server.url, who.email, who.password)


async def facilitates(browser: Browser, meeting: Conference) -> Seat:
    """Sam signs in and goes into a meeting; cameras and microphones on."""
    sam = await staff_signs_in(browser, meeting.server, "facilitator", SAM)
    await sam.page.get_by_role("link", name="Schedule a meeting").first.wait_for()
    await staff_goes_in(sam, meeting)
    return sam


async def staff_goes_in(seat: Seat, meeting: Conference) -> None:
    """A signed-in member of staff goes to the meeting's own page and in."""
    page = seat.page
    await page.goto(meeting.url)
    await page.get_by_role("button", name="Video and voice").click()
    await expect(page.get_by_text("Only you can see this")).to_be_visible()
    await page.get_by_role("button", name="Go in").click()


async def begins(sam: Seat, *names: str) -> None:
    """Sam lets these people in and starts the meeting."""
    for name in names:
        await admits(sam, name)
    await sam.page.get_by_role("button", name="Start the meeting").click()
    await expect(sam.page.locator("[aria-current=step]", has_text="Introduce")).to_be_visible()


async def is_in(seat: Seat) -> None:
    """Wait until the room is on this person's screen."""
    await expect(seat.page.get_by_role("group", name="Meeting controls")).to_be_visible()


async def admits(sam: Seat, name: str) -> None:
    """The facilitator lets one person in by name."""
    button = sam.page.get_by_role("button", name=re.compile(f"^Let in {name}"))
    await button.click()
    await button.wait_for(state="detached")


async def small_conference(server: HearthServer, browser: Browser) -> tuple[Seat, Seat]:
    """Sam on a laptop and Dana on a phone, in an open meeting."""
    dana = await journeys.joins_on_phone(browser, DANA, server.link("parent").url)
    sam = await staff_signs_in(browser, server, "facilitator", SAM)
    await journeys.opens_meeting(sam)
    await admits(sam, "Dana")
    await sam.page.get_by_role("button", name="Start the meeting").click()
    await sam.sees(DANA)
    await dana.sees(SAM)
    return sam, dana
