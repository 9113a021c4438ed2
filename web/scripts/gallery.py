"""Takes a picture of every screen of the gallery and runs axe on it. Use: gallery.py [--only WORD] [--languages en,es]

Builds the gallery first. Pictures go to artefacts/gallery-pictures. Ends with 1 when something is wrong.
"""

import argparse
import asyncio
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.browsers import chromium, playwright  # noqa: E402  # the root must be known first
from tests.support.gallery import build, served, tour  # noqa: E402

PICTURES = ROOT / "artefacts" / "gallery-pictures"


def place(name: str) -> Path:
    """Where a picture goes."""
    return PICTURES / f"{name}.png"


async def look(only: str, languages: tuple[str, ...]) -> list[str]:
    """Both tours in one browser."""
    async with playwright() as driver:
        browser = await chromium(driver)
        with served() as address:
            wrong = [
                line
                for is_staff in (False, True)
                for line in await tour(browser, address, is_staff, languages, only, pictures=place)
            ]
        await browser.close()
        return wrong


def main() -> int:
    """Runs the tours and prints what is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--languages", default="en,es")
    asked = parser.parse_args()
    build()
    wrong = asyncio.run(look(asked.only, tuple(asked.languages.split(","))))
    print("\n".join(wrong) or "Nothing wrong.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
