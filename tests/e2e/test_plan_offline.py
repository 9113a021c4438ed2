"""The live plan under strain: written offline, written by two at once, undone, taken away, locked."""

import asyncio

from playwright.async_api import Browser, Locator, expect

from tests.support import journeys
from tests.support.browsers import comes_true, picture
from tests.support.journeys import Seat
from tests.support.meeting import begins, facilitates, is_in
from tests.support.office import Office, household
from tests.support.people import DANA, RUTH

CARET = "(box) => [box.selectionStart, box.selectionEnd]"


async def the_three(browser: Browser, office: Office) -> tuple[Seat, Seat, Seat]:
    """Sam on a laptop, Dana and Ruth on phones, in a meeting that has begun."""
    meeting = office.schedules()
    dana = await journeys.joins_on_phone(browser, DANA, meeting.link("Dana"), **household())
    ruth = await journeys.joins_on_phone(browser, RUTH, meeting.link("Ruth"), **household())
    sam = await facilitates(browser, meeting)
    await begins(sam, "Dana", "Ruth")
    for seat in (dana, ruth):
        await is_in(seat)
        await expect(seat.page.get_by_role("heading", name="Our plan")).to_be_visible()
    return sam, dana, ruth


def saved_word(seat: Seat) -> Locator:
    """Saved, saving or offline."""
    return seat.page.locator("[data-saved]")


def question(seat: Seat) -> Locator:
    """The text box everyone has in common."""
    return seat.page.get_by_role("textbox", name="What we need to decide")


async def place_of(word: Locator) -> tuple[float, float]:
    """Where the word stands: its right edge and its top."""
    box = await word.bounding_box()
    assert box is not None
    return round(box["x"] + box["width"]), round(box["y"])


def said(*seats: Seat) -> list[str]:
    """What pages complained of, but for a network that was really gone."""
    return [one for seat in seats for one in seat.complaints.said if "INTERNET_DISCONNECTED" not in one]


async def test_words_written_offline_are_kept_and_merge(office: Office, browser: Browser) -> None:
    sam, dana, ruth = await the_three(browser, office)
    await journeys.adds_card(dana, "What is going well", "Mia sleeps through the night")
    await expect(saved_word(dana)).to_have_text("Saved")
    place = await place_of(saved_word(dana))
    await dana.context.set_offline(True)
    await expect(dana.page.get_by_text("You lost the connection.")).to_be_visible(timeout=30_000)
    await journeys.adds_card(dana, "What is going well", "Lee helps with dinner")
    await journeys.writes_own_words(dana, "I want my kids home.")
    await expect(saved_word(dana)).to_have_text("Will send when you’re back")
    assert await place_of(saved_word(dana)) == place
    await picture(dana.page, "plan-offline-phone")
    await journeys.adds_card(ruth, "What is going well", "Sundays at church")
    await journeys.reads_in_plan(sam, "Sundays at church")
    await expect(saved_word(ruth)).to_have_text("Saved")
    assert await sam.page.get_by_text("I want my kids home.").count() == 0
    await dana.context.set_offline(False)
    await expect(saved_word(dana)).to_have_text("Saved", timeout=20_000)
    for seat in (sam, dana, ruth):
        for text in ("Mia sleeps through the night", "Lee helps with dinner", "Sundays at church"):
            await journeys.reads_in_plan(seat, text)
    await expect(sam.page.locator("blockquote", has_text="I want my kids home.")).to_be_visible()
    assert said(sam, dana, ruth) == []


