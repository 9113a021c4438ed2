"""A step's day that cannot be right is said at its field, stays as typed, and keeps the meeting from closing."""

from playwright.async_api import Browser, expect

from tests.support import journeys
from tests.support.browsers import picture
from tests.support.days import ahead
from tests.support.meeting import begins, facilitates, is_in
from tests.support.office import Office, household
from tests.support.people import DANA


async def test_L9_a_day_that_cannot_be_right_is_said_at_the_field(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    dana = await journeys.joins_on_phone(browser, DANA, meeting.link("Dana"), **household())
    sam = await facilitates(browser, meeting)
    await begins(sam, "Dana")
    await is_in(dana)
    page = dana.page
    await journeys.adds_step(dana, "Call the school", "Dana Reyes", "0026-12-01")
    day = page.locator("input[type=date]")
    past = page.locator(".step .say", has_text="This day is before the meeting, which is on")
    await expect(past).to_be_visible()
    await expect(day).to_have_value("0026-12-01")
    await expect(day).to_have_attribute("aria-invalid", "true")
    await picture(page, "step-day-past-phone", full=True)
    await expect(sam.page.locator(".step .say", has_text="This day is before the meeting, which is on")).to_be_visible()
    await picture(sam.page, "step-day-past-laptop")
    await day.fill("2062-12-01")
    await expect(
        page.locator(".step .say", has_text="This is more than two years away. Check the year.")
    ).to_be_visible()
    for name in ("Situation", "Assess", "Ideas", "Decision", "Recap"):
        await journeys.next_stage(sam, name)
    await sam.page.get_by_role("button", name="End", exact=True).click()
    await sam.page.get_by_role("button", name="Lock the plan").click()
    await expect(sam.page.get_by_text("The plan is locked.")).to_be_visible()
    await sam.page.get_by_role("button", name="Open it again").click()
    await day.fill(ahead(5))
    await expect(past).to_have_count(0)
    await expect(day).to_have_attribute("aria-invalid", "false")
