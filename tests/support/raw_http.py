"""An HTTP client that is as slow, as large or as odd as a test wants: bytes out, answers in."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from tests.support.server import HearthServer

WAIT_S = 20.0


def port_of(server: HearthServer) -> int:
    """The port it listens on."""
    port = urlsplit(server.url).port
    assert port is not None
    return port


class RawAnswer:
    """One answer with a content-length."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def code(self) -> Any:
        """The stable code of a problem."""
        return json.loads(self.body)["code"]


class RawHttp:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, data: bytes) -> None:
        """Send these bytes as they are."""
        self._writer.write(data)

    async def answer(self) -> RawAnswer:
        """The next answer. Raises asyncio.IncompleteReadError when the connection ends instead."""
        async with asyncio.timeout(WAIT_S):
            first, *lines = (await self.head()).split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            body = await self._reader.readexactly(int(headers["content-length"]))
        return RawAnswer(int(first.split()[1]), headers, body)

    async def head(self) -> str:
        """The next answer's status line and headers. Raises as `answer`."""
        async with asyncio.timeout(WAIT_S):
            return (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip()

    async def ended(self) -> bytes:
        """Everything that still comes until the server ends the connection."""
        came = b""
        # A reset is an end too: the server did not read the last that was sent.
        with contextlib.suppress(ConnectionResetError):
            async with asyncio.timeout(WAIT_S):
                while part := await self._reader.read(65_536):
                    came += part
        return came

    async def trickle(self, byte: bytes, every_s: float) -> bytes:
        """Send the byte again and again, that often, until the server ends the connection; what came until then."""
        coming = asyncio.ensure_future(self.ended())
        while not (await asyncio.wait({coming}, timeout=every_s))[0]:
            self.send(byte)
        return await coming


@contextlib.asynccontextmanager
async def raw_http(port: int, tls: ssl.SSLContext | None = None) -> AsyncIterator[RawHttp]:
    """A connection to this port of this machine."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    try:
        yield RawHttp(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()
