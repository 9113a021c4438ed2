"""axe-core in a page of the product: WCAG 2.2 AA and its best practices, no finding allowed."""

from pathlib import Path

from playwright.async_api import Page

ROOT = Path(__file__).resolve().parents[2]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def axe_findings(page: Page) -> list[str]:
    """What axe finds on the page as it stands, one line a rule. (The pages' CSP takes no script tag of ours.)"""
    if not await page.evaluate("typeof window.axe === 'object'"):
        await page.evaluate((ROOT / "web/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    found = await page.evaluate("async (rules) => (await axe.run(document, {runOnly: rules})).violations", RULES)
    return [
        f"{one['id']} x{len(one['nodes'])}: {one['nodes'][0]['target']} "
        + (one["nodes"][0].get("failureSummary") or "").replace("\n", " ")[:240]
        for one in found
    ]


async def axe_clean(page: Page) -> None:
    """Assert that axe finds nothing."""
    assert await axe_findings(page) == []
