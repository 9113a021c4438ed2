from realtime.media import rtcp
from realtime.media.uplink import LEVEL_OF_SILENCE
from tests.support.media_client import AUDIO_SSRC, REPAIR_SSRC, VIDEO_SSRC, picture, rtp, sound
from tests.support.media_site import uplink


def said(sent: list[bytes]) -> list[rtcp.Said]:
    return [one for compound in sent for one in rtcp.read(compound)]


async def test_packets_find_their_track_by_payload_type() -> None:
    up, peer, levels = uplink()
    peer.got_rtp(sound(5, level=30), 1.0)
    peer.got_rtp(picture(7, is_keyframe=True), 1.0)
    peer.got_rtp(rtp(100, 1, 1, 9, b"unknown"), 1.0)
    assert (up.audio.ssrc, up.video.ssrc) == (AUDIO_SSRC, VIDEO_SSRC)
    assert levels == [30]


async def test_sound_without_a_level_counts_as_silence_and_none_when_off() -> None:
    up, peer, levels = uplink()
    peer.got_rtp(rtp(111, 1, 960, AUDIO_SSRC, b"sound"), 1.0)
    assert levels == [LEVEL_OF_SILENCE]
    up.audio.switch(is_on=False)
    peer.got_rtp(sound(2), 1.0)
    assert levels == [LEVEL_OF_SILENCE]


async def test_a_repair_becomes_the_packet_that_was_missing() -> None:
    up, peer, _ = uplink()
    peer.got_rtp(picture(1, is_keyframe=True), 1.0)
    peer.got_rtp(picture(3), 1.0)
    assert up.video.gaps.due(2.0) != []
    peer.got_rtp(rtp(97, 1, 6000, REPAIR_SSRC, b"\x00\x02" + picture(2)[12:]), 1.0)
    assert up.video.gaps.due(9.0) == []
    peer.got_rtp(rtp(97, 2, 6000, REPAIR_SSRC, b"\x00"), 1.0)


async def test_what_is_due_is_sent() -> None:
    up, peer, _ = uplink()
    up.tick(1.0)
    assert peer.rtcp == []
    for seq in (1, 2, 5):
        peer.got_rtp(sound(seq), 1.0)
        peer.got_rtp(picture(seq, is_keyframe=seq == 1), 1.0)
    up.video.wish.ask()
    up.tick(2.5)
    found = said(peer.rtcp)
    assert rtcp.Nack(VIDEO_SSRC, (3, 4)) in found
    assert rtcp.KeyframeRequest(VIDEO_SSRC) in found
    blocks = next(one for one in found if isinstance(one, rtcp.Blocks)).blocks
    assert {block.ssrc for block in blocks} == {AUDIO_SSRC, VIDEO_SSRC}
    assert peer.rtcp[0][1] == 201
    assert b"\x8f\xcd" in peer.rtcp[0]
    assert up.loss == 0.4


async def test_a_wish_is_told_with_the_next_packet() -> None:
    up, peer, _ = uplink()
    peer.got_rtp(picture(1), 1.0)
    up.video.wish.ask()
    peer.got_rtp(picture(2), 1.01)
    peer.got_rtp(picture(3), 1.02)
    assert said(peer.rtcp).count(rtcp.KeyframeRequest(VIDEO_SSRC)) == 1


async def test_a_sender_report_sets_the_clock_of_its_track() -> None:
    up, peer, _ = uplink()
    peer.got_rtp(sound(1), 1.0)
    peer.got_rtcp(rtcp.sender_report(AUDIO_SSRC, 1000 << 32, 48_000, 1, 1), 10.0)
    peer.got_rtcp(rtcp.sender_report(4321, 1000 << 32, 48_000, 1, 1), 10.0)
    assert up.audio.clock.rtp_time_at(11.0) == 96_000
    assert up.video.clock.rtp_time_at(11.0) is None
