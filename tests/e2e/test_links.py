"""A personal link in a real browser: what it says when it does not work, what it keeps, how one gets away from it."""

import re
import secrets
from datetime import timedelta
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from tests.support.browsers import PHONE, Complaints, device
from tests.support.office import Office, household
from tests.support.people import DANA
from tests.support.server import HearthServer

SAYINGS = {
    "unknown": ("This link is not complete", "Este enlace no está completo"),
    "revoked": ("This link was replaced or ended", "Este enlace se cambió o ya terminó"),
    "reissued": ("This link was replaced or ended", "Este enlace se cambió o ya terminó"),
    "cancelled": ("This meeting was called off", "Esta reunión se canceló"),
    "early": ("You are early", "Llegó temprano"),
    "moved": ("Your meeting was moved", "Su reunión cambió de hora"),
}
GO_ON = {"en": "Continue", "es": "Continuar"}
YES = re.compile("Yes, that's me")


async def phone(browser: Browser, **settings: object) -> BrowserContext:
    """A phone of a household of its own."""
    return await device(browser, DANA, **{**PHONE, **household(), **settings})


async def greeted(page: Page, link: str, name: str = "Dana") -> None:
    """The link is opened and spent."""
    await page.goto(link)
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("heading", name=f"Hi {name}. Is this you?")).to_be_visible()


async def who_the_server_sees(page: Page) -> tuple[int, str]:
    """Status and state of this browser's guest session."""
    script = "async () => { const r = await fetch('/api/join'); return [r.status, (await r.json()).state ?? ''] }"
    status, state = await page.evaluate(script)
    return int(status), str(state)


def tokens_that_do_not_work(office: Office) -> dict[str, str]:
    """One token for each kind of trouble."""
    early = office.schedules(starts_in=timedelta(days=1))
    called_off = office.schedules()
    withdrawn = office.schedules()
    office.calls_off(called_off, "The family asked for another day")
    moved = office.schedules()
    office.moves(moved, timedelta(days=1))
    office.revokes(withdrawn, "Dana")
    office.reissues(withdrawn, "Ruth")
    return {
        "unknown": secrets.token_urlsafe(32),
        "revoked": withdrawn.token("Dana"),
        "reissued": withdrawn.token("Ruth"),
        "cancelled": called_off.token("Dana"),
        "early": early.token("Dana"),
        "moved": moved.token("Dana"),
    }


async def test_a_link_that_does_not_work_says_why_in_a_kind_sentence(
    hearth: HearthServer, office: Office, browser: Browser
) -> None:
    tokens = tokens_that_do_not_work(office)
    for kind, token in tokens.items():
        context = await phone(browser)
        page = await context.new_page()
        complaints = Complaints(page)
        for language, title in zip(("en", "es"), SAYINGS[kind], strict=True):
            await page.goto("about:blank")
            await page.goto(f"{hearth.url}/j?lang={language}#{token}")
            await page.get_by_role("button", name=GO_ON[language]).click()
            heading = page.get_by_role("heading", name=title)
            await expect(heading).to_be_visible()
            await expect(heading).to_be_focused()
            await expect(page.locator("#why")).not_to_be_empty()
            await expect(page.locator("#tell").get_by_role("link", name="555-0100")).to_be_visible()
            assert "undefined" not in await page.locator("main").inner_text()
            assert token not in page.url
        assert await context.cookies() == []
        assert complaints.said == []
        await context.close()


async def test_half_a_link_is_asked_for_again(hearth: HearthServer, browser: Browser) -> None:
    page = await (await phone(browser)).new_page()
    await page.goto(f"{hearth.url}/j#abc123")
    await expect(page.get_by_role("heading", name="This link is not complete")).to_be_visible()
    await page.goto("about:blank")
    await page.goto(f"{hearth.url}/j")
    await expect(page.get_by_role("heading", name="Open your meeting")).to_be_visible()


BENT = {
    "escaped": ("/j%23{token}", "/j"),
    "escaped twice": ("/j%2523{token}", "/j"),
    "capital": ("/J#{token}", "/j"),
    "slash": ("/j/#{token}", "/j"),
    "full stop in the path": ("/j.#{token}", "/j"),
    "as query": ("/j?{token}", "/j"),
    "as path": ("/j/{token}", "/j"),
    "in Spanish": ("/J?lang=es#{token}", "/j?lang=es"),
    "full stop": ("/j#{token}.", "/j"),
    "bracket": ("/j#{token})", "/j"),
    "trackers": ("/j#{token}&utm_source=mail", "/j"),
    "line break": ("/j#{front}%0D%0A{back}", "/j"),
    "space": ("/j#{front} {back}", "/j"),
    "zero width": ("/j#{front}\u200b{back}", "/j"),
    "text directive": ("/j#{token}:~:text=meeting", "/j"),
}


