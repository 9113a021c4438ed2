"""A person chooses Spanish once, on the first page, and it stays: on every screen, over a reload, and on the server."""

from playwright.async_api import Browser, Page, expect

from tests.support import journeys
from tests.support.axe import axe_clean
from tests.support.browsers import LAPTOP, PHONE, device, picture
from tests.support.journeys import Seat
from tests.support.meeting import begins, facilitates
from tests.support.office import Office, household
from tests.support.people import DANA, PRIYA

WORDS = "Quiero a mis hijos en casa."
REASON = "El autobús no pasa los domingos."
PROPOSAL = "Lee y Mia se quedan con su abuela"


async def text_size(page: Page) -> str:
    """What the letters are scaled by."""
    return str(await page.evaluate("() => document.documentElement.style.getPropertyValue('--text')"))


async def opens_link_in_spanish(browser: Browser, link: str) -> Seat:
    """Dana's phone speaks English; she taps Español before anyone knows who she is."""
    context = await device(browser, DANA, **{**PHONE, **household()})
    dana = Seat(DANA, context, await context.new_page())
    page = dana.page
    await page.goto(link)
    await page.get_by_role("link", name="Español").click()
    await expect(page.get_by_role("heading", name="Le invitaron a una reunión")).to_be_visible()
    await page.get_by_role("button", name="Continuar").click()
    await expect(page.get_by_role("heading", name="Hola, Dana. ¿Es usted?")).to_be_visible()
    await page.get_by_role("button", name="Sí, soy yo").click()
    return dana


async def reaches_the_waiting_room(dana: Seat) -> None:
    """The ready check in Spanish, with letters one size larger."""
    page = dana.page
    await expect(page.get_by_role("heading", name="¿Cómo quiere entrar?")).to_be_visible()
    await page.get_by_role("button", name="Letra más grande").click()
    assert await text_size(page) == "115%"
    await page.get_by_text("Video y voz").first.click()
    await page.get_by_role("button", name="Continuar").click()
    await page.get_by_role("button", name="Continuar").click()
    await expect(page.get_by_text("Solo usted puede ver esto")).to_be_visible()
    await picture(page, "spanish-ready-check")
    await axe_clean(page)
    await page.get_by_role("button", name="Entrar a la reunión").click()
    await expect(page.get_by_role("heading", name="Ya está aquí, Dana")).to_be_visible()
    await picture(page, "spanish-waiting-room")
    await axe_clean(page)


async def test_spanish_stays_from_the_link_to_the_meeting_and_over_a_reload(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    dana = await opens_link_in_spanish(browser, meeting.link("Dana"))
    await reaches_the_waiting_room(dana)
    page = dana.page
    await page.reload()
    await expect(page.get_by_role("heading", name="Ya está aquí, Dana")).to_be_visible()
    assert await text_size(page) == "115%"
    sam = await facilitates(browser, meeting)
    await begins(sam, "Dana")
    await expect(page.get_by_role("heading", name="Nuestro plan")).to_be_visible()
    await page.get_by_label("Mis propias palabras").press_sequentially(WORDS)
    await expect(page.get_by_text("Guardado", exact=True)).to_be_visible()
    await picture(page, "spanish-meeting")
    await axe_clean(page)
    assert await page.evaluate("() => document.documentElement.lang") == "es"
    await journeys.proposes(sam, PROPOSAL)
    await page.get_by_role("radio").nth(1).check()
    reason = page.get_by_role("tabpanel").locator("textarea")
    await reason.fill(REASON)
    await switches(page, "Más", "English", "Close")
    await expect(page.get_by_role("tab", name="Decision")).to_be_visible()
    await expect(reason).to_have_value(REASON)
    await expect(page.get_by_role("radio").nth(1)).to_be_checked()
    await switches(page, "More", "Español", "Cerrar")
    await expect(reason).to_have_value(REASON)
    await page.reload()
    await expect(page.get_by_role("heading", name="Nuestro plan")).to_be_visible()
    await expect(page.get_by_label("Mis propias palabras")).to_have_value(WORDS)
    assert await text_size(page) == "115%"
    fresh = await device(browser, DANA, **{**PHONE, **household()})
    second = await fresh.new_page()
    await second.goto(meeting.link("Dana"))
    await second.get_by_role("button", name="Continue").click()
    await second.get_by_role("button", name="Yes, that's me").click()
    await expect(second.get_by_role("heading", name="¿Cómo quiere entrar?")).to_be_visible()
    assert [said for seat in (sam, dana) for said in seat.complaints.said] == []


async def switches(page: Page, more: str, language: str, close: str) -> None:
    """The language, in the middle of the meeting."""
    await page.get_by_role("button", name=more, exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name=language).click()
    await dialog.get_by_role("button", name=close, exact=True).click()
    await expect(dialog).to_have_count(0)


async def test_staff_choose_their_language_too(office: Office, browser: Browser) -> None:
    context = await device(browser, PRIYA, **LAPTOP)
    page = await context.new_page()
    priya = Seat(PRIYA, context, page)
    who = office.server.sign_in("caseworker")
    await page.goto(f"{office.server.url}/app")
    await page.get_by_label("Email").fill(who.email)
    await page.get_by_role("button", name="Español").click()
    await expect(page.locator("input[type=email]")).to_have_value(who.email)
    await page.locator("input[type=password]").fill(who.password)
    await page.locator("button[type=submit]").click()
    await expect(page.get_by_role("link", name="Programar una reunión").first).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("link", name="Programar una reunión").first).to_be_visible()
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("link", name="Schedule a meeting").first).to_be_visible()
    assert priya.complaints.said == []
