"""Who gets which bytes, through a whole node with clients that count every one of them."""

import asyncio
from struct import unpack_from

from realtime.media import control
from realtime.media import rtcp as said
from tests.support.media_client import VIDEO_SSRC, Client, clients, picture, seqs, sound
from tests.support.media_room import MediaRoom, media_room


async def good(room: MediaRoom, client: Client) -> None:
    await room.report(
        lambda report: (
            isinstance(report, control.PeerState)
            and report.session_id == client.session_id
            and report.connection == "good"
        )
    )


async def slots(room: MediaRoom, client: Client, *, video: tuple[str | None, ...]) -> None:
    """Wait until this is the newest word on the slots of a client."""

    def is_newest(report: control.Report) -> bool:
        mine = [one for one in room.reports if isinstance(one, control.SlotsChanged)]
        mine = [one for one in mine if one.session_id == client.session_id]
        return bool(mine) and report is mine[-1] and mine[-1].video == video

    await room.report(is_newest)


async def test_nothing_granted_means_not_one_byte() -> None:
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth):
        await dana.join()
        await ruth.join()
        await good(room, ruth)
        for seq in range(50):
            dana.up.send_rtp(sound(seq))
            dana.up.send_rtp(picture(seq, is_keyframe=seq == 0))
        # The feedback on the last packet proves that all of them were seen.
        await dana.up.until(lambda: any(packet[1] == 205 for packet in dana.up.rtcp))
        assert ruth.down.media_bytes == 0
        assert not any(isinstance(report, control.SlotsChanged) for report in room.reports)


async def test_a_grant_forwards_from_the_keyframe_and_its_end_stops_all() -> None:
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth):
        await dana.join()
        await ruth.join()
        await room.grant({"ruth": ("dana",)})
        await slots(room, ruth, video=("dana", None))
        shown, heard = ruth.slot_ssrcs("video")[0], ruth.slot_ssrcs("audio")[0]
        dana.up.send_rtp(picture(10))
        for seq in range(11, 15):
            dana.up.send_rtp(picture(seq, is_keyframe=seq == 11))
            dana.up.send_rtp(sound(seq))
        await ruth.down.until(lambda: len(ruth.got(shown)) == 4 and len(ruth.got(heard)) == 4)
        numbers = seqs(ruth.got(shown))
        assert numbers == [(numbers[0] + step) & 0xFFFF for step in range(4)]
        assert all(packet[:1] == b"\x90" and packet[-8:-1] == b"picture" for packet in ruth.got(shown))
        await room.grant({})
        await slots(room, ruth, video=(None, None))
        before = ruth.down.media_bytes
        for seq in range(15, 40):
            dana.up.send_rtp(picture(seq, is_keyframe=True))
            dana.up.send_rtp(sound(seq))
        feedbacks = len(dana.up.rtcp)
        await dana.up.until(lambda: len(dana.up.rtcp) > feedbacks)
        assert ruth.down.media_bytes == before
        assert dana.down.media_bytes == 0


async def test_what_is_switched_off_is_not_forwarded() -> None:
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth):
        await dana.join()
        await ruth.join()
        await room.grant({"ruth": ("dana",)})
        await slots(room, ruth, video=("dana", None))
        await room.command(control.MutePeer, session_id=dana.session_id, camera=False, microphone=True)
        await slots(room, ruth, video=(None, None))
        heard = ruth.slot_ssrcs("audio")[0]
        for seq in range(20):
            dana.up.send_rtp(picture(seq, is_keyframe=True))
            dana.up.send_rtp(sound(seq))
        await ruth.down.until(lambda: len(ruth.got(heard)) == 20)
        assert ruth.got(ruth.slot_ssrcs("video")[0]) == []


async def test_a_missing_packet_is_sent_again_and_a_lost_picture_asked_for() -> None:
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth):
        await dana.join()
        await ruth.join()
        await room.grant({"ruth": ("dana",)})
        await slots(room, ruth, video=("dana", None))
        shown = ruth.slot_ssrcs("video")[0]
        for seq in range(4):
            dana.up.send_rtp(picture(seq, is_keyframe=seq == 0))
        await ruth.down.until(lambda: len(ruth.got(shown)) == 4)
        wanted = seqs(ruth.got(shown))[2]
        ruth.down.send_rtcp(said.nack(1, shown, [wanted]))
        await ruth.down.until(lambda: len(ruth.down.rtp) == 5)
        again = ruth.down.rtp[-1]
        assert again[1] & 127 == 97
        assert unpack_from("!H", again, 20)[0] == wanted
        assert again[22:] == ruth.got(shown)[2][20:]
        ruth.down.send_rtcp(said.picture_loss(1, shown))
        await dana.up.until(lambda: any(said.KeyframeRequest(VIDEO_SSRC) in said.read(one) for one in dana.up.rtcp))


