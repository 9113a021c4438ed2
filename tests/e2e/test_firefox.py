"""A second browser engine joins: Ruth with Firefox ESR, Sam with Chromium."""

from tests.support import journeys
from tests.support.browsers import LAPTOP, device, firefox, picture, playwright
from tests.support.journeys import Seat
from tests.support.meeting import admits, open_conference, staff_signs_in
from tests.support.people import RUTH, SAM, media_script

STRENGTH = "The children sleep well at Ruth's house"


async def test_ruth_joins_with_firefox_and_they_see_hear_and_write() -> None:
    async with open_conference() as (server, chromium_browser), playwright() as driver:
        browser = await firefox(driver)
        try:
            context = await device(browser, None, **LAPTOP)
            await context.add_init_script(media_script(RUTH, native_voice=True))
            ruth = Seat(RUTH, context, await context.new_page())
            await ruth.page.goto(server.link("kin").url)
            await ruth.page.get_by_role("button", name="Continue").click()
            await journeys.says_yes_its_me(ruth)
            await journeys.passes_ready_check(ruth)
            sam = await staff_signs_in(chromium_browser, server, "facilitator", SAM)
            await journeys.opens_meeting(sam)
            await admits(sam, "Ruth")
            await sam.page.get_by_role("button", name="Start the meeting").click()
            await sam.sees(RUTH)
            await ruth.sees(SAM)
            await sam.hears(RUTH)
            await ruth.receives_sound()
            await journeys.microphone(sam, on=False)
            await ruth.receives_sound(False)
            await journeys.adds_card(ruth, "What is going well", STRENGTH)
            await journeys.reads_in_plan(sam, STRENGTH)
            await picture(ruth.page, "meeting-firefox")
        finally:
            await browser.close()
