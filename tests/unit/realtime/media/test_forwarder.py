from hypothesis import given
from hypothesis import strategies as st

from realtime.media.forwarder import HISTORY_PACKETS, Forwarder
from realtime.media.packet import Packet, Sent, Vp8


def video(
    seq: int, *, is_keyframe: bool = False, picture_id: int = 0, tl0: int = 0, rtp_time: int | None = None
) -> Packet:
    vp8 = Vp8(is_keyframe, picture_id, 2, True, tl0, 4)
    return Packet(seq, seq * 3000 if rtp_time is None else rtp_time, True, b"x", vp8)


def made() -> Forwarder:
    return Forwarder(90_000, 100, 5_000, is_video=True)


def forward(forwarder: Forwarder, packet: Packet, now: float = 0.0) -> Sent:
    sent = forwarder.forward(packet, now)
    assert sent is not None
    return sent


def test_video_waits_for_a_keyframe() -> None:
    forwarder = made()
    assert forwarder.forward(video(10), 0) is None
    assert forward(forwarder, video(11, is_keyframe=True)).seq & 0xFFFF == 101
    assert forward(forwarder, video(12)).seq & 0xFFFF == 102


def test_audio_waits_for_nothing() -> None:
    forwarder = Forwarder(48_000, 1, 0, is_video=False)
    assert forward(forwarder, Packet(7, 0, False, b"", None)).seq & 0xFFFF == 2


def test_a_late_packet_keeps_its_place_and_one_from_before_the_start_is_dropped() -> None:
    forwarder = made()
    first = forward(forwarder, video(10, is_keyframe=True))
    third = forward(forwarder, video(12))
    second = forward(forwarder, video(11))
    assert (second.seq, third.seq) == (first.seq + 1, first.seq + 2)
    assert forwarder.forward(video(9), 0) is None


def test_a_new_source_continues_numbers_time_and_ids() -> None:
    forwarder = made()
    forward(forwarder, video(10, is_keyframe=True, picture_id=500, tl0=5), 1.0)
    last = forward(forwarder, video(11, picture_id=501, tl0=6), 1.05)
    forwarder.attach()
    assert forwarder.forward(video(900, picture_id=3, tl0=200), 1.1) is None
    first = forward(forwarder, video(901, is_keyframe=True, picture_id=4, tl0=201, rtp_time=0xFFFFFFF0), 1.25)
    assert first.seq == last.seq + 1
    assert 17_900 <= (first.rtp_time - last.rtp_time) & 0xFFFFFFFF <= 18_100
    assert (first.picture_id, first.tl0) == (last.picture_id + 1, last.tl0 + 1)
    after = forward(forwarder, video(902, picture_id=5, tl0=202, rtp_time=2984), 1.3)
    assert (after.rtp_time - first.rtp_time) & 0xFFFFFFFF == 3000
    assert after.picture_id == first.picture_id + 1


def test_padding_takes_a_number_and_no_picture() -> None:
    forwarder = made()
    forward(forwarder, video(10, is_keyframe=True, picture_id=9))
    padding = forward(forwarder, Packet(11, 33_000, False, b"", None))
    assert forward(forwarder, video(12, picture_id=10)).seq == padding.seq + 1


def test_what_was_sent_is_found_for_a_while() -> None:
    forwarder = made()
    first = forward(forwarder, video(10, is_keyframe=True))
    assert forwarder.sent(first.seq & 0xFFFF) is first
    assert forwarder.sent((first.seq + 1) & 0xFFFF) is None
    for seq in range(11, 11 + HISTORY_PACKETS):
        forward(forwarder, video(seq))
    assert forwarder.sent(first.seq & 0xFFFF) is None
    assert forwarder.forward(video(10), 0) is None


def test_the_output_clock_runs_on() -> None:
    forwarder = made()
    assert forwarder.rtp_time_at(0) is None
    sent = forward(forwarder, video(10, is_keyframe=True), 2.0)
    assert forwarder.rtp_time_at(3.0) == (sent.rtp_time + 90_000) & 0xFFFFFFFF


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40), st.booleans()), max_size=120))
def test_a_number_names_one_packet_for_ever_and_the_newest_never_runs_back(steps: list[tuple[int, int, bool]]) -> None:
    forwarder, base, named, now, newest = made(), 0, {}, 0.0, 0
    for switch, offset, is_keyframe in steps:
        now += 0.01
        if switch == 0:
            forwarder.attach()
            base += 1000
        packet = video(base + offset, is_keyframe=is_keyframe)
        sent = forwarder.forward(packet, now)
        if sent is None:
            continue
        assert named.setdefault(sent.seq, packet.seq) == packet.seq
        assert sent.seq > newest - HISTORY_PACKETS
        newest = max(newest, sent.seq)
