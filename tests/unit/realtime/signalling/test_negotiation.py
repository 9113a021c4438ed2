import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.signalling.negotiation import read_publish_offer, read_subscribe_answer
from realtime.signalling.sdp import Dialled, SdpRefused, VideoSlot, subscribe_offer
from tests.support.media_client import publish_offer, subscribe_answer

FINGERPRINT = ":".join(["AB"] * 32)
OTHER = ":".join(["CD"] * 32)


def refuse(text: str, reason: str) -> None:
    with pytest.raises(SdpRefused, match=reason):
        read_publish_offer(text)


def test_a_good_offer() -> None:
    offer = read_publish_offer(publish_offer(FINGERPRINT.lower()))
    assert offer.fingerprint == FINGERPRINT
    audio, video = offer.media
    assert (audio.kind, audio.mid, audio.payload_type, audio.level_id, audio.transport_id) == ("audio", "0", 111, 1, 3)
    assert (video.kind, video.mid, video.payload_type, video.repair, video.level_id) == ("video", "1", 96, 97, 0)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("m=video 9 UDP/TLS/RTP/SAVPF 96 97", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "not one audio"),
        ("m=video", "m=audio", "not one audio"),
        ("a=sendonly", "a=sendrecv", "not sendonly"),
        ("a=sendonly", "a=recvonly", "not sendonly"),
        ("a=setup:actpass", "a=setup:passive", "setup"),
        ("a=setup:actpass", "a=setup:active\r\na=setup:passive", "setup"),
        ("a=fingerprint:sha-256", "a=fingerprint:sha-1", "fingerprint"),
        ("a=fingerprint:sha-256", "a=x:y", "fingerprint"),
        (FINGERPRINT, "AB:CD", "junk fingerprint"),
        ("a=ice-ufrag:abcd", 'a=ice-ufrag:a"b\x00', "junk ICE"),
        ("a=ice-ufrag:abcd", "a=ice-ufrag:abc", "junk ICE"),
        ("a=ice-pwd:abcdefghijklmnopqrstuvwx", "a=ice-pwd:a", "junk ICE"),
        ("a=ice-pwd:abcdefghijklmnopqrstuvwx", "a=nothing", "ice-pwd"),
        ("a=mid:1", "a=mid:0", "bundle"),
        ("a=mid:1", "a=mid:" + "x" * 17, "mid"),
        ("a=mid:1", "a=nothing", "mid"),
        ("a=group:BUNDLE 0 1", "a=group:LS 0 1", "bundle"),
        ("a=rtcp-mux", "a=nothing", "rtcp-mux"),
        ("VP8/90000", "H264/90000", "no VP8"),
        ("opus/48000/2", "PCMU/8000", "No|no"),
        ("a=ssrc:2222", "a=ssrc:1111", "SSRC"),
        ("a=rtpmap:96 VP8/90000", "a=rtpmap:72 VP8/90000", "no VP8"),
        ("a=extmap:1 ", "a=extmap:3 ", "twice"),
    ],
)
def test_anything_else_is_refused(old: str, new: str, reason: str) -> None:
    changed = publish_offer(FINGERPRINT, **{old: new})
    assert changed != publish_offer(FINGERPRINT)
    refuse(changed, reason)


def test_contradictory_fingerprints_are_refused() -> None:
    first, second = publish_offer(FINGERPRINT).split("m=video")
    refuse(first + "m=video" + second.replace(FINGERPRINT, OTHER), "contradictory")
    refuse(publish_offer(FINGERPRINT, **{"a=setup": f"a=fingerprint:sha-1 {FINGERPRINT}\r\na=setup"}), "weak")


def test_longer_hashes_of_the_same_certificate_may_stand_beside() -> None:
    text = publish_offer(FINGERPRINT, **{"a=setup": "a=fingerprint:sha-512 00\r\na=setup"})
    assert read_publish_offer(text).fingerprint == FINGERPRINT


def test_what_stands_in_the_session_part_holds_for_all() -> None:
    lines = f"a=fingerprint:sha-256 {FINGERPRINT}\r\na=setup:actpass\r\n"
    text = publish_offer(FINGERPRINT, **{lines: ""}).replace("a=group", lines + "a=group")
    assert read_publish_offer(text).fingerprint == FINGERPRINT


def test_extension_ids_out_of_range_and_codecs_with_odd_numbers_are_skipped() -> None:
    text = publish_offer(FINGERPRINT, **{"a=extmap:1 ": "a=extmap:15 ", "SAVPF 96 97": "SAVPF 9x 300 96 97"})
    audio, video = read_publish_offer(text).media
    assert (audio.level_id, video.payload_type) == (0, 96)


def test_parameters_of_other_codecs_mean_nothing_here() -> None:
    text = publish_offer(FINGERPRINT, **{"a=ssrc:1111": "a=fmtp:111 minptime=10;useinbandfec=1\r\na=ssrc:1111"})
    assert read_publish_offer(text) == read_publish_offer(publish_offer(FINGERPRINT))


def test_candidates_of_the_browser_are_never_looked_at() -> None:
    evil = "a=candidate:1 1 udp 1 169.254.169.254 22 typ host\r\na=setup"
    assert read_publish_offer(publish_offer(FINGERPRINT, **{"a=setup": evil})) == read_publish_offer(
        publish_offer(FINGERPRINT)
    )


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(SdpRefused):
        read_publish_offer("v=0\n" + text)


@given(st.data())
def test_a_damaged_offer_is_read_or_refused(data: st.DataObject) -> None:
    text = publish_offer(FINGERPRINT)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    damaged = text[:start] + data.draw(st.text(max_size=20)) + text[end:]
    try:
        assert len(read_publish_offer(damaged).media) == 2
    except SdpRefused as refused:
        assert refused.code == "media.bad_offer"


SIDE = Dialled(ufrag="u" * 16, pwd="p" * 32, fingerprint=OTHER, hosts=("127.0.0.1",), port=1, session_number=1)
SLOTS = subscribe_offer(SIDE, (11,), (VideoSlot(21, 22),), 1)


def test_a_good_answer() -> None:
    assert read_subscribe_answer(subscribe_answer(SLOTS, FINGERPRINT), ("a0", "v0")) == FINGERPRINT


def test_an_answer_to_every_slot_that_can_be_asked_for() -> None:
    mids = (*(f"a{place}" for place in range(3)), *(f"v{place}" for place in range(24)))
    slots = subscribe_offer(SIDE, list(range(1, 4)), [VideoSlot(100 + place, 200 + place) for place in range(24)], 3)
    assert read_subscribe_answer(subscribe_answer(slots, FINGERPRINT), mids) == FINGERPRINT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a=mid:v0", "a=mid:v1"),
        ("a=setup:active", "a=setup:passive"),
        ("a=recvonly", "a=inactive"),
        ("m=video 9", "m=video 0"),
        ("m=video", "m=application"),
    ],
)
def test_another_answer_is_refused(old: str, new: str) -> None:
    text = subscribe_answer(SLOTS, FINGERPRINT).replace(old, new)
    if new == "m=application":
        text = text.replace("a=mid:v0", "a=mid:data")
    with pytest.raises(SdpRefused):
        read_subscribe_answer(text, ("a0", "v0"))
