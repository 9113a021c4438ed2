import msgspec
import pytest

from realtime.signalling.sdp import (
    LINES_LIMIT,
    MEDIA_LIMIT,
    SDP_BYTES,
    AcceptedMedia,
    Dialled,
    SdpRefused,
    VideoSlot,
    publish_answer,
    read,
    subscribe_offer,
)

SIDE = Dialled(
    ufrag="u" * 16,
    pwd="p" * 32,
    fingerprint=":".join(["AB"] * 32),
    hosts=("203.0.113.9", "2001:db8::9"),
    port=8471,
    session_number=5,
)
AUDIO = AcceptedMedia(kind="audio", mid="0", payload_type=109, repair=0, level_id=1, transport_id=3)
VIDEO = AcceptedMedia(kind="video", mid="1", payload_type=120, repair=124, level_id=0, transport_id=5)


def test_a_read_sdp_keeps_attributes_in_order() -> None:
    found = read(
        "v=0\r\na=group:BUNDLE x\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:x\r\na=ssrc:1 a\r\na=ssrc:2 b\r\n"
    )
    assert found.session.all("group") == ["BUNDLE x"]
    assert found.media[0].formats == ("111", "0")
    assert found.media[0].all("ssrc") == ["1 a", "2 b"]
    assert found.media[0].has("mid")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "v=0\n" + "a=x\n" * LINES_LIMIT,
        "v=0" + "x" * SDP_BYTES,
        "v=0\n" + "é" * (SDP_BYTES // 2 + 1),
        "v=0\n" + "m=audio 9 UDP/TLS/RTP/SAVPF 0\n" * (MEDIA_LIMIT + 1),
        "v=0\nm=audio\n",
        "v=0\nm=audio nine UDP/TLS/RTP/SAVPF 0\n",
        "v=0\nm=audio ² UDP/TLS/RTP/SAVPF 0\n",
    ],
)
def test_what_is_no_sdp_or_too_much_is_refused(text: str) -> None:
    with pytest.raises(SdpRefused) as refused:
        read(text)
    assert refused.value.code == "media.bad_offer"


def test_the_answer_uses_the_browsers_numbers_and_one_certificate() -> None:
    text = publish_answer(SIDE, (AUDIO, VIDEO))
    found = read(text)
    assert "a=ice-lite" in text
    assert found.session.all("group") == ["BUNDLE 0 1"]
    assert [media.formats for media in found.media] == [("109",), ("120", "124")]
    assert all(media.all("setup") == ["passive"] and media.has("recvonly") for media in found.media)
    assert found.media[1].all("fmtp") == ["124 apt=120"]
    assert found.media[0].all("extmap")[0] == "1 urn:ietf:params:rtp-hdrext:ssrc-audio-level"
    assert "a=rtcp-fb:120 transport-cc" in text
    assert "m=application" not in text


def test_candidates_are_host_candidates_of_the_node_best_first() -> None:
    lines = [line for line in publish_answer(SIDE, (AUDIO, VIDEO)).split("\r\n") if "candidate:" in line]
    assert [line.split(" ")[4] for line in lines] == ["203.0.113.9", "2001:db8::9"]
    assert all(line.endswith("8471 typ host") for line in lines)
    priorities = [int(line.split(" ")[3]) for line in lines]
    assert priorities == sorted(priorities, reverse=True)


def test_an_answer_without_repair_or_extensions_names_none() -> None:
    plain = AcceptedMedia(kind="video", mid="1", payload_type=96, repair=0, level_id=0, transport_id=0)
    text = publish_answer(SIDE, (plain,))
    assert "rtx" not in text
    assert "extmap:" not in text
    assert "transport-cc" not in text


def test_the_offer_of_slots_has_stable_mids_and_the_primary_stream_first() -> None:
    found = read(subscribe_offer(SIDE, (11, 12, 13), (VideoSlot(21, 22), VideoSlot(31, 32)), 1))
    assert [media.all("mid")[0] for media in found.media] == ["a0", "a1", "a2", "v0", "v1"]
    video = found.media[3]
    assert video.all("ssrc-group") == ["FID 21 22"]
    assert [line.split(" ")[0] for line in video.all("ssrc")] == ["21", "21", "22", "22"]
    assert all(media.has("sendonly") and media.all("setup") == ["actpass"] for media in found.media)
    assert found.media[0].has("candidate")
    assert not video.has("candidate")


def test_an_offer_without_audio_carries_candidates_on_its_first_slot() -> None:
    assert read(subscribe_offer(SIDE, (), (VideoSlot(21, 22),), 1)).media[0].has("candidate")


def test_tcp_candidates_come_after_udp() -> None:
    text = publish_answer(msgspec.structs.replace(SIDE, has_tcp=True), (AUDIO,))
    tcp = [line for line in text.split("\r\n") if " tcp " in line]
    udp = [line for line in text.split("\r\n") if " udp " in line]
    assert len(tcp) == 2
    assert all(line.endswith("typ host tcptype passive") for line in tcp)
    assert max(int(line.split(" ")[3]) for line in tcp) < min(int(line.split(" ")[3]) for line in udp)