@pytest.mark.parametrize("kind", BENT)
async def test_a_link_bent_on_its_way_opens_and_leaves_the_address_bar(
    office: Office, browser: Browser, kind: str
) -> None:
    meeting = office.schedules()
    token = meeting.token("Dana")
    address, left = BENT[kind]
    page = await (await phone(browser)).new_page()
    complaints = Complaints(page)
    await page.goto(meeting.server.url + address.format(token=token, front=token[:20], back=token[20:]))
    await page.get_by_role("button", name=re.compile("^(Continue|Continuar)$")).click()
    await expect(page.get_by_role("heading", name=re.compile("Dana"))).to_be_visible()
    assert await who_the_server_sees(page) == (200, "seated")
    assert page.url.replace("&ask=1", "") in (meeting.server.url + left, meeting.server.url + "/j?lang=en")
    assert complaints.said == []


async def test_a_link_pasted_out_of_a_message_opens(hearth: HearthServer, office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    wrapped = "https://safelinks.example/?url=" + quote(meeting.link("Dana"), safe="") + "&data=05%7C02&reserved=0"
    page = await (await phone(browser)).new_page()
    await page.goto(f"{hearth.url}/j#abc123")
    await page.get_by_label("Paste your whole link here").locator("visible=true").fill(f"Your meeting: <{wrapped}>.")
    await page.get_by_role("button", name="Continue").locator("visible=true").click()
    await expect(page.get_by_role("heading", name="Hi Dana. Is this you?")).to_be_visible()


async def test_a_name_of_another_direction_stands_by_itself_in_the_greeting(
    hearth: HearthServer, office: Office, browser: Browser
) -> None:
    meeting = office.schedules()
    page = await (await phone(browser)).new_page()

    async def in_hebrew(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, json={**await answer.json(), "name": "(רחל Reyes"})

    await page.route("**/api/links/spend", in_hebrew)
    await page.goto(meeting.link("Dana"))
    await page.get_by_role("button", name="Continue").locator("visible=true").click()
    await expect(page.get_by_role("heading", name="Hi (רחל. Is this you?")).to_be_visible()
    await expect(page.locator("#hello bdi")).to_have_text("(רחל")
    await expect(page.locator("#when bdi").last).to_have_text("Sam")


@pytest.mark.parametrize(("language", "words"), [("en", "There is no page here"), ("es", "Aquí no hay ninguna página")])
async def test_an_address_of_nothing_is_a_page_with_the_number_to_call(
    hearth: HearthServer, browser: Browser, language: str, words: str
) -> None:
    page = await (await phone(browser, locale=language)).new_page()
    answer = await page.goto(f"{hearth.url}/meeting")
    assert answer is not None and answer.status == 404
    await expect(page.get_by_role("heading", name=words)).to_be_visible()
    await expect(page.locator("main").get_by_role("link", name="555-0100")).to_be_visible()


async def test_another_link_opened_in_the_same_tab_is_the_one_that_counts(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    page = await (await phone(browser)).new_page()
    await greeted(page, meeting.link("Ruth"), "Ruth")
    await page.evaluate("(link) => { location.hash = link.split('#')[1] }", meeting.link("Dana"))
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("heading", name="Hi Dana. Is this you?")).to_be_visible()


async def test_too_early_tells_the_day_in_the_zone_of_the_meeting(
    hearth: HearthServer, office: Office, browser: Browser
) -> None:
    meeting = office.schedules(starts_in=timedelta(days=1))
    page = await (await phone(browser)).new_page()
    await page.goto(meeting.link("Dana"))
    await page.get_by_role("button", name="Continue").click()
    await expect(page.locator("#why")).to_contain_text(re.compile(r"\d{1,2}:\d\d (AM|PM) E[DS]T"))
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()


async def test_loading_the_page_spends_nothing_and_shows_nothing(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    for _ in range(2):
        context = await phone(browser)
        page = await context.new_page()
        await page.goto(meeting.link("Dana"))
        await expect(page.get_by_role("button", name="Continue")).to_be_visible()
        assert await page.title() == "Meeting"
        words = await page.locator("body").inner_text()
        assert not any(name in words for name in ("Dana", "Reyes", "Sam"))
        assert await context.cookies() == []
        await context.close()
    page = await (await phone(browser)).new_page()
    await greeted(page, meeting.link("Dana"))
    assert await who_the_server_sees(page) == (200, "seated")


async def test_without_scripts_the_page_is_read_and_the_form_greets_by_name(
    hearth: HearthServer, office: Office, browser: Browser
) -> None:
    meeting = office.schedules()
    context = await phone(browser, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(meeting.link("Dana"))
    await expect(page.get_by_role("heading", name="Open your meeting")).to_be_visible()
    box = page.get_by_label("Paste your whole link here").locator("visible=true")
    await box.fill(meeting.link("Dana"))
    await page.get_by_role("button", name="Continue").locator("visible=true").click()
    await expect(page.get_by_role("heading", name="Hi Dana")).to_be_visible()
    await expect(page.get_by_text("Sam leads the meeting.")).to_be_visible()
    assert await context.cookies() == []
    await page.goto(f"{hearth.url}/j?lang=es")
    await page.get_by_label("Pegue aquí su enlace completo").locator("visible=true").fill("no sirve")
    await page.get_by_role("button", name="Continuar").locator("visible=true").click()
    await expect(page.get_by_role("heading", name="Este enlace no está completo")).to_be_visible()
    scripted = await (await phone(browser)).new_page()
    await greeted(scripted, meeting.link("Dana"))
    assert await who_the_server_sees(scripted) == (200, "seated")


async def test_a_browser_too_old_for_our_script_gets_the_form_too(office: Office, browser: Browser) -> None:
    async def in_a_language_to_come(route: Route) -> None:
        reply = await route.fetch()
        await route.fulfill(
            response=reply, body=(await reply.text()).replace('"use strict";', '"use strict"; let = = 1;')
        )

    meeting = office.schedules()
    page = await (await phone(browser)).new_page()
    await page.route("**/j", in_a_language_to_come)
    await page.goto(meeting.link("Dana"))
    await page.get_by_label("Paste your whole link here").locator("visible=true").fill(meeting.link("Dana"))
    await page.get_by_role("button", name="Continue").locator("visible=true").click()
    await expect(page.get_by_role("heading", name="Hi Dana")).to_be_visible()


async def test_loaded_again_the_page_comes_straight_back(
    hearth: HearthServer, office: Office, browser: Browser
) -> None:
    meeting = office.schedules()
    page = await (await phone(browser)).new_page()
    complaints = Complaints(page)
    await greeted(page, meeting.link("Dana"))
    await page.reload()
    await expect(page.get_by_role("heading", name="Hi Dana. Is this you?")).to_be_visible()
    await page.get_by_role("button", name=YES).click()
    await expect(page.get_by_role("heading", name="How do you want to join?")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="How do you want to join?")).to_be_visible()
    await greeted(page, meeting.link("Dana"))
    assert await who_the_server_sees(page) == (200, "seated")
    assert complaints.said == []


OLD_SAFARI = """() => {
  const known = DOMTokenList.prototype.supports;
  DOMTokenList.prototype.supports = function (word) { return word !== "modulepreload" && known.call(this, word); };
  const append = Element.prototype.append;
  Element.prototype.append = function (...parts) {
    return append.apply(this, parts.filter((part) => part.rel !== "modulepreload"));
  };
}"""


@pytest.mark.parametrize("phone_knows_preload", [True, False])
async def test_the_program_is_here_when_the_greeting_is_answered_and_nothing_is_asked_twice(
    office: Office, browser: Browser, phone_knows_preload: bool
) -> None:
    meeting = office.schedules()
    context = await phone(browser)
    if not phone_knows_preload:
        await context.add_init_script(f"({OLD_SAFARI})()")
    page = await context.new_page()
    complaints = Complaints(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(meeting.server.url)))
    await greeted(page, meeting.link("Dana"))
    await page.wait_for_load_state("networkidle")
    assert any(re.match(r"/assets/join-.*\.js$", path) for path in asked)
    assert any(re.match(r"/assets/join\.en-.*\.js$", path) for path in asked)
    await page.get_by_role("button", name=YES).click()
    await expect(page.get_by_role("heading", name="How do you want to join?")).to_be_visible()
    assert "/api/join" not in asked
    assert complaints.said == []


async def test_someone_else_says_so_and_nothing_stays(office: Office, browser: Browser) -> None:
    meeting = office.schedules()
    context = await phone(browser)
    page = await context.new_page()
    complaints = Complaints(page)
    await greeted(page, meeting.link("Dana"))
    await page.get_by_role("button", name="I'm someone else").click()
    await expect(page.get_by_role("heading", name="Thank you for telling us")).to_be_visible()
    assert "Dana" not in await page.locator("body").inner_text()
    assert await context.cookies() == []
    await page.reload()
    await expect(page.get_by_role("heading", name="Open your meeting")).to_be_visible()
    assert complaints.said == []


@pytest.mark.parametrize("where", ["greeting", "ready check"])
async def test_quick_exit_leaves_for_a_dull_page_and_back_does_not_return(
    office: Office, browser: Browser, where: str
) -> None:
    async def dull(route: Route) -> None:
        await route.fulfill(body="<title>Weather</title>", content_type="text/html")

    meeting = office.schedules()
    context = await phone(browser)
    await context.route("https://www.weather.gov/**", dull)
    page = await context.new_page()
    await greeted(page, meeting.link("Dana"))
    if where == "greeting":
        await page.get_by_role("link", name="Leave this page").click()
    else:
        await page.get_by_role("button", name=YES).click()
        await page.get_by_role("button", name="Quick exit").click()
    await page.wait_for_url("https://www.weather.gov/**")
    await page.go_back()
    assert "/j" not in page.url
    await page.goto(meeting.server.url + "/j")
    await expect(page.get_by_role("heading", name="Open your meeting")).to_be_visible()
    assert await who_the_server_sees(page) == (401, "")
    assert [one["name"] for one in await context.cookies(meeting.server.url)] == []
