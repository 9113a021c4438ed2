"""The main job in real browsers: Sam, Priya, Dana and Ruth hold a conference from the link to the case record."""

import re

import niquests
from playwright.async_api import Browser, Page, expect

from tests.support import journeys
from tests.support.axe import axe_clean
from tests.support.browsers import PHONE, device, picture
from tests.support.days import ahead
from tests.support.journeys import Seat
from tests.support.meeting import admits, open_conference, staff_signs_in
from tests.support.people import DANA, PRIYA, RUTH, SAM
from tests.support.server import HearthServer

STRENGTH = "Dana called Ruth before things got hard"
WORRY = "Nobody is home on Monday and Wednesday nights"
STEP = "Pick up Lee and Mia from school on Mondays"
WORDS = "I want my kids home every night."
PROPOSAL = "Lee and Mia stay with their grandmother on school nights until June 1"
RESERVATION = "I need help with the bus."


async def test_a_family_team_meeting_from_the_link_to_the_case_record() -> None:
    async with open_conference() as (server, browser):
        await the_first_pages_are_clean(browser, server)
        dana = await journeys.phone_opens_link(browser, DANA, server.link("parent").url)
        await looks_right(dana.page, "family-greeting")
        await journeys.says_yes_its_me(dana)
        await looks_right(dana.page, "family-how-to-join")
        await journeys.passes_ready_check(dana, "family")
        await axe_clean(dana.page)
        ruth = await journeys.joins_on_phone(browser, RUTH, server.link("kin").url)
        priya = await staff_signs_in(browser, server, "caseworker", PRIYA)
        await journeys.opens_meeting(priya)
        await expect(dana.page.get_by_role("heading", name=re.compile("You’re here"))).to_be_visible()
        await looks_right(dana.page, "family-waiting-room")
        assert await sees_nobody_else(dana.page)
        sam = await staff_signs_in(browser, server, "facilitator", SAM)
        await expect(sam.page.get_by_role("heading", name=re.compile("^Hello"))).to_be_visible()
        await looks_right(sam.page, "staff-home")
        await journeys.opens_meeting(sam)
        seats = [sam, priya, dana, ruth]
        await sam_admits_family_first(sam)
        await sam.page.get_by_role("button", name="Start the meeting").click()
        await everyone_sees_and_hears_everyone(seats)
        await plan_is_written_by_all(sam, priya, dana, ruth)
        await stages_move(sam, seats)
        await the_team_answers(sam, priya, dana, ruth)
        await sam_closes(sam, dana)
        await the_record_reads_back(server, priya)
        assert [said for seat in seats for said in seat.complaints.said] == []


async def looks_right(page: Page, name: str, full: bool = False) -> None:
    """A picture for people, and axe for what no picture shows."""
    await picture(page, name, full)
    await axe_clean(page)


async def the_first_pages_are_clean(browser: Browser, server: HearthServer) -> None:
    context = await device(browser, None, **PHONE)
    page = await context.new_page()
    await page.goto(server.link("parent").url)
    await expect(page.get_by_role("button", name="Continue")).to_be_visible()
    await looks_right(page, "family-link")
    await page.goto(f"{server.url}/app")
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await looks_right(page, "staff-sign-in")
    await context.close()


async def sees_nobody_else(page: Page) -> bool:
    text = await page.locator("body").inner_text()
    return not any(name in text for name in ("Ruth", "Priya", "Lee", "Reyes family"))


async def sam_admits_family_first(sam: Seat) -> None:
    waiting = sam.page.get_by_role("button", name=re.compile("^Let in "))
    await expect(waiting).to_have_count(3)
    names = [await one.get_attribute("aria-label") for one in await waiting.all()]
    assert [name.split()[2] for name in names if name] == ["Dana", "Ruth", "Priya"]
    await looks_right(sam.page, "facilitator-lobby")
    for name in ("Dana", "Ruth", "Priya"):
        await admits(sam, name)


async def everyone_sees_and_hears_everyone(seats: list[Seat]) -> None:
    for seat in seats:
        for other in seats:
            if other is not seat:
                await seat.sees(other.person)
    # One after the other speaks alone: three audio slots carry the loudest, so each tone is heard by all in its turn.
    for speaker in seats:
        for seat in seats:
            await journeys.microphone(seat, on=seat is speaker)
        for seat in seats:
            if seat is not speaker:
                await seat.hears(speaker.person)
    for seat in seats:
        await journeys.microphone(seat, on=True)
        await looks_right(seat.page, f"meeting-{seat.person.name.lower()}")


