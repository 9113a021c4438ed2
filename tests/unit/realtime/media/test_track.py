from struct import pack

import pytest

from meetings.ids import ParticipantId
from realtime.media.packet import Header, Packet
from realtime.media.sender_clock import SenderClock
from realtime.media.track import RESTARTS_LIMIT, Track

KEYFRAME, PICTURE = b"\x10\x10", b"\x10\x11"


class Screen:
    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.attached = 0

    def got(self, packet: Packet, now: float) -> None:
        self.seqs.append(packet.seq)

    def attach(self) -> None:
        self.attached += 1

    def leave(self, now: float) -> None:
        raise AssertionError


def made(kind: str = "video") -> Track:
    return Track(ParticipantId("dana"), kind, SenderClock())


def header(seq: int, ssrc: int = 1) -> Header:
    return Header(False, 96, seq, seq * 3000, ssrc, 12, 12, {})


def test_a_packet_is_numbered_kept_and_sent_on_once() -> None:
    track, screen = made(), Screen()
    track.outputs.append(screen)
    first = track.got(header(65_535), KEYFRAME, 0.0)
    second = track.got(header(0), PICTURE, 0.0)
    assert first is not None
    assert second is not None
    assert second.seq == first.seq + 1
    assert track.got(header(0), PICTURE, 0.0) is None
    track.send_on(second, 0.0)
    assert screen.seqs == [second.seq]


def test_a_repair_fills_only_a_gap() -> None:
    track = made()
    assert track.repaired(header(1, 2), 11, PICTURE, 0.0) is None
    track.got(header(10), KEYFRAME, 0.0)
    track.got(header(12), PICTURE, 0.0)
    assert track.gaps.due(1.0) != []
    assert track.repaired(header(1, 2), 12, PICTURE, 0.0) is None
    repaired = track.repaired(header(2, 2), 11, PICTURE, 0.0)
    assert repaired is not None
    assert track.gaps.due(9.0) == []


def test_a_new_stream_starts_anew_and_goes_on_from_there() -> None:
    track, screen = made(), Screen()
    track.outputs.append(screen)
    first = track.got(header(500), KEYFRAME, 0.0)
    fresh = track.got(header(3, ssrc=9), KEYFRAME, 0.0)
    assert first is not None
    assert fresh is not None
    assert fresh.seq > first.seq + 0x8000
    assert screen.attached == 2
    for ssrc in range(100, 100 + RESTARTS_LIMIT):
        track.got(header(1, ssrc=ssrc), KEYFRAME, 0.0)
    assert track.got(header(1, ssrc=7777), KEYFRAME, 0.0) is None


def test_what_is_switched_off_is_not_sent_on_and_comes_back_with_a_keyframe() -> None:
    track, screen = made(), Screen()
    packet = track.got(header(1), KEYFRAME, 0.0)
    track.outputs.append(screen)
    assert packet is not None
    track.switch(is_on=False)
    track.send_on(packet, 0.0)
    assert screen.seqs == []
    assert not track.wish.due(1.0)
    track.switch(is_on=True)
    assert track.wish.due(1.0)
    assert screen.attached == 1
    track.send_on(packet, 0.0)
    assert screen.seqs == [packet.seq]


def test_a_keyframe_answers_the_wish() -> None:
    track = made()
    track.wish.ask()
    track.got(header(1), PICTURE, 0.0)
    assert track.wish.due(1.0)
    track.got(header(2), KEYFRAME, 0.0)
    assert not track.wish.due(9.0)


def test_sound_has_no_descriptor_and_a_broken_one_is_refused() -> None:
    packet = made("audio").got(header(1), pack("!B", 0x90), 0.0)
    assert packet is not None
    assert packet.vp8 is None
    with pytest.raises(ValueError, match="cut off"):
        made().got(header(1), b"\x90", 0.0)


def test_more_than_was_agreed_is_not_sent_on() -> None:
    track = made("audio")
    kept = [track.got(header(seq), bytes(1000), seq / 50) for seq in range(500)]
    forwarded = [packet for packet in kept if packet is not None]
    assert 100 <= len(forwarded) <= 200
