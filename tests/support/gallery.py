"""The gallery of screens in a browser: every screen in every state, without a server. Used by a test and a script."""

import functools
import http.server
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from tests.support.axe import ROOT, axe_findings

WEB = ROOT / "web"
BUILT = ROOT / "artefacts" / "gallery"
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1440, "height": 900}
SMALL = {"width": 320, "height": 640}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Serves without telling."""


def build() -> None:
    """Build the gallery as the sources stand."""
    for command in (["npm", "run", "--silent", "generate"], ["npx", "vite", "build", "-c", "vite.gallery.config.ts"]):
        subprocess.run([*command], cwd=WEB, check=True, capture_output=True)


@contextmanager
def served() -> Iterator[str]:
    """The address of the built gallery on a free port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(BUILT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/gallery.html"
    finally:
        server.shutdown()
        server.server_close()


class Tour:
    """A page that goes from scene to scene and keeps what is wrong with them."""

    def __init__(self, page: Page, is_staff: bool) -> None:
        self._page = page
        self._is_staff = is_staff
        self._size = LAPTOP if is_staff else PHONE
        self.wrong: list[str] = []
        self._seen = ""
        page.on("pageerror", lambda error: self.wrong.append(f"{self._seen}: script: {error}"))

    async def scenes(self) -> list[str]:
        """The scenes meant for this tour's width."""
        await self._page.wait_for_selector("body[data-ready]")
        listed: list[dict[str, Any]] = await self._page.evaluate("gallery.scenes")
        return [one["name"] for one in listed if one["is_staff"] == self._is_staff]

    async def visit(self, scene: str, language: str, pictures: Callable[[str], Path] | None = None) -> None:
        """Show a scene, run axe, and look that nothing scrolls sideways, also on the smallest phone."""
        self._seen = f"{scene} {language}"
        await self._page.set_viewport_size(self._size)  # type: ignore[arg-type]  # a plain dict is one
        await self._page.evaluate("([scene, language]) => gallery.show(scene, language)", [scene, language])
        self.wrong += [f"{self._seen}: axe {one}" for one in await axe_findings(self._page)]
        await self._narrow_enough("")
        if pictures:
            await self._page.screenshot(path=pictures(f"{scene}-{language}"))
        await self._page.set_viewport_size(SMALL)  # type: ignore[arg-type]  # as above
        await self._narrow_enough(" at 320")
        if pictures:
            await self._page.screenshot(path=pictures(f"{scene}-{language}-small"))

    async def _narrow_enough(self, where: str) -> None:
        script = "new Promise(requestAnimationFrame).then(() => document.documentElement.scrollWidth - innerWidth)"
        too_much = await self._page.evaluate(script)
        if too_much > 0:
            self.wrong.append(f"{self._seen}: {too_much} px wider than the window{where}")


async def tour(
    browser: Browser, address: str, is_staff: bool, languages: tuple[str, ...], only: str = "", **pictures: Any
) -> list[str]:
    """Visit every scene of families or of staff in these languages; what is wrong, one line each."""
    context = await browser.new_context(reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(address)
    walk = Tour(page, is_staff)
    for scene in await walk.scenes():
        for language in languages:
            if only in scene:
                await walk.visit(scene, language, **pictures)
    await context.close()
    return walk.wrong
