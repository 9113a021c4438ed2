"""A browser's page translator as pages meet it: texts are taken out, others stand in their place, wrapped in <font>."""

from playwright.async_api import Page

# As Google's and Edge's do it: the text nodes leave the page, with whoever still holds them. `crude` ones ignore what
# the page asks to leave alone. The translation of "x" is "x ⟦xx⟧", so that a test still finds its buttons.
TRANSLATES = """(crude) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  for (const text of found) {
    const parent = text.parentElement;
    if (!text.data.trim() || parent.closest('script, style, textarea, font')) continue;
    if (!crude && parent.closest('[translate=no], .notranslate')) continue;
    const outer = document.createElement('font');
    const inner = document.createElement('font');
    inner.textContent = `${text.data.trim()} ⟦xx⟧`;
    outer.append(inner);
    text.replaceWith(outer);
  }
  if (!crude) document.documentElement.classList.add('translated-ltr');
}"""


async def translates(page: Page, crude: bool = False) -> None:
    """The page is shown in another language from here on; what is drawn later is not."""
    await page.evaluate(TRANSLATES, crude)


async def puts(page: Page, selector: str, text: str) -> None:
    """A translator writes words of its own memory in the place of an element's."""
    write = """([selector, text]) => { document.querySelector(selector).textContent = text; }"""
    await page.evaluate(write, [selector, text])
