import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from struct import pack

import pytest

from realtime.media import tcp
from realtime.media.endpoint import Endpoint
from realtime.media.tcp import STRANGERS_LIMIT, TcpListener
from tests.support.media_guest import Somebody, check

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Endpoint, Somebody, int]]:
    endpoint, guest = Endpoint(), Somebody()
    endpoint.welcome(guest)
    port = endpoint.open(["127.0.0.1"], 0)
    listener = TcpListener(endpoint)
    await listener.open(["127.0.0.1"], port)
    yield endpoint, guest, port
    listener.close()
    endpoint.close()
    await asyncio.sleep(0)


def frame(datagram: bytes) -> bytes:
    return pack("!H", len(datagram)) + datagram


async def closed(streams: Streams) -> None:
    async with asyncio.timeout(5):
        try:
            assert await streams[0].read() == b""
        except ConnectionResetError:
            return
    streams[1].close()


async def until(wanted) -> None:
    async with asyncio.timeout(5):
        while not wanted():
            await asyncio.sleep(0)


async def test_frames_in_pieces_are_datagrams_and_answers_are_frames() -> None:
    async with listening() as (endpoint, guest, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        whole = frame(check()) + frame(b"\x80" * 40)
        for byte in whole:
            writer.write(bytes([byte]))
        async with asyncio.timeout(5):
            size = int.from_bytes(await reader.readexactly(2))
            assert (await reader.readexactly(size))[:2] == b"\x01\x01"
        await until(lambda: guest.datagrams == [b"\x80" * 40])
        path, address = guest.routes[0]
        path.send(b"out", address)
        async with asyncio.timeout(5):
            assert await reader.readexactly(5) == b"\x00\x03out"
        writer.close()
        await until(lambda: not endpoint.is_proven(path, address))
        path.send(b"late", address)
        assert endpoint.drops == {"unsendable": 1}


async def test_a_frame_too_long_ends_the_connection() -> None:
    async with listening() as (endpoint, _, port):
        streams = await asyncio.open_connection("127.0.0.1", port)
        streams[1].write(b"\xff\xff")
        await closed(streams)
        assert endpoint.drops == {"tcp frame": 1}


async def test_a_stranger_is_put_out_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "PROVE_S", 0.01)
    async with listening() as (endpoint, _, port):
        streams = await asyncio.open_connection("127.0.0.1", port)
        streams[1].write(frame(b"\x16" * 40))
        await closed(streams)
        assert endpoint.drops == {"stranger": 1, "tcp stranger": 1}


async def test_a_guest_stays_and_goes_when_dismissed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "PROVE_S", 0.01)
    async with listening() as (endpoint, guest, port):
        streams = await asyncio.open_connection("127.0.0.1", port)
        streams[1].write(frame(check()))
        await until(lambda: guest.routes)
        endpoint.dismiss(guest, guest.routes)
        async with asyncio.timeout(5):
            await streams[0].read()
        streams[1].close()
        assert endpoint.drops == {"tcp stranger": 1}


async def test_strangers_from_one_source_are_few() -> None:
    async with listening() as (endpoint, _, port):
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(STRANGERS_LIMIT)]
        one_more = await asyncio.open_connection("127.0.0.1", port)
        await closed(one_more)
        assert endpoint.drops == {"tcp refused": 1}
        for _, writer in held:
            writer.close()
