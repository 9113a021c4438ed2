"""RTCP: what is said about the media (RFC 3550, 4585, 5104; transport-wide feedback draft-holmer-rmcat-01). [pure]

Reading never raises on untrusted bytes but ValueError; unknown kinds are skipped. Only what a forwarder needs is read.
"""

from collections.abc import Iterator, Sequence
from struct import Struct, error, pack, unpack_from

import msgspec

SENDER_REPORT, RECEIVER_REPORT, DESCRIPTION, BYE, TRANSPORT_FEEDBACK, PICTURE_FEEDBACK = 200, 201, 202, 203, 205, 206
_BLOCK = Struct("!IIIIII")
# Most numbers read from one NACK packet: more than this is junk, and a keyframe is cheaper.
NACK_LIMIT = 512


class Block(msgspec.Struct, frozen=True):
    """What a receiver says of one stream: `loss` 0..1 since the last report, `last_report` and `delay` in 1/65536 s."""

    ssrc: int
    loss: float
    last_report: int
    delay: int


class SenderReport(msgspec.Struct, frozen=True):
    """The sender's clock (NTP, 32.32) beside its RTP clock."""

    ssrc: int
    ntp: int
    rtp_time: int


class Blocks(msgspec.Struct, frozen=True):
    """Reception blocks of a sender or receiver report."""

    blocks: tuple[Block, ...]


class Nack(msgspec.Struct, frozen=True):
    """Numbers missing at the receiver."""

    ssrc: int
    seqs: tuple[int, ...]


class KeyframeRequest(msgspec.Struct, frozen=True):
    """PLI or FIR."""

    ssrc: int


class Remb(msgspec.Struct, frozen=True):
    """The receiver's estimate of what it can get, all streams together."""

    bps: int


Said = SenderReport | Blocks | Nack | KeyframeRequest | Remb


def read(compound: bytes) -> list[Said]:
    """Everything understood in a compound packet. Raises ValueError when lengths do not fit."""
    try:
        return [said for kind, count, body in _parts(compound) for said in _read_part(kind, count, body)]
    except (error, IndexError) as problem:
        raise ValueError("RTCP is cut off") from problem


