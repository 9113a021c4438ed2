"""What people do in a browser, in their words: the steps of the whole-meeting tests."""

import re

from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.support.browsers import LAPTOP, PHONE, Complaints, device
from tests.support.people import Person

SEES = """(want) => {
  const videos = [...document.querySelectorAll('video')];
  return videos.some((video) => {
    const color = window.__hearth.color(video);
    return color && want.every((part, i) => Math.abs(part - color[i]) < 45);
  });
}"""


class Seat:
    """One person in front of one browser window."""

    def __init__(self, person: Person, context: BrowserContext, page: Page) -> None:
        self.person = person
        self.context = context
        self.page = page
        self.complaints = Complaints(page)

    async def sees(self, other: Person, timeout_s: float = 30) -> None:
        """Wait until a decoded picture of the other's colour is on the screen."""
        await self.page.wait_for_function(SEES, arg=list(other.color), timeout=timeout_s * 1000, polling=250)

    async def hears(self, other: Person, timeout_s: float = 30) -> None:
        """Wait until the other's tone stands at least 12 dB above its neighbourhood in a received track."""
        script = "async (hz) => ((await window.__hearth.heard(hz))[0] ?? -99) > 12"
        await self.page.wait_for_function(script, arg=other.tone_hz, timeout=timeout_s * 1000, polling=250)


async def phone_opens_link(browser: Browser, person: Person, link: str) -> Seat:
    """The person opens the personal link on a phone and says who they are."""
    context = await device(browser, person, **PHONE)
    seat = Seat(person, context, await context.new_page())
    await seat.page.goto(link)
    await seat.page.get_by_role("button", name="Continue").click()
    await expect(seat.page.get_by_role("heading", name=re.compile(f"Hi {person.name}"))).to_be_visible()
    return seat


async def says_yes_its_me(seat: Seat) -> None:
    """The greeting is answered; the ready check opens."""
    await seat.page.get_by_role("button", name=re.compile("Yes")).click()
    await expect(seat.page.get_by_role("heading", name=re.compile("How do you want to join"))).to_be_visible()


async def passes_ready_check(seat: Seat) -> None:
    """Video and voice, one permission prompt, and into the waiting room."""
    page = seat.page
    await page.get_by_text("Video and voice").first.click()
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_text("Only you can see this")).to_be_visible()
    await page.get_by_role("button", name="Join the meeting").click()


async def joins_on_phone(browser: Browser, person: Person, link: str) -> Seat:
    """From the link to the waiting room."""
    seat = await phone_opens_link(browser, person, link)
    await says_yes_its_me(seat)
    await passes_ready_check(seat)
    return seat


async def signs_in(browser: Browser, person: Person, url: str, email: str, password: str) -> Seat:
    """A member of staff signs in on a laptop."""
    context = await device(browser, person, **LAPTOP)
    seat = Seat(person, context, await context.new_page())
    await seat.page.goto(f"{url}/app")
    await seat.page.get_by_label("Email").fill(email)
    await seat.page.get_by_label("Password").fill(password)
    await seat.page.get_by_role("button", name="Sign in").click()
    return seat
