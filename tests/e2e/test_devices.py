"""Every camera and microphone is different: each kind of trouble is said calmly, and each lets the person in."""

import pytest
from playwright.async_api import Browser, expect

from tests.support import journeys
from tests.support.browsers import picture
from tests.support.journeys import Seat
from tests.support.meeting import begins, facilitates, is_in
from tests.support.office import Office, household
from tests.support.people import DANA, SAM

CAPTURES = "() => window.__captures ?? 0"
LIVE_TRACKS = "() => (window.__tracks ?? []).filter((track) => track.readyState === 'live').map((track) => track.kind)"
TROUBLE = {
    "NotAllowedError": "Your phone said no to the camera or microphone",
    "NotFoundError": "We did not find a camera or microphone",
    "NotReadableError": "Another app is using your camera or microphone",
    "hanging": "Your phone has not answered yet",
}
ANSWERS = {
    "refuses": """(() => {
  window.__captures = 0;
  navigator.mediaDevices.getUserMedia = async () => {
    window.__captures += 1;
    throw new DOMException('no', '%s');
  };
})()""",
    "hangs": """(() => {
  window.__captures = 0;
  const real = navigator.mediaDevices.getUserMedia;
  navigator.mediaDevices.getUserMedia = (wanted) => {
    window.__captures += 1;
    return new Promise((resolve) => { window.__allow = () => real(wanted).then(resolve); });
  };
})()""",
    "camera is taken": """(() => {
  const real = navigator.mediaDevices.getUserMedia;
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (wanted.video) throw new DOMException('taken', 'NotReadableError');
    return real(wanted);
  };
})()""",
}


async def asks(browser: Browser, link: str, trouble: str = "") -> Seat:
    """Dana chooses video and voice on a phone with this trouble, and taps Continue on the card that explains it."""
    seat = await journeys.phone_opens_link(browser, DANA, link, **household())
    page = seat.page
    if trouble:
        script = ANSWERS.get(trouble) or ANSWERS["refuses"] % trouble
        await page.evaluate(f"() => {{ {script} }}")
    await journeys.says_yes_its_me(seat)
    await page.get_by_text("Video and voice").first.click()
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("heading", name="Your phone will ask you something")).to_be_visible()
    assert await page.evaluate(CAPTURES) == 0
    await page.get_by_role("button", name="Continue").click()
    return seat


async def joins_without(seat: Seat) -> None:
    """On without it, into the waiting room."""
    page = seat.page
    await page.get_by_role("button", name="Join without it").click()
    await expect(page.get_by_text("You will listen and type")).to_be_visible()
    await page.get_by_role("button", name="Join the meeting").click()
    await expect(page.get_by_role("heading", name="You’re here, Dana")).to_be_visible()


@pytest.mark.parametrize("trouble", ["NotAllowedError", "NotFoundError", "NotReadableError"])
async def test_whatever_the_phone_says_the_person_is_let_in(office: Office, browser: Browser, trouble: str) -> None:
    meeting = office.schedules()
    dana = await asks(browser, meeting.link("Dana"), trouble)
    heading = dana.page.get_by_role("heading", name=TROUBLE[trouble])
    await expect(heading).to_be_visible()
    await expect(heading).to_be_focused()
    await picture(dana.page, f"family-devices-{trouble.lower()}")
    again = dana.page.get_by_role("button", name="Try again")
    await expect(again).to_have_count(0 if trouble == "NotFoundError" else 1)
    await joins_without(dana)
    assert dana.complaints.said == []


async def test_a_phone_that_never_answers_is_not_waited_for(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    dana = await asks(browser, meeting.link("Dana"), "hangs")
    await expect(dana.page.get_by_text("Look for the question on your screen. Tap Allow.")).to_be_visible()
    await expect(dana.page.get_by_role("heading", name=TROUBLE["hanging"])).to_be_visible()
    await joins_without(dana)
    await dana.page.evaluate("() => window.__allow()")
    await expect(dana.page.get_by_role("button", name="Mic off")).to_be_visible()
    assert await dana.page.evaluate(LIVE_TRACKS) == ["audio"]
    assert await dana.page.evaluate("() => window.__tracks.every((track) => track.kind === 'video' || !track.enabled)")
    assert dana.complaints.said == []


async def test_without_the_camera_the_voice_is_still_heard(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    dana = await asks(browser, meeting.link("Dana"), "camera is taken")
    await expect(dana.page.get_by_role("heading", name=TROUBLE["NotReadableError"])).to_be_visible()
    await dana.page.get_by_role("button", name="Join without it").click()
    await expect(dana.page.get_by_role("button", name="Mic on")).to_be_visible()
    await dana.page.get_by_role("button", name="Join the meeting").click()
    sam = await facilitates(browser, meeting)
    await begins(sam, "Dana")
    await sam.hears(DANA)
    await journeys.tab(sam, "People")
    await expect(sam.page.get_by_role("tabpanel").get_by_text("Voice only")).to_be_visible()
    assert [said for seat in (sam, dana) for said in seat.complaints.said] == []


async def test_just_listen_and_type_asks_the_phone_for_nothing(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    dana = await journeys.phone_opens_link(browser, DANA, meeting.link("Dana"), **household())
    await journeys.says_yes_its_me(dana)
    await dana.page.get_by_text("Just listen and type").click()
    await dana.page.get_by_role("button", name="Continue").click()
    await expect(dana.page.get_by_text("You will listen and type")).to_be_visible()
    await dana.page.get_by_role("button", name="Join the meeting").click()
    sam = await facilitates(browser, meeting)
    await begins(sam, "Dana")
    await is_in(dana)
    await journeys.tab(sam, "People")
    await expect(sam.page.get_by_role("tabpanel").get_by_text("Listening and typing")).to_be_visible()
    await dana.hears(SAM)
    await journeys.adds_card(dana, "What is going well", "Mia likes her new school")
    await journeys.reads_in_plan(sam, "Mia likes her new school")
    assert await dana.page.evaluate(CAPTURES) == 0
    assert [said for seat in (sam, dana) for said in seat.complaints.said] == []


async def test_the_phone_asks_once_on_the_way_in(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    dana = await asks(browser, meeting.link("Dana"))
    await expect(dana.page.get_by_text("We can see you")).to_be_visible()
    await expect(dana.page.get_by_text("We can hear you")).to_be_visible()
    await dana.page.get_by_role("button", name="Join the meeting").click()
    sam = await facilitates(browser, meeting)
    await begins(sam, "Dana")
    await sam.sees(DANA)
    assert await dana.page.evaluate(CAPTURES) == 1
    assert [said for seat in (sam, dana) for said in seat.complaints.said] == []


async def test_a_choice_of_less_turns_off_what_was_on(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    dana = await asks(browser, meeting.link("Dana"))
    await expect(dana.page.get_by_text("We can see you")).to_be_visible()
    await dana.page.get_by_role("button", name="Change how you join").click()
    await dana.page.get_by_text("Just listen and type").click()
    await dana.page.get_by_role("button", name="Continue").click()
    await expect(dana.page.get_by_role("button", name="Camera off")).to_be_visible()
    await expect(dana.page.get_by_role("button", name="Mic off")).to_be_visible()
    assert await dana.page.evaluate(LIVE_TRACKS) == ["audio"]
    assert dana.complaints.said == []
