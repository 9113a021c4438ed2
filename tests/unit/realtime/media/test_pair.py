from meetings.ids import ParticipantId
from realtime.media.downlink import Downlink
from realtime.media.pair import SILENT_S, WEAK_HOLD_S, Pair
from realtime.media.peer import CONNECT_S
from tests.support.media_client import picture
from tests.support.media_site import PlainPeer, ntp, settle, uplink


def made(now: float = 0.0) -> tuple[Pair, PlainPeer, PlainPeer]:
    up, up_peer, _ = uplink()
    down_peer = PlainPeer()
    pair = Pair("s", ParticipantId("dana"), up, Downlink(down_peer, 3, 2, ntp), now)
    up_peer.heard_at = down_peer.heard_at = now
    return pair, up_peer, down_peer


async def test_a_pair_is_connecting_good_lost_and_good_again() -> None:
    pair, up, down = made()
    down.is_connected = False
    assert pair.state(1.0) == "connecting"
    down.is_connected = True
    assert pair.state(1.0) == "good"
    assert pair.state(SILENT_S + 0.1) == "lost"
    up.heard_at = SILENT_S
    assert pair.state(SILENT_S + 0.1) == "good"


async def test_a_weak_pair_stays_weak_for_a_while() -> None:
    pair, up, down = made()
    pair.downlink.round_trip_s = 0.7
    assert pair.state(1.0) == "weak"
    pair.downlink.round_trip_s = 0.1
    up.heard_at = down.heard_at = 1.0 + WEAK_HOLD_S
    assert pair.state(0.9 + WEAK_HOLD_S) == "weak"
    assert pair.state(1.0 + WEAK_HOLD_S) == "good"
    pair.uplink.video.reception.loss = 0.09
    assert pair.state(1.0 + WEAK_HOLD_S) == "weak"


async def test_a_pair_that_does_not_connect_is_given_up() -> None:
    pair, _, down = made()
    down.is_connected = False
    pair.tick(CONNECT_S)
    assert not pair.is_closed
    pair.tick(CONNECT_S + 0.1)
    assert (pair.is_closed, pair.state(CONNECT_S + 0.1)) == (True, "lost")
    await settle()


async def test_closing_takes_the_pictures_off_every_screen() -> None:
    pair, up, _ = made()
    other, _, screen = made()
    other.downlink.video[0].show(pair.uplink.video, 0.0)
    pair.close(0.0)
    assert other.downlink.video[0].source is None
    up.got_rtp(picture(1, is_keyframe=True), 0.0)
    assert screen.rtp == []
    await settle()


async def test_a_new_pair_continues_what_was_switched_off_and_shown() -> None:
    before, _, _ = made()
    before.uplink.video.switch(is_on=False)
    before.shown = (ParticipantId("ruth"),)
    after, _, _ = made()
    after.continue_from(before)
    assert (after.shown, after.uplink.video.is_on, after.uplink.audio.is_on) == ((ParticipantId("ruth"),), False, True)
