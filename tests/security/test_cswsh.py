"""Another site's page cannot open the meeting socket: Origin must be ours, byte for byte, once."""

import pytest
import websockets.exceptions
from websockets.asyncio.client import connect

from tests.support.server import HearthServer

VARIANTS = {
    "missing": None,
    "null": "null",
    "another site": "http://evil.example",
    "our name as a suffix": "http://evil-{host}",
    "our name as a prefix": "http://{host}.evil.example",
    "our name as a path": "http://evil.example/{host}",
    "our name as user info": "http://{host}@evil.example",
    "other scheme": "https://{host}",
    "other port": "http://127.0.0.1:1",
    "no port": "http://127.0.0.1",
    "upper case": "HTTP://{host}",
    "trailing slash": "http://{host}/",
    "file": "file://",
}


def address(server: HearthServer) -> tuple[str, str]:
    host = server.url.removeprefix("http://")
    return host, f"ws://{host}/live"


@pytest.mark.parametrize("name", VARIANTS)
async def test_a_foreign_origin_is_refused_before_the_socket_opens(hearth: HearthServer, name: str) -> None:
    host, url = address(hearth)
    template = VARIANTS[name]
    origin = None if template is None else template.format(host=host)
    headers = {"X-Forwarded-For": "198.18.0.1"}
    with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
        async with connect(url, origin=origin, additional_headers=headers):  # type: ignore[arg-type]
            raise AssertionError("the socket opened")
    assert refused.value.response.status_code == 403
    assert refused.value.response.headers["content-type"] == "application/problem+json"


async def test_two_origins_are_none(hearth: HearthServer) -> None:
    _, url = address(hearth)
    headers = [("Origin", hearth.url), ("X-Forwarded-For", "198.18.0.2")]
    with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
        async with connect(url, origin=hearth.url, additional_headers=headers):  # type: ignore[arg-type]
            raise AssertionError("the socket opened")
    assert refused.value.response.status_code in (400, 403)


async def test_our_own_page_may_open_it_and_must_then_show_a_ticket(hearth: HearthServer) -> None:
    _, url = address(hearth)
    headers = {"X-Forwarded-For": "198.18.0.3"}
    async with connect(url, origin=hearth.url, additional_headers=headers) as socket:  # type: ignore[arg-type]
        await socket.send('{"type":"hello","ticket":"' + "x" * 43 + '"}')
        with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
            while True:
                await socket.recv()
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4401