async def test_two_in_the_same_text_converge_and_keep_their_carets(office: Office, browser: Browser) -> None:
    sam, dana, ruth = await the_three(browser, office)
    await question(sam).press_sequentially("Where do the children sleep?")
    await journeys.reads_in_plan(ruth, "Where do the children sleep?")
    await question(ruth).click()
    await question(ruth).press("Control+End")
    await question(sam).press("Control+Home")
    await asyncio.gather(
        question(sam).press_sequentially("On school nights: ", delay=40),
        question(ruth).press_sequentially(" And on weekends?", delay=40),
    )
    whole = "On school nights: Where do the children sleep? And on weekends?"
    for seat in (sam, dana, ruth):
        await journeys.reads_in_plan(seat, whole)
    assert await question(sam).evaluate(CARET) == [len("On school nights: ")] * 2
    assert await question(ruth).evaluate(CARET) == [len(whole)] * 2
    cursor = sam.page.locator(".cur i")
    await expect(cursor).to_have_text(["Ruth"])
    await expect(ruth.page.locator(".cur i")).to_have_text(["Sam"])
    await expect(dana.page.locator(".cur i")).to_have_count(2)
    await picture(sam.page, "plan-cursors-laptop")
    await expect(sam.page.get_by_text("1 person is writing")).to_be_visible()
    assert said(sam, dana, ruth) == []


async def test_undo_takes_back_only_ones_own(office: Office, browser: Browser) -> None:
    sam, _, ruth = await the_three(browser, office)
    await question(sam).press_sequentially("Sam wrote this. ")
    await journeys.reads_in_plan(ruth, "Sam wrote this. ")
    await question(ruth).click()
    await question(ruth).press("Control+End")
    await question(ruth).press_sequentially("Ruth wrote that.")
    await journeys.reads_in_plan(sam, "Sam wrote this. Ruth wrote that.")
    await question(sam).press("Control+z")
    await comes_true(ruth.page, "(no) => !document.body.querySelector('textarea').value.includes(no)", "Sam wrote")
    await expect(question(ruth)).to_have_value("Ruth wrote that.")
    await question(sam).press("Control+y")
    await expect(question(ruth)).to_have_value("Sam wrote this. Ruth wrote that.")
    assert said(sam, ruth) == []


async def test_a_removed_card_comes_back_by_undo(office: Office, browser: Browser) -> None:
    sam, dana, ruth = await the_three(browser, office)
    await journeys.adds_card(dana, "What we worry about", "The bus stops at nine")
    await journeys.reads_in_plan(ruth, "The bus stops at nine")
    await ruth.page.get_by_role("button", name="Remove “The bus stops at nine”").click()
    await expect(ruth.page.get_by_text("Removed.")).to_be_visible()
    worries = sam.page.get_by_role("region", name="What we worry about").get_by_role("textbox")
    await expect(worries).to_have_count(0)
    await ruth.page.get_by_role("button", name="Undo").click()
    await expect(worries).to_have_value("The bus stops at nine")
    await journeys.reads_in_plan(dana, "The bus stops at nine")
    assert said(sam, dana, ruth) == []


async def test_own_words_belong_to_their_author_and_a_locked_plan_to_nobody(office: Office, browser: Browser) -> None:
    sam, dana, ruth = await the_three(browser, office)
    await journeys.writes_own_words(dana, "Nobody asked me before.")
    for seat in (sam, ruth):
        await expect(seat.page.locator("blockquote", has_text="Nobody asked me before.")).to_be_visible()
    words = sam.page.get_by_role("region", name="In our words")
    await expect(words.get_by_role("textbox")).to_have_count(0)
    await expect(ruth.page.get_by_role("region", name="In our words").get_by_role("textbox")).to_have_count(1)
    await journeys.adds_card(ruth, "What is going well", "Lee laughs again")
    for name in ("Situation", "Assess", "Ideas", "Decision", "Recap"):
        await journeys.next_stage(sam, name)
    await sam.page.get_by_role("button", name="End", exact=True).click()
    await sam.page.get_by_role("button", name="Lock the plan").click()
    for seat in (dana, ruth):
        await expect(seat.page.get_by_text("The plan is locked for the recap.")).to_be_visible()
        await expect(seat.page.locator("textarea:not([readonly])")).to_have_count(0)
        await expect(seat.page.get_by_role("button", name="Add to “What is going well”")).to_have_count(0)
        await expect(seat.page.get_by_role("button", name="Remove “Lee laughs again”")).to_have_count(0)
    await picture(dana.page, "plan-locked-phone")
    await sam.page.get_by_role("button", name="Open it again to correct it").click()
    await expect(dana.page.get_by_role("button", name="Add to “What is going well”")).to_be_visible()
    assert said(sam, dana, ruth) == []
