"""The same link on a second phone: the lobby only, marked for the facilitator, and the first seat stays as it is."""

from playwright.async_api import Browser, expect

from tests.support import journeys
from tests.support.browsers import picture
from tests.support.meeting import begins, facilitates, is_in
from tests.support.office import Office, household
from tests.support.people import DANA, RUTH, SAM

LIVE_TRACKS = "() => window.__tracks.filter((track) => track.readyState === 'live').length"


async def test_a_second_device_waits_until_the_facilitator_moves_the_seat(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    first = await journeys.joins_on_phone(browser, DANA, meeting.link("Dana"), **household())
    sam = await facilitates(browser, meeting)
    await begins(sam, "Dana")
    await is_in(first)

    second = await journeys.phone_opens_link(browser, RUTH, meeting.link("Dana"), greeted_as="Dana", **household())
    await journeys.says_yes_its_me(second)
    await journeys.passes_ready_check(second)
    await expect(second.page.get_by_role("heading", name="Please wait, Dana")).to_be_visible()
    await expect(second.page.get_by_text("You opened your link again.")).to_be_visible()
    await expect(sam.page.get_by_text("Second device – check it is Dana Reyes")).to_be_visible()
    await picture(sam.page, "facilitator-second-device")
    await picture(second.page, "family-second-device")
    assert await second.page.get_by_role("group", name="Meeting controls").count() == 0
    words = await second.page.locator("body").inner_text()
    assert not any(word in words for word in ("Ruth", "Priya", "Reyes"))

    await is_in(first)
    await sam.sees(DANA)
    await journeys.adds_card(first, "What is going well", "Still here on the first phone")
    await journeys.reads_in_plan(sam, "Still here on the first phone")

    await sam.page.get_by_role("button", name="Let in Dana").click()
    await is_in(second)
    await journeys.reads_in_plan(second, "Still here on the first phone")
    await expect(first.page.get_by_role("heading", name="The meeting moved to another tab or device")).to_be_visible()
    assert await first.page.evaluate(LIVE_TRACKS) == 0
    await sam.sees(RUTH)
    await second.sees(SAM)
    await journeys.tab(sam, "People")
    await expect(sam.page.get_by_role("heading", name="Here now 2")).to_be_visible()
    assert [said for seat in (sam, first, second) for said in seat.complaints.said] == []


async def test_the_first_device_that_comes_back_waits_too(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    first = await journeys.joins_on_phone(browser, DANA, meeting.link("Dana"), **household())
    sam = await facilitates(browser, meeting)
    await begins(sam, "Dana")
    await is_in(first)
    second = await journeys.joins_on_phone(browser, DANA, meeting.link("Dana"), **household())
    await sam.page.get_by_role("button", name="Let in Dana").click()
    await is_in(second)
    await first.page.get_by_role("button", name="Use this one").click()
    await expect(first.page.get_by_role("heading", name="You’re here, Dana")).to_be_visible()
    await is_in(second)
    await sam.page.get_by_role("button", name="Let in Dana").click()
    await is_in(first)
    await expect(second.page.get_by_role("heading", name="The meeting moved to another tab or device")).to_be_visible()
    assert [said for seat in (sam, first, second) for said in seat.complaints.said] == []


async def test_another_tab_of_the_same_phone_takes_the_seat_without_asking(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    dana = await journeys.joins_on_phone(browser, DANA, meeting.link("Dana"), **household())
    sam = await facilitates(browser, meeting)
    await begins(sam, "Dana")
    await is_in(dana)
    tab = journeys.Seat(DANA, dana.context, await dana.context.new_page())
    await tab.page.goto(f"{meeting.server.url}/j")
    await journeys.passes_ready_check(tab)
    await is_in(tab)
    await expect(dana.page.get_by_role("heading", name="The meeting moved to another tab or device")).to_be_visible()
    await expect(sam.page.get_by_text("Waiting room")).to_have_count(0)
    assert [said for seat in (sam, dana, tab) for said in seat.complaints.said] == []