async def test_a_publisher_is_asked_for_what_is_missing() -> None:
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, _):
        await dana.join()
        for seq in (1, 2, 5):
            dana.up.send_rtp(picture(seq, is_keyframe=seq == 1))
        await dana.up.until(lambda: any(said.Nack(VIDEO_SSRC, (3, 4)) in said.read(one) for one in dana.up.rtcp))


async def test_a_stale_fence_is_ignored() -> None:
    async with media_room() as room, clients(room, "dana") as (dana,):
        room.fence = 5
        await dana.join()
        room.fence = 4
        await room.command(control.EndStage)
        room.fence = 5
        refused = await room.join("session-x", dana.who, "v=0")
        assert isinstance(refused, control.PeerRefused)
        await good(room, dana)
        await dana.up.checked(dana.ready.answer)


async def test_an_older_grant_is_ignored() -> None:
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth):
        await dana.join()
        await ruth.join()
        await room.command(control.GrantHearing, hears={"ruth": ("dana",)}, number=7)
        await room.command(control.GrantHearing, hears={}, number=6)
        await slots(room, ruth, video=("dana", None))
        refused = await room.join("session-x", dana.who, "v=0")
        assert isinstance(refused, control.PeerRefused)
        await slots(room, ruth, video=("dana", None))


async def test_the_screen_decides_whose_picture_takes_a_slot() -> None:
    async with media_room() as room, clients(room, "dana", "lee", "morgan", "ruth") as people:
        for client in people:
            await client.join(video_slots=2)
        ruth = people[-1]
        await room.grant({"ruth": ("dana", "lee", "morgan")})
        await slots(room, ruth, video=("dana", "lee"))
        await room.command(control.ShowPeers, session_id=ruth.session_id, participant_ids=("morgan", "lee", "sam"))
        await slots(room, ruth, video=("morgan", "lee"))


async def test_the_session_that_joins_again_takes_over() -> None:
    async with media_room() as room, clients(room, "dana", "ruth") as (dana, ruth):
        await dana.join()
        await ruth.join()
        await room.grant({"ruth": ("dana",)})
        await slots(room, ruth, video=("dana", None))
        shown = ruth.slot_ssrcs("video")[0]
        for seq in range(3):
            dana.up.send_rtp(picture(seq, is_keyframe=seq == 0))
        await ruth.down.until(lambda: len(ruth.got(shown)) == 3)
        async with clients(room, "dana") as (again,):
            await again.signal()
            dana.up.send_rtp(picture(3))
            await ruth.down.until(lambda: len(ruth.got(shown)) == 4)
            await again.up.checked(again.ready.answer)
            await again.down.checked(again.ready.offer)
            await again.up.shake_hands(again.ready.answer)
            await again.down.shake_hands(again.ready.offer)
            async with asyncio.timeout(10):
                while dana.up.dtls.state != "closed":
                    again.up.send_rtp(picture(500, is_keyframe=True))
                    await asyncio.sleep(0)
            for seq in range(501, 505):
                again.up.send_rtp(picture(seq))
            await ruth.down.until(lambda: len(ruth.got(shown)) >= 9)
            numbers = seqs(ruth.got(shown))
            assert numbers == [(numbers[0] + step) & 0xFFFF for step in range(len(numbers))]


async def test_a_session_that_leaves_is_closed() -> None:
    async with media_room() as room, clients(room, "dana") as (dana,):
        await dana.join()
        await room.command(control.LeavePeer, session_id=dana.session_id)
        async with asyncio.timeout(10):
            while dana.up.dtls.state != "closed":
                await asyncio.sleep(0)


async def test_the_active_speaker_is_told() -> None:
    async with media_room() as room, clients(room, "dana") as (dana,):
        await dana.join()

        async def talk() -> None:
            seq = 0
            while True:
                dana.up.send_rtp(sound(seq, level=10))
                seq += 1
                await asyncio.sleep(0)

        talking = asyncio.create_task(talk())
        await room.report(lambda report: isinstance(report, control.SpeakerChanged) and report.participant_id == "dana")
        talking.cancel()


async def test_a_wrong_certificate_is_not_let_in() -> None:
    async with media_room() as room, clients(room, "dana", "mallory") as (dana, mallory):
        dana.fingerprint = mallory.fingerprint
        ready = await dana.signal()
        await dana.up.checked(ready.answer)
        handshake = asyncio.create_task(dana.up.shake_hands(ready.answer))
        await room.report(lambda report: isinstance(report, control.PeerState) and report.connection == "lost")
        handshake.cancel()
        await asyncio.gather(handshake, return_exceptions=True)
