from struct import unpack_from

from realtime.media import rtcp
from realtime.media.downlink import REPAIRS_A_SECOND, Downlink
from tests.support.media_client import VIDEO_SSRC, picture, sound
from tests.support.media_site import PlainPeer, ntp, uplink


def made() -> tuple[Downlink, PlainPeer]:
    peer = PlainPeer()
    return Downlink(peer, 1, 2, ntp), peer


async def test_an_empty_downlink_sends_nothing_at_all() -> None:
    down, peer = made()
    for now in (1.0, 5.0, 9.0):
        down.tick(now)
    assert (peer.rtp, peer.rtcp) == ([], [])


async def test_a_slot_shows_from_the_cached_keyframe() -> None:
    (up, source, _), (down, peer) = uplink(), made()
    for seq in range(3):
        source.got_rtp(picture(seq, is_keyframe=seq == 0), 1.0)
    down.video[0].show(up.video, 1.0)
    assert len(peer.rtp) == 3
    assert not up.video.wish.due(2.0)
    source.got_rtp(picture(3), 1.0)
    assert len(peer.rtp) == 4
    assert {unpack_from("!I", packet, 8)[0] for packet in peer.rtp} == {down.video[0].ssrc}


async def test_a_slot_without_a_keyframe_asks_for_one() -> None:
    (up, source, _), (down, peer) = uplink(), made()
    source.got_rtp(picture(1), 1.0)
    down.video[0].show(up.video, 1.0)
    assert peer.rtp == []
    assert up.video.wish.due(2.0)


async def test_a_slot_that_shows_nobody_gets_nothing_more() -> None:
    (up, source, _), (down, peer) = uplink(), made()
    down.audio[0].show(up.audio, 1.0)
    source.got_rtp(sound(1), 1.0)
    down.clear(1.0)
    source.got_rtp(sound(2), 1.0)
    assert (len(peer.rtp), up.audio.outputs) == (1, [])


async def test_sender_reports_follow_the_publishers_clock() -> None:
    (up, source, _), (down, peer) = uplink(), made()
    down.audio[0].show(up.audio, 1.0)
    source.got_rtp(sound(50), 10.0)
    shift = unpack_from("!I", peer.rtp[0], 4)[0] - 50 * 960
    down.tick(10.0)
    assert rtcp.read(peer.rtcp[0])[0] == rtcp.SenderReport(
        down.audio[0].ssrc, ntp(10.0), (50 * 960 + shift) & 0xFFFFFFFF
    )
    source.got_rtcp(rtcp.sender_report(up.audio.ssrc or 0, ntp(500.0), 48_000, 1, 1), 10.5)
    down.tick(11.5)
    assert rtcp.read(peer.rtcp[1])[0] == rtcp.SenderReport(down.audio[0].ssrc, ntp(11.5), (96_000 + shift) & 0xFFFFFFFF)


async def test_repairs_come_from_the_cache_and_are_limited() -> None:
    (up, source, _), (down, peer) = uplink(), made()
    slot = down.video[0]
    slot.show(up.video, 1.0)
    source.got_rtp(picture(0, is_keyframe=True), 1.0)
    seq = unpack_from("!H", peer.rtp[0], 2)[0]
    peer.got_rtcp(rtcp.nack(1, slot.ssrc, [seq, (seq + 1) & 0xFFFF]), 1.0)
    assert len(peer.rtp) == 2
    again = peer.rtp[1]
    assert (unpack_from("!I", again, 8)[0], unpack_from("!H", again, 20)[0]) == (slot.repair_ssrc, seq)
    for _ in range(2 * REPAIRS_A_SECOND):
        peer.got_rtcp(rtcp.nack(1, slot.ssrc, [seq]), 1.0)
    assert len(peer.rtp) == 1 + REPAIRS_A_SECOND


async def test_wishes_go_to_the_source_of_the_slot_only() -> None:
    (up, source, _), (down, peer) = uplink(), made()
    source.got_rtp(picture(0, is_keyframe=True), 1.0)
    peer.got_rtcp(rtcp.picture_loss(1, down.video[0].ssrc), 1.0)
    down.video[0].show(up.video, 1.0)
    peer.got_rtcp(rtcp.picture_loss(1, VIDEO_SSRC), 1.0)
    assert not up.video.wish.due(1.0)
    peer.got_rtcp(rtcp.picture_loss(1, down.video[0].ssrc), 1.0)
    assert up.video.wish.due(1.0)


async def test_loss_round_trip_and_estimate_are_read() -> None:
    (up, _, _), (down, peer) = uplink(), made()
    slot = down.audio[0]
    last = ntp(10.0) >> 16 & 0xFFFFFFFF
    report = rtcp.receiver_report(
        1, [rtcp.block(slot.ssrc, 0.5, 1, 1, 0, last, 65536), rtcp.block(5, 1, 1, 1, 0, 0, 0)]
    )
    peer.got_rtcp(report, 11.25)
    assert down.loss == 0.0
    slot.show(up.audio, 11.25)
    assert (down.loss, down.round_trip_s) == (0.5, 0.25)
