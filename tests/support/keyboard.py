"""Going through a page by keyboard alone, watching that the focus is always to be seen and never caught."""

import re

from playwright.async_api import Page, expect

# What has the focus: its name as a person would say it, and whether a line around it shows that.
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return {name: '', tag: 'BODY', is_shown: true};
  const style = getComputedStyle(one);
  const own = one.matches('button, a, h1, [role=tab]') ? one.innerText : '';
  const label = one.labels?.[0]?.innerText || one.getAttribute('aria-label') || own;
  const line = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  return {name: label.trim().replace(/\\s+/g, ' '), tag: one.tagName, is_shown: line};
}"""
MOST = 80


class Keyboard:
    """A person who uses the keys only."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def write(self, text: str) -> None:
        """Type into what has the focus."""
        await self.page.keyboard.type(text)

    async def on(self) -> str:
        """The name of what has the focus, which must be seen to have it."""
        focused = await self.page.evaluate(FOCUSED)
        assert focused["is_shown"], f"the focus is not to be seen on {focused['tag']} {focused['name'][:40]!r}"
        return str(focused["name"])

    async def tab_to(self, name: str, key: str = "Tab") -> None:
        """Tab on until something of this name (a pattern) has the focus."""
        passed: list[str] = []
        for _ in range(MOST):
            await self.press(key)
            passed.append(await self.on())
            if re.search(name, passed[-1]):
                return
        raise AssertionError(f"{name!r} is not reached by {key}; passed {passed}")

    async def activates(self, name: str, key: str = "Enter") -> None:
        """Go to a button of this name and press it."""
        await self.tab_to(name)
        await self.press(key)

    async def lands_on_heading(self, text: str) -> None:
        """A new screen stands and its heading has the focus."""
        heading = self.page.get_by_role("heading", level=1, name=re.compile(text))
        await expect(heading).to_be_focused()
        await self.on()

    async def goes_round(self) -> None:
        """Tab comes by the same place again: nothing keeps the focus for itself."""
        await self.press("Tab")
        first = await self.page.evaluate_handle("() => document.activeElement")
        names: list[str] = []
        for _ in range(MOST):
            await self.press("Tab")
            names.append(await self.on())
            if await self.page.evaluate("(first) => document.activeElement === first", first):
                assert len(names) > 3
                return
        raise AssertionError(f"the focus does not come round: {names}")
