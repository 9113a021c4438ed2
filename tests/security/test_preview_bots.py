"""Whatever only loads a link spends nothing: previews, scanners, prefetch, a browser without a person."""

from collections.abc import Callable

import pytest

from tests.support import browsers
from tests.support.office import Office
from tests.support.server import HearthServer
from tests.support.visitor import Visitor

BOTS = {
    "whatsapp": "WhatsApp/2.23.20.0",
    "facebook": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "twitter": "Twitterbot/1.0",
    "telegram": "TelegramBot (like TwitterBot)",
    "slack": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "discord": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "imessage": "Mozilla/5.0 (Macintosh) AppleWebKit/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "linkedin": "LinkedInBot/1.0 (compatible; Mozilla/5.0)",
    "skype": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "google": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "bing": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "outlook": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 SafeLinks",
}
WAYS: dict[str, tuple[str, dict[str, str]]] = {
    "get": ("GET", {}),
    "head": ("HEAD", {}),
    "prefetch": ("GET", {"sec-purpose": "prefetch;prerender", "purpose": "prefetch"}),
}
PRIVATE = (b"Reyes", b"Dana", b"Ruth", b"Sam", b"Priya", b"family", b"agency")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("bot", BOTS)
def test_a_bot_learns_and_changes_nothing(visitor: Callable[[], Visitor], bot: str, way: str) -> None:
    method, headers = WAYS[way]
    reply = visitor().request(method, "/j", None, {"user-agent": BOTS[bot], **headers})
    assert reply.status == 200
    assert reply.header("set-cookie") is None
    assert reply.header("cache-control") == "no-store"
    words = reply.body.partition(b"</head>")[0] + reply.body.partition(b"<body>")[2].partition(b"<script")[0]
    assert [private for private in PRIVATE if private in words] == []


async def test_a_browser_that_only_loads_the_link_spends_nothing(
    hearth: HearthServer, visitor: Callable[[], Visitor]
) -> None:
    meeting = Office(hearth).schedules()  # nobody else opens its links
    asked: list[str] = []
    async with browsers.playwright() as driver:
        browser = await browsers.chromium(driver)
        page = await (await browsers.device(browser, None, **browsers.PHONE)).new_page()
        page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
        await page.goto(meeting.link("Ruth"), wait_until="networkidle")
        await page.get_by_role("button", name="Continue").wait_for()
        assert await page.title() == "Meeting"
        assert page.url == f"{hearth.url}/j"  # the token has left the address bar
        assert await page.evaluate("document.cookie + JSON.stringify({...localStorage, ...sessionStorage})") == "{}"
        await browser.close()
    assert [one for one in asked if not one.startswith("GET ")] == []
    assert [one for one in asked if "/api/" in one] == []
    assert visitor().spend(meeting.token("Ruth")).json["state"] == "seated"