def _parts(compound: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at < len(compound):
        first, kind, words = unpack_from("!BBH", compound, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > len(compound):
            raise ValueError("not RTCP")
        yield kind, first & 31, compound[at + 4 : end]
        at = end


def _read_part(kind: int, count: int, body: bytes) -> Iterator[Said]:
    if kind == SENDER_REPORT:
        ssrc, ntp, rtp_time = unpack_from("!IQI", body)
        yield SenderReport(ssrc, ntp, rtp_time)
        yield Blocks(_blocks(body[24:], count))
    elif kind == RECEIVER_REPORT:
        yield Blocks(_blocks(body[4:], count))
    elif kind == TRANSPORT_FEEDBACK and count == 1:
        yield Nack(unpack_from("!I", body, 4)[0], _nacked(body[8:]))
    elif kind == PICTURE_FEEDBACK and count == 1:
        yield KeyframeRequest(unpack_from("!I", body, 4)[0])
    elif kind == PICTURE_FEEDBACK and count == 4:
        for at in range(8, len(body) - 7, 8):
            yield KeyframeRequest(unpack_from("!I", body, at)[0])
    elif kind == PICTURE_FEEDBACK and count == 15 and body[8:12] == b"REMB":
        exponent = body[13] >> 2
        yield Remb(((body[13] & 3) << 16 | body[14] << 8 | body[15]) << exponent)


def _blocks(body: bytes, count: int) -> tuple[Block, ...]:
    found = []
    for at in range(0, 24 * count, 24):
        ssrc, lost, _, _, last_report, delay = _BLOCK.unpack_from(body, at)
        found.append(Block(ssrc, (lost >> 24) / 256, last_report, delay))
    return tuple(found)


def _nacked(body: bytes) -> tuple[int, ...]:
    seqs: list[int] = []
    for at in range(0, len(body) - 3, 4):
        first, bits = unpack_from("!HH", body, at)
        seqs.append(first)
        seqs.extend((first + 1 + bit) & 0xFFFF for bit in range(16) if bits >> bit & 1)
        if len(seqs) > NACK_LIMIT:
            raise ValueError("too many numbers in a NACK")
    return tuple(seqs)


def _part(kind: int, count: int, body: bytes) -> bytes:
    return pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def receiver_report(ssrc: int, blocks: Sequence[bytes]) -> bytes:
    """A receiver report of up to 31 blocks made by `block`."""
    return _part(RECEIVER_REPORT, len(blocks), pack("!I", ssrc) + b"".join(blocks))


def block(ssrc: int, loss: float, lost: int, highest: int, jitter: int, last_report: int, delay: int) -> bytes:
    """One reception block; `loss` 0..1 since the last, `lost` in all, `highest` the extended number."""
    fraction = min(255, max(0, int(loss * 256)))
    total = min(0x7FFFFF, max(-0x800000, lost)) & 0xFFFFFF
    return _BLOCK.pack(ssrc, fraction << 24 | total, highest & 0xFFFFFFFF, jitter, last_report, delay)


def sender_report(ssrc: int, ntp: int, rtp_time: int, packets: int, octets: int) -> bytes:
    """A sender report without blocks."""
    body = pack("!IQIII", ssrc, ntp, rtp_time & 0xFFFFFFFF, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF)
    return _part(SENDER_REPORT, 0, body)


def description(ssrc: int, cname: bytes) -> bytes:
    """A source description with a canonical name of at most 255 bytes."""
    item = pack("!IBB", ssrc, 1, len(cname)) + cname
    return _part(DESCRIPTION, 1, item + bytes(4 - len(item) % 4))


def picture_loss(ssrc: int, media_ssrc: int) -> bytes:
    """Ask for a keyframe."""
    return _part(PICTURE_FEEDBACK, 1, pack("!II", ssrc, media_ssrc))


def nack(ssrc: int, media_ssrc: int, seqs: Sequence[int]) -> bytes:
    """Ask for missing packets; `seqs` 16-bit, ascending in their own order."""
    words: list[tuple[int, int]] = []
    for seq in seqs:
        distance = (seq - words[-1][0]) & 0xFFFF if words else 0
        if words and 0 < distance <= 16:
            words[-1] = (words[-1][0], words[-1][1] | 1 << (distance - 1))
        else:
            words.append((seq, 0))
    return _part(TRANSPORT_FEEDBACK, 1, pack("!II", ssrc, media_ssrc) + b"".join(pack("!HH", *word) for word in words))


def transport_feedback(ssrc: int, media_ssrc: int, arrivals: Sequence[tuple[int, float]], number: int) -> bytes:
    """Transport-wide feedback on what arrived: (extended sequence number, arrival in seconds), ascending, not empty."""
    first, last = arrivals[0][0], arrivals[-1][0]
    reference = int(arrivals[0][1] / 0.064)
    arrived = dict(arrivals)
    symbols, deltas, clock = [], [], reference * 256
    for seq in range(first, last + 1):
        at = arrived.get(seq)
        if at is None:
            symbols.append(0)
            continue
        delta = max(-0x8000, min(0x7FFF, round(at * 4000) - clock))
        clock += delta
        small = 0 <= delta <= 255
        symbols.append(1 if small else 2)
        deltas.append(pack("!B", delta) if small else pack("!h", delta))
    body = pack("!IIHHI", ssrc, media_ssrc, first & 0xFFFF, len(symbols), (reference & 0xFFFFFF) << 8 | number & 0xFF)
    body += b"".join(_symbol_chunks(symbols)) + b"".join(deltas)
    return _part(TRANSPORT_FEEDBACK, 15, body + bytes(-len(body) % 4))


def _symbol_chunks(symbols: Sequence[int]) -> Iterator[bytes]:
    for at in range(0, len(symbols), 7):
        word = 0xC000
        for place, symbol in enumerate(symbols[at : at + 7]):
            word |= symbol << (12 - 2 * place)
        yield pack("!H", word)
