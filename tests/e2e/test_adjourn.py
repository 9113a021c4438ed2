"""A meeting that cannot reach a decision: the facilitator stops it, and everyone is told what is true."""

from playwright.async_api import Browser, expect

from tests.e2e.test_no_consensus import FIRST, QUESTION, settles, the_team
from tests.support import journeys
from tests.support.browsers import picture
from tests.support.office import Office

WHY = "Nobody who can decide for the agency could come."


async def test_M13_a_meeting_without_agreement_and_without_a_supervisor_is_adjourned(
    office: Office, browser: Browser
) -> None:
    _, sam, dana, ruth = await the_team(browser, office)
    await journeys.proposes(sam, FIRST)
    await journeys.answers(dana, "I have a question", QUESTION)
    await settles(sam)
    page = sam.page
    await page.get_by_role("button", name="End", exact=True).click()
    await expect(page.get_by_text(f"Not decided yet: “{FIRST}”")).to_be_visible()
    await page.get_by_label("We stop without a decision.").check()
    await page.get_by_label("Why do we stop?").fill(WHY)
    await picture(page, "closing-adjourn-laptop")
    await page.get_by_role("button", name="Stop without a decision").click()
    await page.get_by_role("dialog").get_by_role("button", name="Stop without a decision").click()
    await expect(page.get_by_role("heading", name="The meeting stopped without a decision")).to_be_visible()
    for seat in (dana, ruth):
        await expect(seat.page.get_by_text("The meeting stopped today. No decision was made.")).to_be_visible()
        assert WHY not in await seat.page.content()
    await picture(dana.page, "after-adjourned-phone")
    await page.get_by_role("link", name="See the case record").click()
    await expect(page.get_by_text("Adjourned without a decision by Sam Okafor")).to_be_visible()
    await expect(page.get_by_text(WHY)).to_be_visible()
    await picture(page, "record-adjourned-laptop")
    assert [said for seat in (sam, dana, ruth) for said in seat.complaints.said] == []
