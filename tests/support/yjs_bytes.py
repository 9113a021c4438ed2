"""Yjs v1 updates written by hand: what no honest client would send."""

from realtime.plan.lib0 import var_string, varuint

Id = tuple[int, int]
QUESTION = "text:decision_question"


def update(*blocks: bytes, deletes: dict[int, list[tuple[int, int]]] | None = None) -> bytes:
    """An update of blocks and a delete set {client: [(clock, length)]}."""
    parts = [varuint(len(blocks)), *blocks, varuint(len(deletes or {}))]
    for client, ranges in (deletes or {}).items():
        parts += [varuint(client), varuint(len(ranges))]
        parts += [varuint(clock) + varuint(length) for clock, length in ranges]
    return b"".join(parts)


def block(client: int, clock: int, *structs: bytes, count: int | None = None) -> bytes:
    """Structs of one client; `count` lies about how many."""
    number = len(structs) if count is None else count
    return varuint(number) + varuint(client) + varuint(clock) + b"".join(structs)


def place(
    kind: int, root: str | Id | None = None, key: str | None = None, origin: Id | None = None, right: Id | None = None
) -> bytes:
    """The head of an item: where it stands."""
    info = kind | (0x80 if origin else 0) | (0x40 if right else 0) | (0x20 if key is not None else 0)
    out = bytes((info,))
    for reference in (origin, right):
        if reference:
            out += varuint(reference[0]) + varuint(reference[1])
    if not origin and not right:
        assert root is not None
        out += b"\x01" + var_string(root) if isinstance(root, str) else b"\x00" + varuint(root[0]) + varuint(root[1])
        if key is not None:
            out += var_string(key)
    return out


def string(
    text: str,
    root: str | Id | None = QUESTION,
    key: str | None = None,
    origin: Id | None = None,
    right: Id | None = None,
) -> bytes:
    """A ContentString."""
    return place(4, root, key, origin, right) + var_string(text)


def shared(type_reference: int, root: str | Id | None, key: str | None = None, origin: Id | None = None) -> bytes:
    """A ContentType: 0 array, 1 map, 2 text."""
    return place(7, root, key, origin) + varuint(type_reference)


def any_values(*values: bytes, root: str | Id | None, key: str | None = None, origin: Id | None = None) -> bytes:
    """A ContentAny of encoded values."""
    return place(8, root, key, origin) + varuint(len(values)) + b"".join(values)


def any_string(text: str) -> bytes:
    """A string as an Any value."""
    return b"\x77" + var_string(text)


def gc(length: int) -> bytes:
    """An erased run without a place."""
    return b"\x00" + varuint(length)


def deleted(length: int, root: str | Id | None = QUESTION, origin: Id | None = None) -> bytes:
    """An erased run with a place."""
    return place(1, root, None, origin) + varuint(length)


def skip(length: int) -> bytes:
    """A hole."""
    return b"\x0a" + varuint(length)
