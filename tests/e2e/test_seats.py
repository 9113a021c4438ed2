"""A seat in the meeting: kept over a refresh and a lost network, left and taken again, ended by the facilitator."""

import re

from playwright.async_api import Browser, Locator, Route, expect

from tests.support import journeys
from tests.support.browsers import picture
from tests.support.journeys import Seat
from tests.support.meeting import admits, begins, facilitates, is_in
from tests.support.office import Conference, Office, household
from tests.support.people import DANA, RUTH, SAM

STRENGTH = "Ruth has room for both children"
LIVE_TRACKS = "() => window.__tracks.filter((track) => track.readyState === 'live').length"


async def sam_and_dana(browser: Browser, meeting: Conference) -> tuple[Seat, Seat]:
    """Both in a meeting that has begun, seeing each other."""
    dana = await journeys.joins_on_phone(browser, DANA, meeting.link("Dana"), **household())
    sam = await facilitates(browser, meeting)
    await begins(sam, "Dana")
    await is_in(dana)
    await sam.sees(DANA)
    return sam, dana


def button(seat: Seat, name: str) -> Locator:
    """A button of the control bar."""
    return seat.page.get_by_role("group", name="Meeting controls").get_by_role("button", name=name)


def tile(seat: Seat, name: str) -> Locator:
    """Someone's picture or name card."""
    return seat.page.get_by_role("region", name="Video").get_by_role("listitem").filter(has_text=name)


async def here_now(sam: Seat, count: int) -> None:
    """The facilitator's list says how many are here, and nobody waits."""
    await journeys.tab(sam, "People")
    await expect(sam.page.get_by_role("heading", name=f"Here now {count}")).to_be_visible()
    await expect(sam.page.get_by_role("button", name=re.compile("^Let in "))).to_have_count(0)


async def test_a_refresh_comes_back_to_the_same_seat_as_muted_as_before(office: Office, browser: Browser) -> None:
    sam, dana = await sam_and_dana(browser, office.schedules())
    await journeys.microphone(dana, on=False)
    await expect(tile(sam, "Dana").get_by_text("muted")).to_be_attached()
    await dana.page.reload()
    await is_in(dana)
    await expect(button(dana, "Mute")).to_have_attribute("aria-pressed", "true")
    await sam.sees(DANA)
    await expect(tile(sam, "Dana").get_by_text("muted")).to_be_attached()
    assert await dana.page.evaluate("() => window.__tracks.every((one) => one.kind === 'video' || !one.enabled)")
    await here_now(sam, 2)
    await button(dana, "Camera").click()
    await journeys.microphone(dana, on=True)
    await dana.page.reload()
    await is_in(dana)
    await expect(button(dana, "Camera")).to_have_attribute("aria-pressed", "false")
    await expect(button(dana, "Mute")).to_have_attribute("aria-pressed", "false")
    await expect(tile(sam, "Dana").locator("video")).to_have_count(0)
    await sam.hears(DANA)
    await here_now(sam, 2)
    assert [said for seat in (sam, dana) for said in seat.complaints.said] == []


async def leaves(seat: Seat) -> None:
    """By the way every phone shows, with the question whether to."""
    await button(seat, "More").click()
    await seat.page.get_by_role("button", name="Leave", exact=True).click()
    await expect(seat.page.get_by_text("You can come back with the same link")).to_be_visible()
    await seat.page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    await expect(seat.page.get_by_role("heading", name="You left the meeting")).to_be_visible()


async def test_who_leaves_may_come_back(office: Office, browser: Browser) -> None:
    sam, dana = await sam_and_dana(browser, office.schedules())
    await leaves(dana)
    assert await dana.page.evaluate(LIVE_TRACKS) == 0
    await here_now(sam, 1)
    await expect(tile(sam, "Dana")).to_have_count(0)
    await dana.page.get_by_role("button", name="Come back in").click()
    await is_in(dana)
    await sam.sees(DANA)
    await dana.sees(SAM)
    await here_now(sam, 2)
    await leaves(dana)
    await dana.page.reload()
    await expect(dana.page.get_by_role("heading", name="How do you want to join?")).to_be_visible()
    await here_now(sam, 1)
    await journeys.passes_ready_check(dana)
    await is_in(dana)
    await sam.hears(DANA)
    await here_now(sam, 2)
    assert [said for seat in (sam, dana) for said in seat.complaints.said] == []


