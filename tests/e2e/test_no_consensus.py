"""Where the team does not agree: every voice kept word for word, the agency's decision with reasons, and a record."""

import re
from typing import Any

from playwright.async_api import Browser, expect

from tests.support import journeys
from tests.support.browsers import picture
from tests.support.days import ahead
from tests.support.journeys import Seat
from tests.support.meeting import admits, begins, facilitates, is_in, staff_goes_in, staff_signs_in
from tests.support.office import Conference, Office, household
from tests.support.people import ALEX, DANA, RUTH

FIRST = "Lee and Mia stay with Ruth until summer"
SECOND = "Lee and Mia stay with Ruth until June 1"
BREAK = "We break at three"
TAKEN_BACK = "The break came anyway."
QUESTION = "Who drives them to school?"
DISSENT = "My apartment has stairs, and Mia's wheelchair does not fit. Nobody looked."
AGENCY = "The children stay with Ruth on weekdays. A ramp is built before June 1."
REASONS = "The home is safe and known to the children; the stairs are a thing we can change."


async def the_team(browser: Browser, office: Office) -> tuple[Conference, Seat, Seat, Seat]:
    """Sam, Dana and Ruth in a meeting that has begun."""
    meeting = office.schedules()
    dana = await journeys.joins_on_phone(browser, DANA, meeting.link("Dana"), **household())
    ruth = await journeys.joins_on_phone(browser, RUTH, meeting.link("Ruth"), **household())
    sam = await facilitates(browser, meeting)
    await begins(sam, "Dana", "Ruth")
    await is_in(dana)
    await is_in(ruth)
    return meeting, sam, dana, ruth


async def settles(sam: Seat) -> None:
    """The facilitator closes the answers."""
    await journeys.tab(sam, "Decision")
    await sam.page.get_by_role("button", name="Close the answers").click()
    await sam.page.get_by_role("button", name="Close now").click()


async def changes_wording(sam: Seat, text: str) -> None:
    """The facilitator puts the proposal in other words."""
    await journeys.tab(sam, "Decision")
    await sam.page.get_by_role("button", name="Change wording").click()
    await expect(sam.page.get_by_text("Everyone answers again.")).to_be_visible()
    await sam.page.get_by_label(re.compile("^Change wording")).fill(text)
    await sam.page.get_by_role("button", name="Ask again").click()


async def test_dissent_is_kept_and_the_agency_decides_with_reasons(office: Office, browser: Browser) -> None:
    meeting, sam, dana, ruth = await the_team(browser, office)
    alex = await staff_signs_in(browser, meeting.server, "supervisor", ALEX)
    await alex.page.get_by_role("link", name="Schedule a meeting").first.wait_for()
    await staff_goes_in(alex, meeting)
    await admits(sam, "Alex")
    await is_in(alex)
    await journeys.proposes(sam, FIRST)
    await expect(sam.page.get_by_text("Your role does not answer. You help the team decide.")).to_be_visible()
    assert await sam.page.get_by_role("radio").count() == 0
    await journeys.answers(dana, "I have a question", QUESTION)
    await journeys.answers(ruth, "I support it")
    await changes_wording(sam, SECOND)
    for seat in (dana, ruth):
        await expect(seat.page.get_by_role("heading", name=SECOND)).to_be_visible()
        await expect(seat.page.get_by_text("The wording changed. Please answer again.")).to_be_visible()
    await expect(sam.page.get_by_text(re.compile("0 of [0-9] have answered"))).to_be_visible()
    await journeys.answers(ruth, "I can’t support it")
    await journeys.answers(ruth, "I can’t support it", DISSENT)
    await journeys.answers(dana, "I support it")
    await settles(sam)
    for seat in (sam, dana, ruth, alex):
        await journeys.tab(seat, "Decision")
        await expect(seat.page.get_by_text("We did not all agree").first).to_be_visible()
        await expect(seat.page.locator("q", has_text=DISSENT)).to_be_visible()
    await picture(ruth.page, "decision-not-reached-phone")
    await expect(sam.page.get_by_text("Waiting for the agency’s decision")).to_be_visible()
    for seat in (sam, dana, ruth):
        assert await seat.page.get_by_role("heading", name="Decide for the agency").count() == 0
    await alex.page.get_by_role("textbox", name="Decision").fill(AGENCY)
    await alex.page.get_by_label("Reasons, said to the team").fill(REASONS)
    await picture(alex.page, "agency-decision-laptop")
    await alex.page.get_by_role("button", name="Record the decision").click()
    for seat in (sam, dana, ruth, alex):
        await expect(seat.page.get_by_text(AGENCY)).to_be_visible()
        await expect(seat.page.get_by_text(REASONS)).to_be_visible()
        await expect(seat.page.get_by_text("Decided by Alex Whitfield")).to_be_visible()
    await the_meeting_closes(sam)
    await expect(ruth.page.get_by_text("The meeting is over").first).to_be_visible()
    the_record_keeps_every_word(office)
    await a_link_says_the_meeting_is_over(meeting, ruth)
    assert [said for seat in (sam, dana, ruth, alex) for said in seat.complaints.said] == []


