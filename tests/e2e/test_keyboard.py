"""Dana goes from her link to the end of the meeting by keyboard alone."""

import re

from playwright.async_api import Browser, expect

from tests.support import journeys
from tests.support.browsers import PHONE, device
from tests.support.journeys import Seat
from tests.support.keyboard import Keyboard
from tests.support.meeting import begins, facilitates
from tests.support.office import Office, household
from tests.support.people import DANA

STRENGTH = "Ruth is always there for the kids"
PROPOSAL = "Lee and Mia stay with Ruth on school nights"
REASON = "I want them home on weekends."


async def reaches_the_waiting_room(keys: Keyboard) -> None:
    await keys.activates("Continue")
    await keys.lands_on_heading("Hi Dana")
    await keys.activates("^Yes", "Space")
    await keys.lands_on_heading("Hi Dana, your family team meeting")
    await keys.tab_to("Just listen and type|Video and voice")
    await keys.press("ArrowDown", "ArrowUp")
    await expect(keys.page.get_by_role("radio", name=re.compile("Video and voice"))).to_be_checked()
    await keys.goes_round()
    await keys.activates("^Continue")
    await keys.lands_on_heading("Your phone will ask you something")
    await keys.activates("^Continue")
    await keys.lands_on_heading("How you look and sound")
    await keys.activates("^Camera on", "Space")
    await expect(keys.page.get_by_role("button", name="Camera off")).to_be_visible()
    await keys.activates("^Join the meeting")
    await keys.lands_on_heading("You’re here, Dana")
    await keys.goes_round()


async def writes_a_card(keys: Keyboard) -> None:
    await keys.activates("Add to .What is going well")
    await keys.write(STRENGTH)
    await expect(keys.page.get_by_text("Saved", exact=True).first).to_be_visible()
    await keys.press("Escape")
    await keys.tab_to("Remove")


async def answers(keys: Keyboard) -> None:
    page = keys.page
    await keys.tab_to("^Decision", "Shift+Tab")
    await expect(page.get_by_role("heading", name=PROPOSAL)).to_be_visible()
    await keys.tab_to("I support it|I have a question")
    choice = page.get_by_role("radio", name=re.compile("I can live with it"))
    for _ in range(4):
        await keys.press("ArrowDown")
        if await choice.is_checked():
            break
    await expect(choice).to_be_checked()
    await keys.tab_to("Why")
    await keys.write(REASON)
    await keys.activates("^Send my answer")
    await expect(page.get_by_role("button", name="Change my answer")).to_be_focused()
    await keys.on()


async def leaves(keys: Keyboard) -> None:
    page = keys.page
    await keys.activates("^More")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await keys.goes_round()
    await keys.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="More", exact=True)).to_be_focused()
    await keys.press("Enter")
    await expect(page.get_by_role("dialog", name="More")).to_be_visible()
    await keys.activates("^Leave$")
    await expect(page.get_by_role("dialog", name="Leave")).to_be_visible()
    await keys.activates("^Leave$")
    await keys.lands_on_heading("You left the meeting")


async def test_a_whole_meeting_without_a_mouse(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    context = await device(browser, DANA, **{**PHONE, **household()})
    dana = Seat(DANA, context, await context.new_page())
    keys = Keyboard(dana.page)
    await dana.page.goto(meeting.link("Dana"))
    await reaches_the_waiting_room(keys)
    sam = await facilitates(browser, meeting)
    await begins(sam, "Dana")
    await keys.lands_on_heading("Family team meeting")
    await keys.goes_round()
    mute = dana.page.get_by_role("button", name="Mute", exact=True)
    before = await mute.get_attribute("aria-pressed")
    await keys.activates("^Mute$", "Space")
    await expect(mute).not_to_have_attribute("aria-pressed", before or "")
    await writes_a_card(keys)
    await journeys.reads_in_plan(sam, STRENGTH)
    await journeys.proposes(sam, PROPOSAL)
    await answers(keys)
    await leaves(keys)
    assert dana.complaints.said == []
