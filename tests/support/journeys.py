"""What people do in a browser, in their words: the steps of the whole-meeting tests."""

import re
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.browsers import LAPTOP, PHONE, Complaints, comes_true, device, picture
from tests.support.people import Person

SEES = """(want) => {
  const videos = [...document.querySelectorAll('video')];
  return videos.some((video) => {
    const color = window.__hearth.color(video);
    return color && want.every((part, i) => Math.abs(part - color[i]) < 45);
  });
}"""


# Connections made since `forget_connections`: whether sound and decoded pictures arrive over one of them.
RECEIVES_ANEW = """async () => {
  for (const connection of window.__hearth.connections.slice(window.__cut)) {
    const reports = [...(await connection.getStats()).values()].filter((one) => one.type === 'inbound-rtp');
    const has = (kind, count) => reports.some((one) => one.kind === kind && one[count] > 0);
    if (has('audio', 'packetsReceived') && has('video', 'framesDecoded')) return true;
  }
  return false;
}"""


SOUND_ARRIVES = """async (wanted) => {
  const energy = async () => {
    let sum = 0;
    for (const connection of window.__hearth.connections) {
      for (const row of (await connection.getStats()).values()) {
        if (row.type === 'inbound-rtp' && row.kind === 'audio') sum += row.totalAudioEnergy || 0;
      }
    }
    return sum;
  };
  const before = await energy();
  await new Promise((resolve) => setTimeout(resolve, 500));
  return ((await energy()) - before > 0.001) === wanted;
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
        await comes_true(self.page, script, other.tone_hz, timeout_s)

    async def receives_sound(self, wanted: bool = True, timeout_s: float = 30) -> None:
        """Wait until decoded sound with energy in it arrives, or no longer does: for browsers without web audio."""
        await comes_true(self.page, SOUND_ARRIVES, wanted, timeout_s)

    async def forget_connections(self) -> None:
        """From here on only new connections count for `receives_anew`."""
        await self.page.evaluate("window.__cut = window.__hearth.connections.length")

    async def receives_anew(self, timeout_s: float = 20) -> None:
        """Wait until sound and pictures arrive over a connection made since. (A picture that stopped still has its
        colour, so that `sees` alone does not tell.)"""
        await comes_true(self.page, RECEIVES_ANEW, timeout_s=timeout_s)


async def phone_opens_link(browser: Browser, person: Person, link: str, greeted_as: str = "", **settings: Any) -> Seat:
    """The person opens the personal link on a phone and is greeted. `settings` are of the browser."""
    context = await device(browser, person, **{**PHONE, **settings})
    seat = Seat(person, context, await context.new_page())
    await seat.page.goto(link)
    await seat.page.get_by_role("button", name="Continue").click()
    await expect(seat.page.get_by_role("heading", name=re.compile(f"Hi {greeted_as or person.name}"))).to_be_visible()
    return seat


async def says_yes_its_me(seat: Seat) -> None:
    """The greeting is answered; the ready check opens."""
    await seat.page.get_by_role("button", name=re.compile("Yes")).click()
    await expect(seat.page.get_by_role("heading", name=re.compile("How do you want to join"))).to_be_visible()


async def passes_ready_check(seat: Seat, pictures: str = "") -> None:
    """Video and voice, one permission prompt, and into the waiting room. `pictures` names the screenshots."""
    page = seat.page
    await page.get_by_text("Video and voice").first.click()
    await page.get_by_role("button", name="Continue").click()
    if pictures:
        await picture(page, f"{pictures}-permission")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_text("Only you can see this")).to_be_visible()
    if pictures:
        await picture(page, f"{pictures}-ready-check")
    await page.get_by_role("button", name="Join the meeting").click()


async def joins_on_phone(browser: Browser, person: Person, link: str, **settings: Any) -> Seat:
    """From the link to the waiting room."""
    seat = await phone_opens_link(browser, person, link, **settings)
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


async def opens_meeting(seat: Seat) -> None:
    """From the list of meetings into the lobby; cameras and microphones on."""
    page = seat.page
    await page.get_by_role("link", name=re.compile("Open the lobby|Go to the meeting")).first.click()
    await page.get_by_role("button", name="Video and voice").click()
    await expect(page.get_by_text("Only you can see this")).to_be_visible()
    await page.get_by_role("button", name="Go in").click()


async def is_wide(seat: Seat) -> bool:
    """Whether the window shows the three zones."""
    size = seat.page.viewport_size
    return size is not None and size["width"] >= 1024


async def tab(seat: Seat, name: str) -> None:
    """On a phone: the tab of the plan, the people or the decision. On a laptop the side's tab."""
    if name == "Plan" and await is_wide(seat):
        return
    await seat.page.get_by_role("tab", name=re.compile(f"^{name}")).click()


