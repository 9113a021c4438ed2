from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.media.packet import (
    BUFFER_BYTES,
    Packet,
    Sent,
    extend,
    read_header,
    read_vp8,
    send_time_24,
    write_audio,
    write_retransmission,
    write_video,
)


def head(first: int = 0x80, second: int = 96) -> bytes:
    return pack("!BBHII", first, second, 7, 9000, 42)


def test_a_plain_header() -> None:
    header = read_header(head(second=0x80 | 96) + b"abc")
    assert (header.marker, header.payload_type, header.seq, header.rtp_time, header.ssrc) == (True, 96, 7, 9000, 42)
    assert (header.start, header.end, header.extensions) == (12, 15, {})


def test_extensions_contributing_sources_and_padding() -> None:
    packet = (
        head(0x80 | 0x20 | 0x10 | 1) + bytes(4) + b"\xbe\xde\x00\x02\x10\x55\x00\x31\x01\x02\x00\x00" + b"body\x00\x02"
    )
    header = read_header(packet)
    assert header.extensions == {1: b"\x55", 3: b"\x01\x02"}
    assert packet[header.start : header.end] == b"body"


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        head()[:11],
        head(0x40),
        head(0x8F),
        head(0x90),
        head(0x90) + b"\xbe\xde\x00\x05",
        head(0x90) + b"\xbe\xde\x00\x01\x1f\x00\x00\x00",
        head(0xA0) + b"\xff",
        head(0xA0) + b"\x00",
    ],
)
def test_what_points_outside_is_refused(packet: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_header(packet)


def test_an_unknown_extension_profile_is_skipped() -> None:
    assert read_header(head(0x90) + b"\x10\x00\x00\x01\x01\x00\x00\x00").extensions == {}


def test_extension_id_fifteen_ends_the_list() -> None:
    assert read_header(head(0x90) + b"\xbe\xde\x00\x01\xf0\x10\x01\x00").extensions == {}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(packet: bytes) -> None:
    try:
        header = read_header(packet)
    except ValueError:
        return
    assert 12 <= header.start <= header.end <= len(packet)


KEYFRAME = b"\x90\xe0\x81\x23\x07\x00\x10\x00\x00\x9d\x01\x2a"


def test_a_vp8_keyframe_with_every_field() -> None:
    vp8 = read_vp8(KEYFRAME + b"\x80\x02\x68\x01")
    assert (vp8.is_keyframe, vp8.picture_id, vp8.picture_id_at, vp8.picture_id_wide) == (True, 0x123, 2, True)
    assert (vp8.tl0, vp8.tl0_at) == (7, 4)


def test_a_short_picture_id_and_no_fields_at_all() -> None:
    assert read_vp8(b"\x90\x80\x23\x11").picture_id == 0x23
    assert (read_vp8(b"\x90\x40\x07\x11").tl0, read_vp8(b"\x90\x40\x07\x11").tl0_at) == (7, 2)
    assert read_vp8(b"\x10\x10").is_keyframe
    assert not read_vp8(b"\x00\x10").is_keyframe


def test_a_picture_too_large_for_the_others_is_refused() -> None:
    with pytest.raises(ValueError, match="large"):
        read_vp8(KEYFRAME + b"\x80\x3e\x80\x3e")


@given(st.binary(max_size=30))
def test_any_vp8_payload_is_read_or_refused(payload: bytes) -> None:
    try:
        vp8 = read_vp8(payload)
    except ValueError:
        return
    assert max(vp8.picture_id_at, vp8.tl0_at) < len(payload)


def test_audio_is_written_with_new_numbers() -> None:
    out = memoryview(bytearray(BUFFER_BYTES))
    sent = Sent(Packet(1, 1, True, b"sound", None), 0x1FFFF, 0x1_0000_0005, 0, 0)
    size = write_audio(out, sent, 111, 77)
    header = read_header(bytes(out[:size]))
    assert (header.seq, header.rtp_time, header.ssrc, header.payload_type, header.marker) == (0xFFFF, 5, 77, 111, True)
    assert bytes(out[header.start : size]) == b"sound"


def test_video_is_written_with_new_ids_and_send_time() -> None:
    out = memoryview(bytearray(BUFFER_BYTES))
    payload = KEYFRAME + b"\x80\x02\x68\x01"
    sent = Sent(Packet(1, 1, False, payload, read_vp8(payload)), 5, 6, 0x7ABC, 9)
    size = write_video(out, sent, 96, 77, send_time_24(1.5))
    header = read_header(bytes(out[:size]))
    written = read_vp8(bytes(out[header.start : size]))
    assert (written.picture_id, written.tl0, written.is_keyframe) == (0x7ABC, 9, True)
    assert header.extensions[1] == (3 << 17).to_bytes(3, "big")


def test_a_short_picture_id_stays_short() -> None:
    out = memoryview(bytearray(BUFFER_BYTES))
    payload = b"\x90\x80\x23\x11rest"
    size = write_video(out, Sent(Packet(1, 1, False, payload, read_vp8(payload)), 5, 6, 0x1FF, 0), 96, 77, 0)
    assert bytes(out[20:size]) == b"\x90\x80\x7f\x11rest"


def test_a_frame_without_ids_is_written_as_it_came() -> None:
    out = memoryview(bytearray(BUFFER_BYTES))
    size = write_video(out, Sent(Packet(1, 1, False, b"\x10\x10rest", read_vp8(b"\x10\x10")), 5, 6, 7, 8), 96, 77, 0)
    assert bytes(out[20:size]) == b"\x10\x10rest"


def test_a_retransmission_names_its_original() -> None:
    out = memoryview(bytearray(BUFFER_BYTES))
    size = write_retransmission(out, Sent(Packet(1, 1, False, b"", None), 0x10203, 6, 0, 0), 97, 78, 4, 0)
    header = read_header(bytes(out[:size]))
    assert (header.payload_type, header.ssrc, header.seq) == (97, 78, 4)
    assert bytes(out[header.start : size]) == b"\x02\x03"


def test_numbers_extend_across_the_wrap() -> None:
    first = extend(0xFFFF, None)
    assert extend(0, first) == first + 1
    assert extend(0xFFFE, first) == first - 1
