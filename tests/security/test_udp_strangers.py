"""What anybody on the network can throw at the media port: nothing comes back, and nobody in a meeting notices."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from struct import pack

import pytest
from aioice import stun

from tests.support.media_client import Client, clients, picture, sound
from tests.support.media_room import MediaRoom, media_room

SEED = 20261121


def zero_length() -> Iterator[bytes]:
    yield from [b""] * 50


def one_byte() -> Iterator[bytes]:
    yield from (bytes([value]) for value in range(256))


def client_hellos() -> Iterator[bytes]:
    """Whole, cookie-less, fragmented and cut-off DTLS hellos."""
    for size in (0, 1, 12, 13, 40, 200, 1400):
        for version in (b"\xfe\xff", b"\xfe\xfd", b"\x03\x03"):
            yield b"\x16" + version + bytes(8) + pack("!H", size) + b"\x01" + bytes(size)
            yield b"\x15" + version + bytes(8) + b"\x00\x02\x02\x28"


def rtp_junk() -> Iterator[bytes]:
    chance = random.Random(SEED)
    for first in (0x80, 0x90, 0xA0, 0xBF, 0xCF, 0x40, 0xFF):
        for second in (0, 96, 111, 200, 201, 205, 206, 255):
            yield bytes([first, second]) + chance.randbytes(chance.randrange(18, 1490))


def stun_garbage() -> Iterator[bytes]:
    """Bad lengths, attributes that overrun, wrong users, no or wrong integrity, a thousand attributes."""
    chance = random.Random(SEED)
    head = b"\x00\x01%s\x21\x12\xa4\x42" + bytes(12)
    yield head.replace(b"%s", b"\xff\xff")
    yield head.replace(b"%s", b"\x00\x00")
    yield head.replace(b"%s", b"\x00\x08") + b"\x00\x06\xff\xff" + bytes(4)
    yield head.replace(b"%s", b"\x00\x04") + b"\x80\x28\x00\x00"
    yield head.replace(b"%s", b"\x00\x08") + b"\x00\x20\x00\x01\x00\x00\x00\x00"
    yield head.replace(b"%s", pack("!H", 4 * 300)) + b"\x7f\x00\x00\x00" * 300
    for username in ("nobody:me", "", ":", "a" * 500 + ":b"):
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes={"USERNAME": username})
        yield bytes(request)
        request.add_message_integrity(b"wrong")
        yield bytes(request)
    for kind in (0x0011, 0x0101, 0x0111, 0x0003):
        yield pack("!HHI12s", kind, 0, stun.COOKIE, bytes(12))
    for _ in range(300):
        body = chance.randbytes(4 * chance.randrange(0, 60))
        yield pack("!HHI12s", 1, len(body), stun.COOKIE, chance.randbytes(12)) + body


def huge() -> Iterator[bytes]:
    yield from (b"\x80" + bytes(size) for size in (1500, 5000, 60000))


KINDS = [zero_length, one_byte, client_hellos, rtp_junk, stun_garbage, huge]


@asynccontextmanager
async def stranger(room: MediaRoom) -> AsyncIterator[socket.socket]:
    """Somebody who knows the port and nothing else."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.connect(("127.0.0.1", room.port))
        made.setblocking(False)
        yield made


async def dropped(room: MediaRoom, count: int) -> None:
    """Wait until the node has read and dropped so many datagrams."""
    async with asyncio.timeout(10):
        while sum(room.endpoint.drops.values()) < count:
            await asyncio.sleep(0)


async def throw(room: MediaRoom, sock: socket.socket, datagrams: list[bytes]) -> None:
    before = sum(room.endpoint.drops.values())
    for place, datagram in enumerate(datagrams, start=1):
        sock.send(datagram)
        if place % 50 == 0 or place == len(datagrams):
            await dropped(room, before + place)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_no_answer_and_no_harm_to_a_call(kind) -> None:
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth), stranger(room) as sock:
        await dana.join()
        await room.grant({"ruth": ("dana",)})
        # Ruth is still connecting while the stranger throws.
        ready = await ruth.signal()
        await ruth.up.checked(ready.answer)
        await throw(room, sock, list(kind()))
        await ruth.down.checked(ready.offer)
        handshakes = asyncio.gather(ruth.up.shake_hands(ready.answer), ruth.down.shake_hands(ready.offer))
        await throw(room, sock, list(kind()))
        await handshakes
        await still_forwards(dana, ruth)
        with pytest.raises(BlockingIOError):
            sock.recv(2000)


async def still_forwards(dana: Client, ruth: Client) -> None:
    shown = ruth.slot_ssrcs("video")[0]

    async def talk() -> None:
        seq = 0
        while True:
            dana.up.send_rtp(picture(seq, is_keyframe=True))
            dana.up.send_rtp(sound(seq))
            seq += 1
            await asyncio.sleep(0)

    talking = asyncio.create_task(talk())
    await ruth.down.until(lambda: len(ruth.got(shown)) > 10)
    talking.cancel()


async def test_a_check_with_the_wrong_password_proves_nothing() -> None:
    async with media_room() as room, clients(room, "dana", "mallory") as (dana, mallory):
        ready = await dana.signal()
        await dana.up.checked(ready.answer)
        mallory.up.check(ready.answer, pwd="a" * 32)
        await dropped(room, 1)
        assert room.endpoint.drops == {"not authentic": 1}
        # Mallory's address is still a stranger's: a hello from there goes nowhere.
        mallory.up.send(b"\x16\xfe\xff" + bytes(60))
        await dropped(room, 2)
        assert room.endpoint.drops["stranger"] == 1
        assert mallory.up.checks.empty()
        await dana.up.shake_hands(ready.answer)


async def test_a_role_conflict_flood_is_answered_no_longer_than_asked() -> None:
    async with media_room() as room, clients(room, "dana") as (dana,):
        ready = await dana.signal()
        for _ in range(200):
            await dana.up.checked(ready.answer)
        await dana.up.shake_hands(ready.answer)


async def test_no_answer_is_longer_than_its_request() -> None:
    async with media_room() as room, clients(room, "dana") as (dana,):
        ready = await dana.signal()
        request = stun.Message(
            stun.Method.BINDING,
            stun.Class.REQUEST,
            attributes={"USERNAME": ready.answer.split("a=ice-ufrag:")[1].split("\r\n")[0] + ":abcd"},
        )
        request.add_message_integrity(ready.answer.split("a=ice-pwd:")[1].split("\r\n")[0].encode())
        dana.up.send(bytes(request))
        async with asyncio.timeout(10):
            answer = await dana.up.checks.get()
        answer_bytes = bytes(answer)
        assert len(answer_bytes) <= len(bytes(request))
