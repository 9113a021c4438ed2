import asyncio

import pytest

from realtime.connection import FLUSH_S, STALL_S, Connection
from realtime.errors import CLOSE_REMOVED, CLOSE_TOO_SLOW, CLOSE_UNAUTHENTICATED, ProtocolError
from realtime.messages import BeatBack, ClientMessage, Closing, Hello
from realtime.outbox import MAX_ITEMS
from tests.support.clock import HandClock
from tests.support.live import settled
from tests.support.wire_pair import WirePair

HELLO = '{"type":"hello","ticket":"p3YdVhN0Wk5lTTc1c1g2cXpv"}'


class Listener:
    """Keeps what it got; may be told to break."""

    def __init__(self) -> None:
        self.got_all: list[ClientMessage | bytes] = []
        self.error: Exception | None = None

    async def greet(self, hello: Hello) -> "Listener":
        self.got_all.append(hello)
        return self

    async def got(self, message: ClientMessage) -> None:
        self.got_all.append(message)
        if self.error is not None:
            raise self.error

    async def got_frame(self, frame: bytes) -> None:
        self.got_all.append(frame)


class Rig:
    """A connection on an in-memory link."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.wire = WirePair()
        self.listener = Listener()
        self.connection = Connection(self.wire, self.clock)
        self.running = asyncio.create_task(self.connection.run(self.listener.greet))

    async def close_code(self) -> int | None:
        async with asyncio.timeout(5):
            await self.running
        return self.wire.close_code


async def test_messages_and_frames_are_passed_on_in_order() -> None:
    rig = Rig()
    for frame in (HELLO, '{"type":"beat","ref":1}', b"\x00\x01", '{"type":"beat","ref":2}'):
        rig.wire.say(frame)
    await settled()
    assert [type(one).__name__ for one in rig.listener.got_all] == ["Hello", "Beat", "bytes", "Beat"]
    rig.wire.vanish()
    assert await rig.close_code() is None


async def test_what_is_queued_before_a_close_still_arrives() -> None:
    rig = Rig()
    for ref in range(5):
        rig.connection.send(BeatBack(ref=ref, server_time=0.0))
    rig.connection.close(CLOSE_REMOVED, "participant.removed")
    rig.connection.close(CLOSE_TOO_SLOW, "later")
    rig.connection.send(BeatBack(ref=9, server_time=0.0))
    assert await rig.close_code() == CLOSE_REMOVED
    assert [type(one) for one in rig.wire.messages] == [BeatBack] * 5 + [Closing]


async def test_too_much_waiting_closes_at_once() -> None:
    rig = Rig()
    rig.wire.stop_reading()
    for ref in range(MAX_ITEMS + 5):
        rig.connection.send(BeatBack(ref=ref, server_time=0.0))
    assert await rig.close_code() == CLOSE_TOO_SLOW


async def test_a_stalled_send_or_flush_is_given_up() -> None:
    rig = Rig()
    rig.wire.stop_reading()
    rig.connection.send(BeatBack(ref=1, server_time=0.0))
    await settled()
    rig.connection.tick(rig.clock.monotonic() + STALL_S - 0.1)
    assert not rig.connection.is_closing
    rig.connection.tick(rig.clock.monotonic() + STALL_S)
    assert await rig.close_code() == CLOSE_TOO_SLOW
    rig = Rig()
    rig.wire.stop_reading()
    rig.connection.close(CLOSE_REMOVED, "participant.removed")
    await settled()
    rig.connection.tick(rig.clock.monotonic() + FLUSH_S)
    assert await rig.close_code() == CLOSE_REMOVED


@pytest.mark.parametrize(
    ("error", "code"), [(ProtocolError(4403, "hand.not_yours"), 4403), (RuntimeError("a mistake of ours"), 1011)]
)
async def test_errors_of_the_listener_close(error: Exception, code: int) -> None:
    rig = Rig()
    rig.listener.error = error
    rig.wire.say(HELLO)
    rig.wire.say('{"type":"beat"}')
    assert await rig.close_code() == code


@pytest.mark.parametrize("frame", ['{"type":"beat"}', b"\x00\x01"])
async def test_anything_but_hello_first_is_4401(frame: str | bytes) -> None:
    rig = Rig()
    rig.wire.say(frame)
    assert await rig.close_code() == 4401
    assert rig.listener.got_all == []


async def test_nothing_is_passed_on_after_the_close_was_decided() -> None:
    rig = Rig()
    rig.wire.say(HELLO)
    await settled()
    rig.wire.stop_reading()
    rig.connection.close(CLOSE_REMOVED, "participant.removed")
    rig.wire.say('{"type":"beat"}')
    await settled()
    rig.wire.read_again()
    assert await rig.close_code() == CLOSE_REMOVED
    assert len(rig.listener.got_all) == 1


async def test_a_peer_that_never_says_hello_is_closed_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.connection.AUTH_S", 0.05)
    rig = Rig()
    assert await rig.close_code() == CLOSE_UNAUTHENTICATED
    assert [(type(one), getattr(one, "code", "")) for one in rig.wire.messages] == [(Closing, "silence")]


async def test_who_has_said_hello_is_busy_until_greeted_so_that_a_slow_database_is_not_their_silence() -> None:
    rig = Rig()
    let_in = asyncio.Event()

    async def slowly(hello: Hello) -> Listener:
        await let_in.wait()
        return rig.listener

    slow = Connection(wire := WirePair(), rig.clock)
    running = asyncio.create_task(slow.run(slowly))
    assert not slow.is_busy
    wire.say(HELLO)
    await settled()
    assert slow.is_busy
    let_in.set()
    await settled()
    assert not slow.is_busy
    for one in (wire, rig.wire):
        one.vanish()
    await asyncio.gather(running, rig.running)
