"""Takes a picture of every screen of the gallery and runs axe on it. Use: gallery.py [--only WORD] [--sizes phone,...]

Needs the built gallery (`npx vite build -c vite.gallery.config.ts`). Pictures go to artefacts/gallery-pictures.
Ends with 1 when axe finds anything or a page is wider than its window.
"""

import argparse
import functools
import http.server
import sys
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

WEB = Path(__file__).resolve().parent.parent
BUILT = WEB.parent / "artefacts" / "gallery"
PICTURES = WEB.parent / "artefacts" / "gallery-pictures"
AXE = (WEB / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
SIZES = {"phone": (390, 844), "small": (320, 640), "laptop": (1440, 900)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Serves without telling."""


def serve() -> str:
    """Serves the built gallery on a free port and gives its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(BUILT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/gallery.html"


def look(page: Page, address: str, name: str) -> list[str]:
    """Opens one scene, takes its picture and gives what is wrong with it."""
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(f"script: {error}"))
    page.goto(address)
    page.wait_for_selector("body[data-ready]", timeout=20_000)
    page.screenshot(path=PICTURES / f"{name}.png")
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    for violation in found["violations"]:
        first = violation["nodes"][0]
        why = (first.get("failureSummary") or "").replace("\n", " ")[:240]
        told.append(f"axe {violation['id']} x{len(violation['nodes'])}: {first['target']} {why}")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        told.append(f"{wide}px wider than the window")
    return [f"{name}: {one}" for one in told]


def tour(browser: Browser, address: str, only: str, sizes: list[str], languages: list[str]) -> list[str]:
    """Every scene at every size that fits it, in every language."""
    page = browser.new_page()
    page.goto(address)
    scenes = str(page.locator("body").get_attribute("data-scenes")).split()
    page.close()
    wrong: list[str] = []
    for size in sizes:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        for scene in (one for one in scenes if only in one):
            for language in languages:
                view = context.new_page()
                wrong += look(view, f"{address}?scene={scene}&lang={language}", f"{scene}-{size}-{language}")
                view.close()
        context.close()
    return wrong


def main() -> int:
    """Runs the tour and prints what is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--sizes", default="phone,small,laptop")
    parser.add_argument("--languages", default="en,es")
    asked = parser.parse_args()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        wrong = tour(browser, serve(), asked.only, asked.sizes.split(","), asked.languages.split(","))
        browser.close()
    print("\n".join(wrong) or "Nothing wrong.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
