"""A member of staff makes a meeting through the form; a facilitator who is not independent is refused in words."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support import journeys
from tests.support.browsers import picture
from tests.support.days import clock_change
from tests.support.journeys import Seat
from tests.support.meeting import staff_signs_in
from tests.support.office import household
from tests.support.people import DANA, PRIYA
from tests.support.server import HearthServer

ZONE = "America/Chicago"
QUESTION = "What does Dana need so that Lee and Mia can come home?"


async def opens_form(browser: Browser, hearth: HearthServer) -> Seat:
    """Priya signs in and asks for a new meeting."""
    priya = await staff_signs_in(browser, hearth, "caseworker", PRIYA)
    await priya.page.get_by_role("link", name="Schedule a meeting").first.click()
    await expect(priya.page.get_by_role("heading", name="Schedule a meeting")).to_be_visible()
    return priya


async def fills(page: Page, at: datetime) -> None:
    """Everything but who leads."""
    await page.get_by_role("combobox", name="Case", exact=True).select_option(label="Reyes family")
    await page.get_by_label("Day and time").fill(at.strftime("%Y-%m-%dT%H:%M"))
    await page.get_by_label("Time zone of the family").select_option(label=ZONE)
    await page.get_by_label("What needs to be decided").fill(QUESTION)
    dana = page.get_by_role("group", name="Person 1")
    await dana.get_by_label("First name").fill("Dana Reyes")
    await dana.get_by_label("What the family calls them").fill("Mom")
    await page.get_by_role("button", name="Add a person").click()
    ruth = page.get_by_role("group", name="Person 2")
    await ruth.get_by_label("First name").fill("Ruth Reyes")
    await ruth.get_by_label("Role").select_option(label="Family")
    await ruth.get_by_label("Language").select_option(label="Español")


async def typed(page: Page) -> list[str]:
    """Everything in the form."""
    script = (
        "() => [...document.querySelectorAll('form input, form select, form textarea')].map((field) => field.value)"
    )
    return [str(one) for one in await page.evaluate(script)]


@pytest.mark.parametrize("who", ["Priya Raman · Caseworker", "Alex Whitfield · Supervisor"])
async def test_a_facilitator_who_is_not_independent_is_refused_and_nothing_is_lost(
    hearth: HearthServer, browser: Browser, who: str
) -> None:
    priya = await opens_form(browser, hearth)
    page = priya.page
    await fills(page, datetime.now(ZoneInfo(ZONE)) + timedelta(days=2))
    await page.get_by_label("Facilitator").select_option(label=who)
    before = await typed(page)
    await page.get_by_role("button", name="Make the meeting and its links").click()
    refusal = page.get_by_text("A facilitator must be independent.", exact=False)
    await expect(refusal).to_contain_text("This person carries the case or supervises the worker who does.")
    assert await typed(page) == before
    await picture(page, "schedule-refused", full=True)
    assert priya.complaints.said == []


async def test_a_meeting_is_made_and_everyone_gets_a_link_of_their_own(hearth: HearthServer, browser: Browser) -> None:
    priya = await opens_form(browser, hearth)
    page = priya.page
    await page.get_by_role("button", name="Make the meeting and its links").click()
    await expect(page.get_by_text("Fill in the marked fields, then send again.")).to_be_visible()
    await expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    at = datetime.now(ZoneInfo(ZONE)).replace(second=0, microsecond=0) + timedelta(minutes=10)
    await fills(page, at)
    await page.get_by_label("Facilitator").select_option(label="Sam Okafor · Facilitator")
    await picture(page, "schedule-form", full=True)
    await page.get_by_role("button", name="Make the meeting and its links").click()
    await expect(page.get_by_role("heading", name="The meeting is set")).to_be_visible()
    links = page.locator("code")
    await expect(links).to_have_text([re.compile(r"/j#[\w-]{43}$")] * 2)
    await picture(page, "schedule-links", full=True)
    urls = await links.all_inner_texts()
    assert len(set(urls)) == 2
    await expect(page.get_by_role("button", name="Copy the link for Dana Reyes")).to_be_visible()
    dana = await journeys.phone_opens_link(browser, DANA, urls[0], **household())
    hour = at.strftime("%-I:%M")
    await expect(dana.page.locator("#when")).to_contain_text(re.compile(f"{hour}.(AM|PM) C[DS]T.*Sam leads it"))
    ruth = await browser.new_context(**household())
    hers = await ruth.new_page()
    await hers.goto(urls[1])
    await hers.get_by_role("button", name="Continue").click()
    await hers.get_by_role("button", name="Yes, that's me").click()
    await expect(hers.get_by_role("heading", name="¿Cómo quiere entrar?")).to_be_visible()
    await page.get_by_role("link", name="Open the lobby").click()
    await expect(page.get_by_role("heading", name="Before you go in")).to_be_visible()
    assert [said for seat in (priya, dana) for said in seat.complaints.said] == []


async def sends(page: Page) -> None:
    await page.get_by_label("Facilitator").select_option(label="Sam Okafor · Facilitator")
    await page.get_by_role("button", name="Make the meeting and its links").click()


async def test_a_time_that_is_skipped_is_said_and_another_offered(hearth: HearthServer, browser: Browser) -> None:
    priya = await opens_form(browser, hearth)
    page = priya.page
    await fills(page, clock_change(ZONE, 2, 30, twice=False))
    await expect(page.get_by_text("There is no 2:30 AM that night: the clocks go forward.")).to_be_visible()
    await sends(page)
    await expect(page.get_by_text("Fill in the marked fields, then send again.")).to_be_visible()
    await picture(page, "schedule-skipped", full=True)
    await page.get_by_role("button", name=re.compile("^Use .*3:30 AM")).click()
    await expect(page.get_by_label("Day and time")).to_have_value(re.compile("T03:30$"))
    await sends(page)
    await expect(page.get_by_role("heading", name="The meeting is set")).to_be_visible()


@pytest.mark.parametrize(("choice", "clock"), [("The first one", "CDT"), ("The second one", "CST")])
async def test_an_hour_that_comes_twice_is_chosen(
    hearth: HearthServer, browser: Browser, choice: str, clock: str
) -> None:
    priya = await opens_form(browser, hearth)
    page = priya.page
    await fills(page, clock_change(ZONE, 1, 30, twice=True))
    await expect(page.get_by_text("this hour comes twice. Which one is it?")).to_be_visible()
    await expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    await sends(page)
    await expect(page.get_by_text("Fill in the marked fields, then send again.")).to_be_visible()
    await picture(page, "schedule-twice", full=True)
    await page.get_by_role("radio", name=re.compile(f"^{choice}, .*{clock}")).check()
    await sends(page)
    await expect(page.get_by_role("heading", name="The meeting is set")).to_be_visible()
    link = await page.locator("code").first.inner_text()
    dana = await (await browser.new_context(**household())).new_page()
    await dana.goto(link)
    await dana.get_by_role("button", name="Continue").click()
    await expect(dana.get_by_text(re.compile(f"1:30.AM {clock}"))).to_be_visible()


async def test_a_year_that_cannot_be_right_is_said_at_the_field(hearth: HearthServer, browser: Browser) -> None:
    priya = await opens_form(browser, hearth)
    page = priya.page
    when = page.get_by_label("Day and time")
    await when.fill("0026-12-01T10:00")
    await expect(page.get_by_text("This time has passed. Check the day and the year.")).to_be_visible()
    await when.fill("2062-12-01T10:00")
    await expect(page.get_by_text("This is more than a year ahead. Check the year.")).to_be_visible()
    await expect(when).to_have_attribute("aria-invalid", "true")
