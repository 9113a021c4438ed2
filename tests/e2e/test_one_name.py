"""A father and a son of one name are told apart wherever they are named."""

import re

from playwright.async_api import Browser, expect

from tests.support import journeys
from tests.support.browsers import picture
from tests.support.days import ahead
from tests.support.meeting import begins, facilitates, is_in
from tests.support.office import Conference, Office, household
from tests.support.people import DANA, LEE

FAMILY = (("José Rivera", "parent", "Dad"), ("Jose Rivera", "youth", "Son"))


def their_links(office: Office) -> tuple[Conference, list[str]]:
    """The meeting and the links of father and son, in this order."""
    meeting = office.schedules(FAMILY)
    detail = office.visitor.get(f"/api/meetings/{meeting.meeting_id}").json
    guests = [one for one in detail["participants"] if one["staff_id"] is None]
    assert [one["told"]["marks"] for one in guests] == [["relation"], ["relation"]]
    return meeting, [office.reissues_to(meeting, one["participant_id"]) for one in guests]


async def test_M15_father_and_son_are_told_apart(office: Office, browser: Browser) -> None:
    meeting, links = their_links(office)
    father = await journeys.phone_opens_link(browser, DANA, links[0], "José", **household())
    son = await journeys.phone_opens_link(browser, LEE, links[1], "Jose", **household())
    for seat in (father, son):
        await journeys.says_yes_its_me(seat)
        await journeys.passes_ready_check(seat)
    sam = await facilitates(browser, meeting)
    await expect(sam.page.get_by_role("button", name="Let in José Rivera (Dad)")).to_be_visible()
    await expect(sam.page.get_by_role("button", name="Let in Jose Rivera (Son)")).to_be_visible()
    await picture(sam.page, "one-name-door-laptop")
    await begins(sam, re.escape("José Rivera (Dad)"), re.escape("Jose Rivera (Son)"))
    await is_in(father)
    await journeys.proposes(sam, "The children stay with Ruth until summer")
    await journeys.answers(son, "I support it")
    await expect(sam.page.locator(".wait")).to_contain_text("José Rivera (Dad)")
    await expect(sam.page.locator(".said")).to_contain_text("Jose Rivera (Son)")
    await journeys.adds_step(sam, "Call the school", "Jose Rivera (Son)", ahead(5))
    await picture(sam.page, "one-name-laptop")
    await expect(father.page.locator(".tiles").get_by_text("Jose (Son)")).to_be_visible()
    await journeys.tab(father, "People")
    await picture(father.page, "one-name-phone")
