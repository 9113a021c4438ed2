from struct import pack, unpack_from

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.media import rtcp


def test_reports_there_and_back() -> None:
    compound = rtcp.sender_report(1, 2 << 32 | 5, 900, 10, 1000) + rtcp.description(1, b"hearth")
    assert rtcp.read(compound) == [rtcp.SenderReport(1, 2 << 32 | 5, 900), rtcp.Blocks(())]
    report = rtcp.receiver_report(9, [rtcp.block(7, 0.25, -3, 70_000, 5, 11, 12)])
    assert rtcp.read(report) == [rtcp.Blocks((rtcp.Block(7, 0.25, 11, 12),))]


def test_wishes_there_and_back() -> None:
    assert rtcp.read(rtcp.picture_loss(1, 42)) == [rtcp.KeyframeRequest(42)]
    full_intra = pack("!BBHIIIBxxx", 0x84, 206, 4, 1, 0, 42, 3)
    assert rtcp.read(full_intra) == [rtcp.KeyframeRequest(42)]
    seqs = (65_534, 65_535, 0, 16, 40)
    assert rtcp.read(rtcp.nack(1, 42, seqs)) == [rtcp.Nack(42, seqs)]
    estimate = pack("!BBHII4sBBHI", 0x8F, 206, 5, 1, 0, b"REMB", 1, 3 << 2, 1000, 42)
    assert rtcp.read(estimate) == [rtcp.Remb(8000)]


def test_unknown_kinds_are_skipped() -> None:
    assert rtcp.read(pack("!BBHI", 0x80, 204, 1, 1) + pack("!BBH", 0x80, 207, 0)) == []


@pytest.mark.parametrize(
    "compound",
    [
        b"\x80",
        b"\x40\xc8\x00\x00",
        pack("!BBH", 0x80, 200, 9),
        pack("!BBHI", 0x80, 200, 1, 1),
        pack("!BBHI", 0x85, 201, 1, 1),
        pack("!BBHII4s", 0x8F, 206, 3, 1, 0, b"REMB"),
        pack("!BBHII", 0x81, 205, 202, 1, 2) + pack("!HH", 0, 0xFFFF) * 200,
    ],
)
def test_what_is_cut_off_or_too_much_is_refused(compound: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        rtcp.read(compound)


@given(st.binary(max_size=120))
def test_any_bytes_are_read_or_refused(compound: bytes) -> None:
    try:
        assert isinstance(rtcp.read(compound), list)
    except ValueError:
        return


def test_transport_feedback_by_the_letter() -> None:
    made = rtcp.transport_feedback(1, 2, [(65_535, 0.064), (65_537, 0.065), (65_538, 0.2)], 258)
    first, count, word = unpack_from("!HHI", made, 12)
    assert (first, count, word) == (65_535, 4, 1 << 8 | 2)
    # A status vector of two-bit symbols: small, missing, small, large; then 0, 4 and 540 quarters of a millisecond.
    assert unpack_from("!HBBh", made, 20) == (0xC000 | 1 << 12 | 1 << 8 | 2 << 6, 0, 4, 540)
    assert len(made) % 4 == 0
    assert unpack_from("!BBH", made) == (0x8F, 205, len(made) // 4 - 1)


def test_transport_feedback_of_arrivals_out_of_order() -> None:
    made = rtcp.transport_feedback(1, 2, [(10, 0.070), (11, 0.069)], 0)
    assert unpack_from("!HBh", made, 20) == (0xC000 | 1 << 12 | 2 << 10, 24, -4)


def test_a_description_ends_on_a_word_with_a_zero() -> None:
    for name in (b"a", b"ab", b"abc", b"abcd"):
        made = rtcp.description(1, name)
        assert len(made) % 4 == 0
        assert made[-1] == 0