async def microphone(seat: Seat, on: bool) -> None:
    """Mute or unmute, unless it is so already."""
    button = seat.page.get_by_role("button", name=re.compile("^(Mute|Unmute)")).first
    if (await button.get_attribute("aria-pressed") == "true") == on:
        await button.click()
    await expect(button).to_have_attribute("aria-pressed", "false" if on else "true")


async def adds_card(seat: Seat, section: str, text: str) -> None:
    """Add a card to a section and write in it."""
    await tab(seat, "Plan")
    await seat.page.get_by_role("button", name=re.compile(f"Add to .{section}")).click()
    box = seat.page.get_by_role("region", name=section).get_by_role("textbox").last
    await box.press_sequentially(text, delay=5)


async def writes_own_words(seat: Seat, text: str) -> None:
    """Write into the box that only this person may change."""
    await tab(seat, "Plan")
    await seat.page.get_by_label("My own words").press_sequentially(text, delay=5)


async def adds_step(seat: Seat, what: str, who: str, by_when: str) -> None:
    """Who does what by when."""
    await tab(seat, "Plan")
    region = seat.page.get_by_role("region", name="Who does what by when")
    await region.get_by_role("button", name="Add a step").click()
    await region.locator("textarea").last.press_sequentially(what, delay=5)
    await region.get_by_role("combobox").last.select_option(label=who)
    await region.locator("input[type=date]").last.fill(by_when)


async def reads_in_plan(seat: Seat, text: str) -> None:
    """Wait until a text box of the plan holds exactly this text."""
    script = "(text) => [...document.querySelectorAll('textarea')].some((box) => box.value === text)"
    await seat.page.wait_for_function(script, arg=text)


async def proposes(seat: Seat, text: str) -> None:
    """Put words to the team."""
    await tab(seat, "Decision")
    await seat.page.get_by_label("Put a proposal to the team").fill(text)
    await seat.page.get_by_role("button", name="Ask the team").click()


async def answers(seat: Seat, answer: str, reason: str = "", change: bool = False) -> None:
    """State a position; without a reason where one is needed, the form asks for it and nothing is sent."""
    page = seat.page
    await tab(seat, "Decision")
    if change:
        back = page.get_by_role("button", name="Change my answer")
        if await back.count():
            await back.click()
    await page.get_by_role("radio", name=answer).check()
    if reason:
        await page.get_by_label(re.compile("^Why|Please say why|What do you want to ask")).fill(reason)
    await page.get_by_role("button", name="Send my answer").click()
    if answer == "I can’t support it" and not reason:
        await expect(page.get_by_text("Write a few words on why, then send.")).to_be_visible()
        return
    await expect(page.get_by_text("You can change it until the answers are closed.")).to_be_visible()


async def confirms_present(seat: Seat, name: str) -> None:
    """The facilitator confirms that someone was there by video for all of it."""
    line = (
        seat.page.get_by_role("listitem")
        .filter(has_text=name)
        .filter(has=seat.page.get_by_role("button", name=re.compile(f"^Confirm {name}")))
    )
    await line.get_by_text("All of it").click()
    await line.get_by_role("combobox").select_option(label="Video")
    await line.get_by_role("button", name=re.compile("^Confirm")).click()
    await expect(seat.page.get_by_role("button", name=re.compile(f"^Change: {name}"))).to_be_visible()


async def confirms_absent(seat: Seat, name: str) -> None:
    """The facilitator confirms that someone was not there, and why."""
    line = seat.page.get_by_role("listitem").filter(
        has=seat.page.get_by_role("button", name=re.compile(f"^Confirm {name}"))
    )
    await line.get_by_text("Not here").click()
    await line.get_by_role("combobox").select_option(label="Could not be reached")
    await line.get_by_role("button", name=re.compile("^Confirm")).click()
    await expect(seat.page.get_by_role("button", name=re.compile(f"^Change: {name}"))).to_be_visible()


def current_stage(seat: Seat, name: str, question: str) -> Locator:
    """The mark of the stage the team is at: a stepper on a laptop, a line of words on a phone."""
    stepper = seat.page.locator("[aria-current=step]", has_text=name)
    return stepper.or_(seat.page.locator(".stageline", has_text=question)).first


async def next_stage(seat: Seat, name: str) -> None:
    """The facilitator moves on, and the stepper shows it."""
    await seat.page.get_by_role("button", name="Next stage").click()
    await expect(seat.page.locator("[aria-current=step]", has_text=name)).to_be_visible()
