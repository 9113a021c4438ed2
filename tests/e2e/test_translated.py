"""On a page the browser has translated, words that decide are still drawn anew, and only what was read is answered."""

import re

from playwright.async_api import Browser, Locator, expect

from tests.support import journeys
from tests.support.browsers import picture
from tests.support.journeys import Seat
from tests.support.meeting import admits, begins, facilitates, is_in, staff_goes_in, staff_signs_in
from tests.support.office import Conference, Office, household
from tests.support.people import ALEX, DANA
from tests.support.translator import puts, translates

FIRST = "Lee and Mia stay with Ruth until summer"
SECOND = "Lee and Mia stay with Ruth until June 1"
REASON = "My apartment has stairs, and nobody looked."
AGENCY = "The children stay with Ruth on weekdays."
WHY = "The home is safe and known to the children."


async def two_of_them(browser: Browser, office: Office) -> tuple[Conference, Seat, Seat]:
    """Sam on a laptop and Dana on a phone, in a meeting that has begun."""
    meeting = office.schedules()
    dana = await journeys.joins_on_phone(browser, DANA, meeting.link("Dana"), **household())
    sam = await facilitates(browser, meeting)
    await begins(sam, "Dana")
    await is_in(dana)
    return meeting, sam, dana


def the_words(seat: Seat) -> Locator:
    """What is answered."""
    return seat.page.locator("#proposal-text")


async def amends(sam: Seat, text: str) -> None:
    """The facilitator puts the proposal in other words."""
    await sam.page.get_by_role("button", name="Change wording").click()
    await sam.page.get_by_label(re.compile("^Change wording")).fill(text)
    await sam.page.get_by_role("button", name="Ask again").click()
    await expect(the_words(sam)).to_have_text(text)


async def is_answered(sam: Seat, count: int) -> None:
    """So many answers are in."""
    await expect(sam.page.get_by_text(re.compile(f"{count} of [0-9] ha(s|ve) answered"))).to_be_visible()


async def test_an_amended_proposal_is_seen_on_a_page_that_was_translated(office: Office, browser: Browser) -> None:
    _, sam, dana = await two_of_them(browser, office)
    await journeys.proposes(sam, FIRST)
    await journeys.tab(dana, "Decision")
    await dana.page.get_by_role("radio", name="I can’t support it").check()
    await dana.page.get_by_label(re.compile("Please say why")).fill(REASON)
    await translates(dana.page, crude=True)
    await expect(the_words(dana)).to_have_text(f"{FIRST} ⟦xx⟧")
    await amends(sam, SECOND)
    await expect(the_words(dana)).to_have_text(SECOND)
    await expect(dana.page.get_by_role("radio", checked=True)).to_have_count(0)
    await dana.page.get_by_role("radio", name="I can’t support it").check()
    await expect(dana.page.get_by_label(re.compile("Please say why"))).to_have_value(REASON)
    await dana.page.get_by_role("button", name="Send my answer").click()
    await is_answered(sam, 1)


async def test_P10_an_answer_to_other_words_is_refused_and_the_words_are_shown(
    office: Office, browser: Browser
) -> None:
    _, sam, dana = await two_of_them(browser, office)
    await journeys.proposes(sam, FIRST)
    await amends(sam, SECOND)
    await journeys.tab(dana, "Decision")
    await expect(the_words(dana)).to_have_text(SECOND)
    await dana.page.get_by_role("radio", name="I can’t support it").check()
    await dana.page.get_by_label(re.compile("Please say why")).fill(REASON)
    for other in (FIRST, f"{SECOND} ⟦xx⟧"):
        await puts(dana.page, "#proposal-text", other)
        await dana.page.get_by_role("button", name="Send my answer").click()
        await expect(the_words(dana)).to_have_text(SECOND)
        await expect(the_words(dana)).to_be_focused()
        await expect(the_words(dana)).to_be_in_viewport()
        await expect(
            dana.page.get_by_text("The words on your screen were not the words of the proposal.")
        ).to_be_visible()
        await expect(dana.page.get_by_label(re.compile("Please say why"))).to_have_value(REASON)
        await is_answered(sam, 0)
    await picture(dana.page, "words-differ-phone")
    await dana.page.get_by_role("button", name="Send my answer").click()
    await expect(dana.page.get_by_text("You can change it until the answers are closed.")).to_be_visible()
    await is_answered(sam, 1)


async def test_the_original_stands_beside_the_translation_and_is_answered(office: Office, browser: Browser) -> None:
    _, sam, dana = await two_of_them(browser, office)
    await journeys.proposes(sam, FIRST)
    await journeys.tab(dana, "Decision")
    said = dana.page.get_by_text("Your answer is to the words above, as they were written.")
    translation = dana.page.get_by_text(f"{FIRST} ⟦xx⟧")
    await expect(the_words(dana)).to_have_text(FIRST)
    await expect(said).to_have_count(0)
    await translates(dana.page)
    await expect(said).to_be_visible()
    await expect(the_words(dana)).to_have_text(FIRST)
    await expect(translation).to_be_in_viewport()
    await picture(dana.page, "translated-phone")
    await dana.page.get_by_role("radio", name="I support it").check()
    await dana.page.get_by_role("button", name="Send my answer").click()
    await is_answered(sam, 1)