async def the_meeting_closes(sam: Seat) -> None:
    await journeys.adds_step(sam, "Measure the stairs for a ramp", "Alex Whitfield", ahead(5))
    for name in ("Situation", "Assess", "Ideas", "Decision", "Recap"):
        await journeys.next_stage(sam, name)
    page = sam.page
    await page.get_by_role("button", name="End", exact=True).click()
    await page.get_by_role("button", name="Lock the plan").click()
    await expect(page.get_by_text("The plan is locked.")).to_be_visible()
    for name in ("Sam", "Alex", "Dana", "Ruth"):
        await journeys.confirms_present(sam, name)
    await journeys.confirms_absent(sam, "Priya")
    await page.get_by_role("button", name="Close the meeting").click()
    await page.get_by_role("button", name="Close and write the record").click()
    await expect(page.get_by_text("The case record is written.").first).to_be_visible()


def the_record_keeps_every_word(office: Office) -> None:
    case = office.visitor.get(f"/api/cases/{office.server.announced.case_id}").json
    record: dict[str, Any] = office.visitor.get(f"/api/records/{case['records'][0]['record_id']}").json
    (decision,) = record["decisions"]
    assert (decision["text"], decision["outcome"]) == (SECOND, "not_reached")
    positions = {one["person"]["name"].split()[0]: one for one in decision["positions"]}
    assert (positions["Ruth"]["answer"], positions["Ruth"]["reason"]) == ("cannot_support", DISSENT)
    assert positions["Dana"]["answer"] == "support"
    agency = decision["agency_decision"]
    assert (agency["text"], agency["reason"]) == (AGENCY, REASONS)
    assert "Alex Whitfield" in str(agency)
    assert QUESTION in str(record)


async def a_link_says_the_meeting_is_over(meeting: Conference, ruth: Seat) -> None:
    for language, go_on, title in (("en", "Continue", "This meeting is over"), ("es", "Continuar", "Esta reunión ya")):
        await ruth.page.goto("about:blank")
        await ruth.page.goto(meeting.link("Ruth").replace("/j#", f"/j?lang={language}#"))
        await ruth.page.get_by_role("button", name=go_on).click()
        await expect(ruth.page.get_by_role("heading", name=title)).to_be_visible()


async def test_an_open_question_is_not_agreement_and_another_question_can_be_taken_back(
    office: Office, browser: Browser
) -> None:
    _, sam, dana, ruth = await the_team(browser, office)
    await journeys.proposes(sam, FIRST)
    await journeys.answers(ruth, "I support it")
    await journeys.answers(dana, "I have a question", QUESTION)
    await settles(sam)
    for seat in (sam, dana, ruth):
        await expect(seat.page.get_by_text("We did not all agree").first).to_be_visible()
        await expect(seat.page.locator("q", has_text=QUESTION)).to_be_visible()
    assert await sam.page.get_by_role("heading", name="Decide for the agency").count() == 0
    await sam.page.get_by_role("button", name="Put a proposal to the team").click()
    assert await sam.page.get_by_label("The question of this meeting:").is_checked()
    await sam.page.get_by_label("Another question").check()
    await journeys.proposes(sam, BREAK)
    await expect(dana.page.get_by_role("heading", name=BREAK)).to_be_visible()
    await sam.page.get_by_role("button", name="Take it back").click()
    await sam.page.get_by_label("Why is it taken back?").fill(TAKEN_BACK)
    await sam.page.get_by_role("button", name="Take it back").click()
    for seat in (sam, dana, ruth):
        await expect(seat.page.locator("q", has_text=TAKEN_BACK)).to_be_visible()
        await expect(seat.page.get_by_role("radio")).to_have_count(0)
        await expect(seat.page.get_by_text("Open for answers")).to_have_count(0)
    await expect(dana.page.get_by_text("We did not all agree").first).to_be_visible()
    assert [said for seat in (sam, dana, ruth) for said in seat.complaints.said] == []
