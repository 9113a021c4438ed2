"""Every screen in every state is clean under axe, in both languages, and scrolls sideways nowhere."""

from collections.abc import Iterator

import pytest

from tests.support.browsers import chromium, playwright
from tests.support.gallery import build, served, tour


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    build()
    with served() as address:
        yield address


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("people", ["families", "staff"])
async def test_every_screen_is_accessible(gallery: str, people: str, language: str) -> None:
    async with playwright() as driver:
        browser = await chromium(driver)
        wrong = await tour(browser, gallery, people == "staff", (language,))
        await browser.close()
    assert wrong == []
