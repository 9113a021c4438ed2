"""Yjs v1 updates taken apart: runs of items of one client, and what is deleted. [pure]

Decoding knows the format, not the document: whether references exist and who may write is for `inspector`.
"""

import msgspec

from realtime.plan.lib0 import Reader, utf16_length, var_string, varuint
from realtime.plan.refusals import GAP, MALFORMED, OUTSIDE_OUTLINE, TOO_BIG, PlanUpdateError

GC = 0
DELETED = 1
STRING = 4
TYPE = 7
ANY = 8
SKIP = 10
KNOWN_KINDS = range(11)

TYPE_MAP = 1
TYPE_TEXT = 2

_HAS_ORIGIN = 0x80
_HAS_RIGHT = 0x40
_HAS_KEY = 0x20

_ANY_STRING = 119
_ANY_TRUE = 120
_ANY_FALSE = 121

MAX_CLOCK = 2**31 - 1

Id = tuple[int, int]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes of one update: bytes in all, structs, and the length of one erased run."""

    update_bytes: int = 65_536
    structs: int = 5_000
    erased: int = 65_536


LIVE = Limits()
"""A change as it is typed. Larger pastes are split by the browser."""

STEP_TWO = Limits(update_bytes=262_144, erased=262_144)
"""All that was typed while offline: Yjs joins neighbouring items, so one may hold several updates' worth."""

TRUSTED = Limits(update_bytes=64 * 2**20, structs=10_000_000, erased=MAX_CLOCK)
"""From our own log or engine."""


class Item(msgspec.Struct, gc=False):
    """One struct: `length` clocks from `clock`, bytes [start, end) of the update. `parent`: a root's name or an id."""

    kind: int
    clock: int
    length: int
    start: int
    end: int
    origin: Id | None
    right: Id | None
    parent: str | Id | None
    key: str | None
    value: str | int | tuple[str | bool, ...] | None

    def __repr__(self) -> str:
        """Plan text cannot be printed."""
        return f"Item({self.kind}, {self.clock}+{self.length})"


class Block(msgspec.Struct, gc=False):
    """Items of one client, contiguous from `clock` to `end_clock`."""

    client_id: int
    clock: int
    end_clock: int
    items: list[Item]


class Decoded(msgspec.Struct, gc=False):
    """An update: blocks, deleted ranges (client, clock, length), and where in the bytes the deletes begin."""

    blocks: list[Block]
    deletes: list[tuple[int, int, int]]
    deletes_at: int


def decode(update: bytes, limits: Limits) -> Decoded:
    """Take an update apart. Raises malformed, too_big, gap (Skip), outside_outline (content we have no use for)."""
    if len(update) > limits.update_bytes:
        raise PlanUpdateError(TOO_BIG)
    reader = Reader(update)
    blocks: list[Block] = []
    seen: set[int] = set()
    room = limits.structs
    for _ in range(reader.count()):
        block = _block(reader, room, limits.erased)
        if block.client_id in seen:
            raise PlanUpdateError(MALFORMED)
        seen.add(block.client_id)
        room -= len(block.items)
        blocks.append(block)
    deletes_at = reader.pos
    deletes = _deletes(reader)
    reader.finish()
    return Decoded(blocks, deletes, deletes_at)


def _block(reader: Reader, room: int, max_erased: int) -> Block:
    count = reader.count()
    if count > room:
        raise PlanUpdateError(TOO_BIG)
    client_id = reader.varuint()
    first = clock = reader.varuint()
    items = []
    for _ in range(count):
        item = _item(reader, clock, max_erased)
        clock += item.length
        items.append(item)
    if clock > MAX_CLOCK:
        raise PlanUpdateError(MALFORMED)
    return Block(client_id, first, clock, items)


def _item(reader: Reader, clock: int, max_erased: int) -> Item:
    start = reader.pos
    info = reader.byte()
    kind = info & 0x1F
    if kind == GC:
        if info != GC:
            raise PlanUpdateError(MALFORMED)
        return Item(GC, clock, _erased(reader, max_erased), start, reader.pos, None, None, None, None, None)
    if kind == SKIP:
        raise PlanUpdateError(GAP)
    origin = (reader.varuint(), reader.varuint()) if info & _HAS_ORIGIN else None
    right = (reader.varuint(), reader.varuint()) if info & _HAS_RIGHT else None
    parent: str | Id | None = None
    key = None
    if origin is None and right is None:
        parent = _parent(reader)
        if info & _HAS_KEY:
            key = reader.var_string()
    if kind == STRING:
        text = reader.var_string()
        length = len(text) if text.isascii() else utf16_length(text)
        if not length:
            raise PlanUpdateError(MALFORMED)
        if "\x00" in text:
            raise PlanUpdateError(OUTSIDE_OUTLINE)
        return Item(STRING, clock, length, start, reader.pos, origin, right, parent, key, text)
    if kind == DELETED:
        length = _erased(reader, max_erased)
        return Item(DELETED, clock, length, start, reader.pos, origin, right, parent, key, None)
    if kind == TYPE:
        return Item(TYPE, clock, 1, start, reader.pos + 1, origin, right, parent, key, _type(reader))
    if kind == ANY:
        values = tuple(_any(reader) for _ in range(reader.count()))
        if not values:
            raise PlanUpdateError(MALFORMED)
        return Item(ANY, clock, len(values), start, reader.pos, origin, right, parent, key, values)
    raise PlanUpdateError(OUTSIDE_OUTLINE if kind in KNOWN_KINDS else MALFORMED)