async def test_stage_mute_outcome_and_agency_decision_are_drawn_anew(office: Office, browser: Browser) -> None:
    meeting, sam, dana = await two_of_them(browser, office)
    alex = await staff_signs_in(browser, meeting.server, "supervisor", ALEX)
    await alex.page.get_by_role("link", name="Schedule a meeting").first.wait_for()
    await staff_goes_in(alex, meeting)
    await admits(sam, "Alex")
    await is_in(alex)
    page = dana.page
    await translates(page, crude=True)
    await journeys.next_stage(sam, "Situation")
    await expect(page.locator(".stageline")).to_contain_text("2 of 6")
    await expect(page.locator(".stageline")).not_to_contain_text("1 of 6")
    await page.get_by_role("button", name="Mute").click()
    own = page.locator(".tile.mine")
    await expect(own.get_by_text("muted", exact=False)).to_have_count(1)
    await translates(page, crude=True)
    await page.get_by_role("button", name="Mute").click()
    await expect(own.get_by_text("muted", exact=False)).to_have_count(0)
    await journeys.proposes(sam, FIRST)
    await journeys.answers(dana, "I can’t support it", REASON)
    await translates(page, crude=True)
    await page.get_by_role("button", name="Change my answer").click()
    await page.get_by_role("radio", name="I can live with it").check()
    await page.get_by_role("button", name="Send my answer").click()
    await expect(the_words(dana)).to_have_text(FIRST)  # these words had been translated away
    await page.get_by_role("button", name="Send my answer").click()
    await expect(page.locator("div.choice")).to_contain_text("I can live with it")
    await expect(page.locator("div.choice")).not_to_contain_text("I can’t support it")
    await translates(alex.page, crude=True)
    await sam.page.get_by_role("button", name="Close the answers").click()
    await sam.page.get_by_role("button", name="Close now").click()
    await expect(page.locator(".result")).to_contain_text("We did not all agree")
    await translates(page, crude=True)
    await the_agency_decides(alex)
    await expect(page.get_by_text("Waiting for the agency’s decision")).to_have_count(0)
    await expect(page.locator(".result p")).to_have_text(re.compile("^The agency has decided and said why"))
    await expect(page.locator(".agency").get_by_text(AGENCY)).to_be_visible()


async def the_agency_decides(alex: Seat) -> None:
    """[P11] First on a translated heading, which is refused with the words drawn anew; then on the words."""
    await journeys.tab(alex, "Decision")
    await puts(alex.page, "#proposal-text", SECOND)
    await alex.page.get_by_role("textbox", name="Decision").fill(AGENCY)
    await alex.page.get_by_label("Reasons, said to the team").fill(WHY)
    await alex.page.get_by_role("button", name="Record the decision").click()
    await expect(the_words(alex)).to_have_text(FIRST)
    await expect(alex.page.locator(".agency").get_by_text("Decided by")).to_have_count(0)
    await alex.page.get_by_role("button", name="Record the decision").click()
    await expect(alex.page.locator(".agency").get_by_text("Decided by")).to_be_visible()


async def test_P11_answers_to_other_words_are_not_closed_and_attendance_is_drawn_anew(
    office: Office, browser: Browser
) -> None:
    _, sam, dana = await two_of_them(browser, office)
    page = sam.page
    await journeys.proposes(sam, FIRST)
    await journeys.answers(dana, "I support it")
    await puts(page, "#proposal-text", SECOND)
    await page.get_by_role("button", name="Close the answers").click()
    await page.get_by_role("button", name="Close now").click()
    await expect(the_words(sam)).to_have_text(FIRST)
    await expect(page.get_by_text("Open for answers")).to_be_visible()
    await page.get_by_role("button", name="End", exact=True).click()
    await journeys.confirms_present(sam, "Dana")
    line = page.locator("li.line", has_text="Dana")
    await expect(line).to_contain_text("All of it")
    await translates(page, crude=True)
    await line.get_by_role("button", name=re.compile("^Change: Dana")).click()
    await line.get_by_text("Not here").click()
    await line.get_by_role("combobox").select_option(value="unreachable")
    await line.get_by_role("button", name=re.compile("^Confirm")).click()
    await expect(line).to_contain_text("Could not be reached")
    await expect(line).not_to_contain_text("All of it")
    await expect(page.locator(".closing [role=status]").first).to_contain_text(re.compile("^[0-9]"))
