"""What only the Redis implementation has to show without a server; the rest is in tests/contracts."""

import asyncio
import contextlib

import pytest
from redis.asyncio.client import Pipeline

from realtime.bus.base import BusDown
from realtime.bus.redis_bus import RedisBus
from realtime.supervision import Supervisor

NOBODY = "redis://127.0.0.1:1/0"


async def test_without_a_server_publishing_says_so_and_subscribing_goes_on() -> None:
    bus = RedisBus(NOBODY)
    began = asyncio.get_running_loop().time()
    with pytest.raises(BusDown):
        await bus.publish("a", b"1")
    async with bus.subscribe("a"):
        pass
    assert asyncio.get_running_loop().time() - began < 3
    await bus.close()


async def test_closing_ends_who_still_waits() -> None:
    bus = RedisBus(NOBODY)
    sending = asyncio.create_task(bus.publish("a", b"1"))
    await asyncio.sleep(0)
    await bus.close()
    with pytest.raises((BusDown, asyncio.CancelledError)):
        await sending


async def test_closing_waits_for_a_command_on_its_way_and_ends_though_a_cancellation_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    under_way, answered = asyncio.Event(), asyncio.Event()

    async def slow(self: Pipeline) -> list[object]:
        under_way.set()
        with contextlib.suppress(asyncio.CancelledError):  # as happens inside the client
            await answered.wait()
        return []

    monkeypatch.setattr(Pipeline, "execute", slow)
    bus = RedisBus(NOBODY)
    sending = asyncio.create_task(bus.publish("a", b"1"))
    await under_way.wait()
    closing = asyncio.create_task(bus.close())
    await asyncio.sleep(0)
    answered.set()
    async with asyncio.timeout(5):
        await closing
        await sending
    with pytest.raises(BusDown):
        await bus.publish("a", b"2")


class OddServer:
    """Answers as Redis does, but sends each first subscriber a topic that is no text."""

    def __init__(self) -> None:
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while command := await self._command(reader):
                if command[0] == b"SUBSCRIBE":
                    self.connections += 1
                    writer.write(b"*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n")
                    topic = b"\xff" if self.connections == 1 else b"a"
                    writer.write(b"*3\r\n$7\r\nmessage\r\n$1\r\n" + topic + b"\r\n$1\r\n1\r\n")
                else:
                    writer.write(b"+OK\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _command(self, reader: asyncio.StreamReader) -> list[bytes]:
        words = []
        for _ in range(int((await reader.readline())[1:] or b"0")):
            length = int((await reader.readline())[1:])
            words.append((await reader.readexactly(length + 2))[:-2])
        return words


async def test_a_reader_that_died_of_what_it_read_is_started_again_and_hears() -> None:
    """It used to be gone for good: the node was deaf, and everything said ready."""
    odd = OddServer()
    server = await asyncio.start_server(odd.serve, "127.0.0.1", 0)
    supervisor = Supervisor(pauses_s=(0.0,))
    bus = RedisBus(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0", supervisor)
    async with asyncio.timeout(10), bus.subscribe("a") as messages:
        async for heard in messages:
            if heard == ("a", b"1"):
                break
    assert odd.connections == 2 and supervisor.down == ["bus-subscribe"]
    await bus.close()
    server.close()
    await server.wait_closed()
