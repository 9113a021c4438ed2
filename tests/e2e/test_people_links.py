"""A link was lost: staff make a new one for that person, and end one that must not work."""

import re

from playwright.async_api import Browser, expect

from tests.support import journeys
from tests.support.axe import axe_clean
from tests.support.browsers import picture
from tests.support.meeting import staff_signs_in
from tests.support.office import Office, household
from tests.support.people import DANA, SAM


async def test_a_new_link_works_and_the_old_one_does_not(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    sam = await staff_signs_in(browser, office.server, "facilitator", SAM)
    page = sam.page
    await page.locator(f'a[href="/app/meetings/{meeting.meeting_id}/links"]').click()
    await expect(page.get_by_role("heading", name="People and links")).to_be_focused()
    await page.get_by_role("button", name="New link for Dana Reyes").click()
    await page.get_by_role("dialog").get_by_role("button", name="New link").click()
    shown = page.get_by_role("listitem").filter(has_text="Give it to them now").locator("code")
    await expect(shown).to_have_text(re.compile(r"/j#[\w-]{43}$"))
    await picture(page, "staff-people-links")
    await axe_clean(page)
    link = await shown.inner_text()
    assert link != meeting.link("Dana")
    dana = await journeys.phone_opens_link(browser, DANA, link, **household())
    await dana.page.goto("about:blank")
    await dana.page.goto(meeting.link("Dana"))
    await dana.page.get_by_role("button", name="Continue").click()
    await expect(dana.page.get_by_role("heading", name="This link was replaced or ended")).to_be_visible()
    await page.get_by_role("button", name="End link of Ruth Reyes").click()
    await page.get_by_role("dialog").get_by_role("button", name="End link").click()
    await expect(page.get_by_role("listitem").filter(has_text="Ruth")).to_contain_text("No link")
    assert sam.complaints.said == []
