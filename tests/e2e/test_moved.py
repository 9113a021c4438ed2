"""A planned meeting is moved or called off from the office: who waits is told at once, and so is every link."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Page, expect

from tests.support import journeys
from tests.support.axe import axe_clean
from tests.support.browsers import picture
from tests.support.meeting import staff_signs_in
from tests.support.office import Office, household
from tests.support.people import DANA, PRIYA

ZONE = ZoneInfo("America/New_York")  # of the meetings the office makes
TYPED = "%Y-%m-%dT%H:%M"


async def opens_people_and_links(page: Page, meeting_id: str) -> None:
    """From the list of meetings."""
    await page.locator(f'a[href="/app/meetings/{meeting_id}/links"]').click()
    await expect(page.get_by_role("heading", name="People and links")).to_be_focused()


async def test_who_waits_is_told_the_new_time_and_so_is_the_link(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    dana = await journeys.joins_on_phone(browser, DANA, meeting.link("Dana"), **household())
    priya = await staff_signs_in(browser, office.server, "caseworker", PRIYA)
    page = priya.page
    await opens_people_and_links(page, meeting.meeting_id)
    await page.get_by_role("button", name="Change the time").click()
    field = page.get_by_label("New day and time (America/New_York)")
    now = datetime.now(ZONE)
    assert abs(datetime.strptime(await field.input_value(), TYPED) - now.replace(tzinfo=None)) < timedelta(minutes=5)
    await field.fill((now - timedelta(days=30)).strftime(TYPED))
    await page.get_by_role("button", name="Move the meeting").click()
    await expect(page.get_by_text("This time has passed. Choose a time ahead.")).to_be_visible()
    await axe_clean(page)
    await picture(page, "staff-move-meeting")
    later = (now + timedelta(days=2)).replace(hour=15, minute=30)
    await field.fill(later.strftime(TYPED))
    await page.get_by_role("button", name="Move the meeting").click()
    await expect(page.get_by_text("Moved from", exact=False)).to_be_visible()
    when = re.compile(rf"{later:%A}, {later:%B} {later.day}.* 3:30 PM")
    await expect(page.get_by_text(when).first).to_be_visible()

    await expect(dana.page.get_by_role("heading", name="Your meeting was moved")).to_be_visible()
    await expect(dana.page.get_by_role("status").filter(has_text="It is now")).to_contain_text(when)
    await expect(dana.page.get_by_text("You can close this page.", exact=False)).to_be_visible()
    await axe_clean(dana.page)
    await picture(dana.page, "waiting-moved")
    await dana.page.reload()
    await expect(dana.page.get_by_role("heading", name="Your meeting was moved")).to_be_visible()
    await expect(dana.page.locator("#why")).to_contain_text(when)
    await picture(dana.page, "link-moved")
    await dana.page.goto("about:blank")
    await dana.page.goto(meeting.link("Dana"))
    await dana.page.get_by_role("button", name="Continue").click()
    await expect(dana.page.get_by_role("heading", name="Your meeting was moved")).to_be_visible()
    assert priya.complaints.said == []


async def test_a_meeting_is_called_off_with_a_reason_and_who_waits_is_told(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    dana = await journeys.joins_on_phone(browser, DANA, meeting.link("Dana"), **household())
    priya = await staff_signs_in(browser, office.server, "caseworker", PRIYA)
    page = priya.page
    await opens_people_and_links(page, meeting.meeting_id)
    await page.get_by_role("button", name="Call it off").click()
    send = page.get_by_role("button", name="Call off the meeting")
    await expect(send).to_have_attribute("aria-disabled", "true")
    await page.get_by_label("Why is it called off?").fill("Dana is in hospital")
    await picture(page, "staff-call-off")
    await send.click()
    await expect(page.get_by_role("button", name="Change the time")).to_have_count(0)
    await expect(page.locator("p", has_text=re.compile("^Called off$"))).to_be_focused()
    await expect(dana.page.get_by_role("heading", name="The meeting was called off")).to_be_visible()
    assert "hospital" not in await dana.page.locator("body").inner_text()
    assert [said for seat in (dana, priya) for said in seat.complaints.said] == []
