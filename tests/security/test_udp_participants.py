"""What somebody who was let in can send: whatever it is costs only itself, and the others' call goes on."""

import asyncio
import random
from struct import pack

from realtime.media import control
from tests.support.media_client import VIDEO_SSRC, Client, clients, picture, rtp, sound
from tests.support.media_room import MediaRoom, media_room

SEED = 20261121


async def both(room: MediaRoom, dana: Client, ruth: Client) -> None:
    await dana.join()
    await ruth.join()
    await room.grant({"ruth": ("dana",), "dana": ("ruth",)})


async def still_forwards(room: MediaRoom, dana: Client, ruth: Client) -> None:
    """Packets of a new stream still reach Ruth, and nobody was lost on the way."""
    heard = ruth.slot_ssrcs("audio")[0]
    before = len(ruth.got(heard))
    async with asyncio.timeout(10):
        seq = 0
        while len(ruth.got(heard)) < before + 10:
            dana.up.send_rtp(sound(seq, ssrc=7777))
            seq += 1
            await asyncio.sleep(0)
    assert not any(isinstance(one, control.PeerState) and one.connection == "lost" for one in room.reports)


async def test_rtp_and_vp8_nonsense() -> None:
    chance = random.Random(SEED)
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth):
        await both(room, dana, ruth)
        for seq in range(400):
            payload = chance.randbytes(chance.randrange(0, 60))
            dana.up.send_rtp(rtp(chance.choice((0, 96, 97, 111, 127)), seq, seq, VIDEO_SSRC, payload))
            if seq % 20 == 0:
                await asyncio.sleep(0)
        for payload in (b"", b"\x00", b"\x90", b"\x90\xe0", b"\x90\xff\xff", b"\x80\x80\x80", bytes([0x10]) * 1100):
            dana.up.send_rtp(rtp(96, 500, 1, VIDEO_SSRC, payload))
            dana.up.send_rtp(rtp(97, 501, 1, 3333, payload))
        await still_forwards(room, dana, ruth)


async def test_rtp_headers_that_point_outside() -> None:
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth):
        await both(room, dana, ruth)
        for first, rest in (
            (0x90, b"\xbe\xde\x00\x01\x10"),
            (0x90, b"\xbe\xde\x00\x01\x1f\x00\x00\x00"),
            (0xA0, b"\xff"),
        ):
            dana.up.send_rtp(pack("!BBHII", first, 96, 1, 1, VIDEO_SSRC) + rest + bytes(3))
        await still_forwards(room, dana, ruth)


async def test_ten_thousand_streams() -> None:
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth):
        await both(room, dana, ruth)
        shown = ruth.slot_ssrcs("video")[0]
        for ssrc in range(10_000):
            dana.up.send_rtp(rtp(96, 1, 1, 100_000 + ssrc, b"\x10\x00"))
            if ssrc % 50 == 0:
                await asyncio.sleep(0)
        await still_forwards(room, dana, ruth)
        assert len(ruth.got(shown)) <= 20


async def test_replayed_packets_are_forwarded_once() -> None:
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth):
        await both(room, dana, ruth)
        await room.report(lambda one: isinstance(one, control.SlotsChanged) and one.session_id == ruth.session_id)
        shown = ruth.slot_ssrcs("video")[0]
        protected = [dana.up.dtls._tx_srtp.protect(picture(seq, is_keyframe=seq == 0)) for seq in range(5)]
        for datagram in protected * 5:
            dana.up.send(datagram)
        await still_forwards(room, dana, ruth)
        assert len(ruth.got(shown)) == 5


async def test_rtcp_nonsense_in_both_directions() -> None:
    chance = random.Random(SEED)
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth):
        await both(room, dana, ruth)
        shown = ruth.slot_ssrcs("video")[0]
        for _ in range(300):
            kind, count = chance.choice((200, 201, 202, 203, 204, 205, 206, 207)), chance.randrange(32)
            body = pack("!II", 1, shown) + chance.randbytes(4 * chance.randrange(0, 20))
            words = chance.choice((len(body) // 4, 0xFFFF, 0))
            compound = pack("!BBH", 0x80 | count, kind, words) + body
            ruth.down.send_rtcp(compound)
            dana.up.send_rtcp(compound)
            await asyncio.sleep(0)
        await still_forwards(room, dana, ruth)


async def test_a_nack_of_everything_is_not_an_amplifier() -> None:
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth):
        await both(room, dana, ruth)
        await room.report(lambda one: isinstance(one, control.SlotsChanged) and one.session_id == ruth.session_id)
        shown = ruth.slot_ssrcs("video")[0]
        for seq in range(100):
            dana.up.send_rtp(picture(seq, is_keyframe=seq == 0))
        await ruth.down.until(lambda: len(ruth.got(shown)) == 100)
        everything = b"".join(pack("!HH", seq, 0xFFFF) for seq in range(0, 1700, 17))
        everything = pack("!BBHII", 0x81, 205, 2 + len(everything) // 4, 1, shown) + everything
        for _ in range(50):
            ruth.down.send_rtcp(everything)
        await still_forwards(room, dana, ruth)
        repairs = [packet for packet in ruth.down.rtp if packet[1] & 127 == 97]
        assert len(repairs) <= 400


async def test_keyframe_requests_reach_the_publisher_twice_a_second_at_most() -> None:
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth):
        await both(room, dana, ruth)
        await room.report(lambda one: isinstance(one, control.SlotsChanged) and one.session_id == ruth.session_id)
        shown = ruth.slot_ssrcs("video")[0]
        dana.up.send_rtp(picture(0))
        started = asyncio.get_running_loop().time()
        request = pack("!BBHII", 0x81, 206, 2, 1, shown)
        for _ in range(500):
            ruth.down.send_rtcp(request)
            await asyncio.sleep(0)
        await still_forwards(room, dana, ruth)
        elapsed = asyncio.get_running_loop().time() - started
        asked = [packet for packet in dana.up.rtcp if b"\x81\xce\x00\x02" in packet]
        assert 1 <= len(asked) <= 2 + elapsed / 0.5