def _erased(reader: Reader, most: int) -> int:
    length = reader.varuint()
    if not length:
        raise PlanUpdateError(MALFORMED)
    if length > most:
        raise PlanUpdateError(TOO_BIG)
    return length


def _parent(reader: Reader) -> str | Id:
    by_name = reader.varuint()
    if by_name == 1:
        return reader.var_string()
    if by_name == 0:
        return (reader.varuint(), reader.varuint())
    raise PlanUpdateError(MALFORMED)


def _type(reader: Reader) -> int:
    reference = reader.varuint()
    if reference not in (TYPE_MAP, TYPE_TEXT):
        raise PlanUpdateError(OUTSIDE_OUTLINE)
    return reference


def _any(reader: Reader) -> str | bool:
    tag = reader.byte()
    if tag == _ANY_STRING:
        return reader.var_string()
    if tag == _ANY_TRUE:
        return True
    if tag == _ANY_FALSE:
        return False
    raise PlanUpdateError(OUTSIDE_OUTLINE)


def _deletes(reader: Reader) -> list[tuple[int, int, int]]:
    clients = reader.count()
    if not clients:
        return []
    deletes = []
    for _ in range(clients):
        client_id = reader.varuint()
        for _ in range(reader.count()):
            clock = reader.varuint()
            length = reader.varuint()
            if not length or clock + length > MAX_CLOCK:
                raise PlanUpdateError(MALFORMED)
            deletes.append((client_id, clock, length))
    return deletes


def encode_deletes(ranges: list[tuple[int, int, int]]) -> bytes:
    """The delete part of an update, grouped by client in the order given."""
    by_client: dict[int, list[bytes]] = {}
    for client_id, clock, length in ranges:
        by_client.setdefault(client_id, []).append(varuint(clock) + varuint(length))
    parts = [varuint(len(by_client))]
    for client_id, encoded in by_client.items():
        parts += [varuint(client_id), varuint(len(encoded)), *encoded]
    return b"".join(parts)


def encode_block(update: bytes, block: Block, from_clock: int) -> bytes:
    """An update of the items of one block from a clock on, as Yjs would send it; its delete part is left to add."""
    items = [item for item in block.items if item.clock + item.length > from_clock]
    parts = [b"\x01", varuint(len(items)), varuint(block.client_id), varuint(max(from_clock, items[0].clock))]
    if items[0].clock < from_clock:
        parts.append(_tail(items[0], from_clock - items[0].clock, block.client_id))
        items = items[1:]
    parts += [update[item.start : item.end] for item in items]
    return b"".join(parts)


def _tail(item: Item, offset: int, client_id: int) -> bytes:
    """An item without its first clocks, hung on the clock before."""
    if item.kind == GC:
        return b"\x00" + varuint(item.length - offset)
    info = item.kind | _HAS_ORIGIN | (_HAS_RIGHT if item.right else 0)
    head = bytes((info,)) + varuint(client_id) + varuint(item.clock + offset - 1)
    if item.right:
        head += varuint(item.right[0]) + varuint(item.right[1])
    if item.kind == DELETED:
        return head + varuint(item.length - offset)
    if isinstance(item.value, str):
        return head + var_string(_utf16_tail(item.value, offset))
    values = item.value[offset:] if isinstance(item.value, tuple) else ()
    return head + varuint(len(values)) + b"".join(_encode_any(value) for value in values)


def _utf16_tail(text: str, offset: int) -> str:
    """The text from a UTF-16 offset. Raises malformed inside a character: no earlier row can end there."""
    try:
        return text.encode("utf-16-le")[2 * offset :].decode("utf-16-le")
    except UnicodeDecodeError:
        raise PlanUpdateError(MALFORMED) from None


def _encode_any(value: str | bool) -> bytes:
    if isinstance(value, str):
        return bytes((_ANY_STRING,)) + var_string(value)
    return bytes((_ANY_TRUE if value else _ANY_FALSE,))
