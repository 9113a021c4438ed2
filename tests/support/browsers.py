"""Real browsers for the tests: Chromium with phones and laptops, and Firefox ESR. Pictures and tones from `people`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright, expect

from tests.support.people import RUTH, Person, media_script

expect.set_options(timeout=25_000)  # a busy machine; every expectation ends as soon as it holds

ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts" / "screens"
CHROMIUM = "/usr/bin/chromium"
FIREFOX = "/usr/bin/firefox-esr"

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
FIREFOX_PREFS: dict[str, str | float | bool] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.navigator.audio.fake_frequency": RUTH.tone_hz,
    "media.autoplay.default": 0,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
}

LAPTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "en-US",
    "user_agent": (
        "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/156.0.0.0 Mobile Safari/537.36"
    ),
}


@asynccontextmanager
async def playwright() -> AsyncIterator[Playwright]:
    """Playwright's driver, for the length of a test."""
    async with async_playwright() as driver:
        yield driver


async def chromium(driver: Playwright) -> Browser:
    """A Chromium process; one for each person keeps their capture and timers apart."""
    return await driver.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)


async def firefox(driver: Playwright) -> Browser:
    """Debian's Firefox ESR, driven over WebDriver BiDi."""
    os.environ.setdefault("HOME", "/tmp")
    return await driver.firefox.launch(channel="moz-firefox", executable_path=FIREFOX, firefox_user_prefs=FIREFOX_PREFS)


async def device(browser: Browser, person: Person | None, **settings: Any) -> BrowserContext:
    """A fresh phone or laptop; with `person` its camera and microphone are theirs."""
    context = await browser.new_context(**settings)
    context.set_default_timeout(30_000)
    if person is not None:
        await context.add_init_script(media_script(person))
    return context


async def comes_true(page: Page, script: str, arg: object = None, timeout_s: float = 20) -> None:
    """Wait until a function in the page, which may be async, returns something true. (`Page.wait_for_function` takes an
    async function's promise for its answer and does not wait at all.)"""
    looking = f"""async (arg) => {{
      const holds = {script};
      for (const end = performance.now() + {timeout_s * 1000}; performance.now() < end; ) {{
        if (await holds(arg)) return true;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }}
      return false;
    }}"""
    assert await page.evaluate(looking, arg), f"within {timeout_s} s this did not come true: {script} of {arg}"


class Complaints:
    """What a page said on its console and which requests failed; a test asserts that it stays empty."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.said.append(f"page error: {error}"))

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:
            self.said.append(text)


async def picture(page: Page, name: str, full: bool = False) -> None:
    """Keep a screenshot as an artefact that git ignores."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=full)


async def pictures_of_failure(browser: Browser) -> None:
    """Every window as it stood when a test failed."""
    for number, context in enumerate(browser.contexts):
        for page in context.pages:
            await picture(page, f"failure-{number}")