async def plan_is_written_by_all(sam: Seat, priya: Seat, dana: Seat, ruth: Seat) -> None:
    everyone = (sam, priya, dana, ruth)
    await journeys.adds_card(dana, "What is going well", STRENGTH)
    await journeys.adds_card(priya, "What we worry about", WORRY)
    await journeys.writes_own_words(dana, WORDS)
    await journeys.adds_step(ruth, STEP, "Ruth Reyes", ahead(5))
    for seat in everyone:
        await journeys.reads_in_plan(seat, STRENGTH)
        await journeys.reads_in_plan(seat, WORRY)
        await journeys.reads_in_plan(seat, STEP)
        await expect(seat.page.get_by_text("Saved", exact=True).first).to_be_visible()
    await expect(sam.page.locator("blockquote", has_text=WORDS)).to_be_visible()
    await looks_right(sam.page, "plan-laptop")
    await looks_right(dana.page, "plan-phone")


async def stages_move(sam: Seat, seats: list[Seat]) -> None:
    for name in ("Situation", "Assess", "Ideas", "Decision"):
        await journeys.next_stage(sam, name)
    for seat in seats:
        await expect(journeys.current_stage(seat, "Decision", "What do we decide?")).to_be_visible()


async def the_team_answers(sam: Seat, priya: Seat, dana: Seat, ruth: Seat) -> None:
    await journeys.proposes(priya, PROPOSAL)
    for seat in (dana, ruth):
        await expect(seat.page.get_by_role("heading", name=PROPOSAL)).to_be_visible()
    await looks_right(dana.page, "decision-phone")
    await journeys.answers(dana, "I can’t support it")
    await journeys.answers(dana, "I can live with it", RESERVATION, change=True)
    await journeys.answers(ruth, "I support it")
    await journeys.answers(priya, "I support it")
    await journeys.tab(sam, "Decision")
    await looks_right(sam.page, "decision-laptop")
    await sam.page.get_by_role("button", name="Close the answers").click()
    await sam.page.get_by_role("button", name="Close now").click()
    for seat in (sam, priya, dana, ruth):
        await expect(seat.page.get_by_text("We agree, and some can live with it").first).to_be_visible()


async def sam_closes(sam: Seat, dana: Seat) -> None:
    page = sam.page
    await journeys.next_stage(sam, "Recap")
    await page.get_by_role("button", name="End", exact=True).click()
    await page.get_by_role("button", name="Lock the plan").click()
    await expect(page.get_by_text("The plan is locked.")).to_be_visible()
    assert await page.locator(".line input:checked").count() == 0
    for name in ("Sam", "Priya", "Dana", "Ruth"):
        await journeys.confirms_present(sam, name)
    for name in ("Alex", "Lee", "Morgan"):
        await journeys.confirms_absent(sam, name)
    await looks_right(page, "closing-laptop")
    await page.get_by_role("button", name="Close the meeting").click()
    await page.get_by_role("button", name="Close and write the record").click()
    await expect(page.get_by_text("The case record is written.").first).to_be_visible()
    await expect(dana.page.get_by_text("The meeting is over").first).to_be_visible()
    await looks_right(dana.page, "family-after")


async def the_record_reads_back(server: HearthServer, priya: Seat) -> None:
    page = priya.page
    await page.goto(f"{server.url}/app/cases/{server.announced.case_id}")
    record = page.get_by_role("link", name=re.compile("Read the record|Record of")).first
    await expect(record).to_be_visible()
    await looks_right(page, "staff-case")
    listed = await page.get_by_text(re.compile("^Record of ")).first.inner_text()
    await record.click()
    await expect(page.get_by_text(RESERVATION).first).to_be_visible()
    await expect(page.get_by_text(listed.strip().replace("Record of ", "Written ")).first).to_be_visible()
    await looks_right(page, "record", full=True)
    cookies = {one["name"]: one["value"] for one in await priya.context.cookies()}
    record_id = page.url.rstrip("/").split("/")[-1]
    answer = niquests.get(f"{server.url}/api/records/{record_id}", cookies=cookies)
    assert answer.status_code == 200
    record = answer.json()
    assert record["decisions"][0]["outcome"] == "reached_with_reservations"
    positions = {one["person"]["name"].split()[0]: one for one in record["decisions"][0]["positions"]}
    assert positions["Dana"]["answer"] == "live_with"
    assert positions["Dana"]["reason"] == RESERVATION
    assert [step["what"] for step in record["steps"]] == [STEP]
    present = {one["person"]["name"].split()[0] for one in record["attendance"] if one["attended"] == "all"}
    assert present == {"Sam", "Priya", "Dana", "Ruth"}
    printed = niquests.get(f"{server.url}/api/records/{record_id}.pdf", cookies=cookies)
    assert printed.status_code == 200
    assert printed.content is not None and printed.content.startswith(b"%PDF-")