async def test_who_is_removed_is_told_kindly_and_the_link_is_dead(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    sam, dana = await sam_and_dana(browser, meeting)
    await journeys.tab(sam, "People")
    await sam.page.get_by_role("button", name="Send out Dana Reyes").click()
    await expect(sam.page.get_by_text("The link stops working until you let Dana Reyes back.")).to_be_visible()
    await sam.page.get_by_role("button", name="End the meeting for this person").click()
    await expect(dana.page.get_by_role("heading", name="You are no longer in the meeting")).to_be_visible()
    await expect(dana.page.get_by_text("Someone will call you to say what happens next.")).to_be_visible()
    await expect(dana.page.get_by_role("link", name="Call 555-0100")).to_be_visible()
    await picture(dana.page, "family-removed")
    assert await dana.page.evaluate(LIVE_TRACKS) == 0
    await here_now(sam, 1)
    await dana.page.reload()
    await expect(dana.page.get_by_role("heading", name="Open your meeting")).to_be_visible()
    await dana.page.goto("about:blank")
    await dana.page.goto(meeting.link("Dana"))
    await dana.page.get_by_role("button", name="Continue").click()
    await expect(dana.page.locator("#tell").get_by_role("link", name="555-0100")).to_be_visible()
    await expect(dana.page.get_by_role("heading", name="This link was replaced or ended")).to_be_visible()
    await here_now(sam, 1)
    assert [said for seat in (sam, dana) for said in seat.complaints.said] == []


async def test_who_was_removed_is_let_back_and_waits_on_the_same_phone(office: Office, browser: Browser) -> None:
    sam, dana = await sam_and_dana(browser, office.schedules())
    await journeys.tab(sam, "People")
    await sam.page.get_by_role("button", name="Send out Dana Reyes").click()
    await sam.page.get_by_role("button", name="End the meeting for this person").click()
    await expect(dana.page.get_by_role("heading", name="You are no longer in the meeting")).to_be_visible()
    await expect(sam.page.get_by_role("heading", name="Sent out 1")).to_be_visible()
    await sam.page.get_by_role("button", name="Let back Dana Reyes").click()
    await expect(sam.page.get_by_role("heading", name="Sent out 1")).to_have_count(0)
    await dana.page.get_by_role("button", name="Try to come back").click()
    await expect(dana.page.get_by_role("heading", name="You’re here, Dana")).to_be_visible()
    await sam.page.get_by_role("button", name="Let in Dana Reyes").click()
    await is_in(dana)
    await sam.sees(DANA)
    await here_now(sam, 2)


async def test_who_is_sent_back_waits_on_the_same_page_and_is_let_in_again(office: Office, browser: Browser) -> None:
    sam, dana = await sam_and_dana(browser, office.schedules())
    await journeys.tab(sam, "People")
    await sam.page.get_by_role("button", name="Send out Dana Reyes").click()
    await picture(sam.page, "facilitator-send-out")
    await sam.page.get_by_role("button", name="Back to the waiting room").click()
    await expect(dana.page.get_by_role("heading", name="You’re here, Dana")).to_be_visible()
    await expect(tile(sam, "Dana")).to_have_count(0)
    await picture(dana.page, "family-sent-back")
    await sam.page.get_by_role("button", name="Let in Dana Reyes").click()
    await is_in(dana)
    await sam.sees(DANA)
    await dana.sees(SAM)
    await sam.hears(DANA)
    await here_now(sam, 2)
    assert [said for seat in (sam, dana) for said in seat.complaints.said] == []


async def test_a_quick_exit_from_the_meeting_leaves_nothing_behind(office: Office, browser: Browser) -> None:
    async def dull(route: Route) -> None:
        await route.fulfill(body="<title>Weather</title>", content_type="text/html")

    meeting = office.schedules()
    sam, dana = await sam_and_dana(browser, meeting)
    await dana.context.route("https://www.weather.gov/**", dull)
    await button(dana, "More").click()
    await (
        dana.page.get_by_role("button", name="Leave this page fast")
        .or_(dana.page.get_by_role("button", name="Quick exit"))
        .click()
    )
    await dana.page.wait_for_url("https://www.weather.gov/**")
    await expect(tile(sam, "Dana")).to_have_count(0)
    await here_now(sam, 1)
    await dana.page.go_back()
    assert "/j" not in dana.page.url
    await dana.page.goto(f"{meeting.server.url}/j")
    await expect(dana.page.get_by_role("heading", name="Open your meeting")).to_be_visible()
    assert await dana.context.cookies(meeting.server.url) == []
    assert [said for seat in (sam, dana) for said in seat.complaints.said] == []


async def test_a_late_joiner_is_shown_the_stage_and_what_was_agreed(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    sam, dana = await sam_and_dana(browser, meeting)
    await journeys.adds_card(dana, "What is going well", STRENGTH)
    await journeys.proposes(sam, "Dana and Ruth talk every evening")
    await journeys.answers(dana, "I support it")
    await sam.page.get_by_role("button", name="Close the answers").click()
    await sam.page.get_by_role("button", name="Close now").click()
    await journeys.next_stage(sam, "Situation")
    await journeys.next_stage(sam, "Assess")
    ruth = await journeys.joins_on_phone(browser, RUTH, meeting.link("Ruth"), **household())
    await expect(ruth.page.get_by_text("The meeting has begun. Sam will let you in.")).to_be_visible()
    await admits(sam, "Ruth")
    await expect(ruth.page.get_by_text("Now: 3 of 6 – What are the worries and strengths?")).to_be_visible()
    await journeys.reads_in_plan(ruth, STRENGTH)
    await picture(ruth.page, "late-joiner-phone")
    await journeys.tab(ruth, "Decision")
    await expect(ruth.page.get_by_role("heading", name="Dana and Ruth talk every evening")).to_be_visible()
    await expect(ruth.page.get_by_text("We agree", exact=True)).to_be_visible()
    assert [said for seat in (sam, dana, ruth) for said in seat.complaints.said] == []


async def test_hands_name_cards_and_the_speaker_are_seen(office: Office, browser: Browser) -> None:
    sam, dana = await sam_and_dana(browser, office.schedules())
    await journeys.microphone(sam, on=False)
    await expect(tile(sam, "Dana").get_by_text("Speaking")).to_be_visible()
    await journeys.microphone(dana, on=False)
    await expect(tile(sam, "Dana").get_by_text("Speaking")).to_have_count(0)
    await button(dana, "Raise hand").click()
    await expect(button(dana, "Raise hand")).to_have_attribute("aria-pressed", "true")
    await expect(tile(sam, "Dana").get_by_text("Hand up")).to_be_visible()
    await journeys.tab(sam, "People")
    await sam.page.get_by_role("button", name="Lower hand: Dana Reyes").click()
    await expect(button(dana, "Raise hand")).to_have_attribute("aria-pressed", "false")
    await expect(tile(sam, "Dana").get_by_text("Hand up")).to_have_count(0)
    await button(dana, "Camera").click()
    await expect(tile(sam, "Dana").locator("video")).to_have_count(0)
    await expect(tile(sam, "Dana")).to_have_text(re.compile(r"^\s*D\b"))
    await picture(sam.page, "meeting-camera-off")
    await button(dana, "Camera").click()
    await sam.sees(DANA)
    assert [said for seat in (sam, dana) for said in seat.complaints.said] == []


async def test_a_lost_network_is_said_in_words_and_comes_back_by_itself(office: Office, browser: Browser) -> None:
    sam, dana = await sam_and_dana(browser, office.schedules())
    await dana.context.set_offline(True)
    notice = dana.page.get_by_text("You lost the connection. Your seat is saved. We are bringing you back.")
    await expect(notice).to_be_visible(timeout=30_000)
    await expect(tile(sam, "Dana").get_by_text("Coming back…")).to_be_visible(timeout=40_000)
    await picture(dana.page, "meeting-offline-phone")
    await dana.context.set_offline(False)
    await expect(notice).to_have_count(0, timeout=20_000)
    await expect(tile(sam, "Dana").get_by_text("Coming back…")).to_have_count(0)
    await here_now(sam, 2)
    await sam.sees(DANA)
    await sam.hears(DANA)
    assert sam.complaints.said == []
    assert [said for said in dana.complaints.said if "INTERNET_DISCONNECTED" not in said] == []
