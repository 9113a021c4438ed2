"""Cursors: what a browser may say about where it is in the plan. [pure]

Awareness is y-protocols' encoding with one entry, the sender's own. Names, roles and colours are never in it: they come
from the server's roster, so nobody can wear another's name.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from realtime.plan.lib0 import Reader, var_string, varuint
from realtime.plan.outline import root_named
from realtime.plan.refusals import MALFORMED, OTHER_CLIENT, TOO_BIG, PlanUpdateError

MAX_BYTES = 2_048
MAX_CLOCK_STEP = 1_000_000
"""A browser counts up by one for each move; a jump to the end of the numbers would freeze its cursor."""

MAX_SHOWN = 256

_GONE = "null"
Position = Annotated[str, Meta(max_length=512, pattern=r"^[0-9A-Za-z+/=_-]*$")]


class CursorState(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a person is: a field's path and two relative positions, base64."""

    field: Annotated[str, Meta(max_length=200)] | None = None
    anchor: Position | None = None
    head: Position | None = None


class Cursor(msgspec.Struct, frozen=True, kw_only=True):
    """One inspected entry. `state` None: the person left the plan."""

    client_id: int
    clock: int
    state: CursorState | None


_decoder = msgspec.json.Decoder(CursorState | None)


def inspect(update: bytes, client_id: int, last_clock: int) -> Cursor:
    """The one entry of an awareness update: own id, a clock not far ahead of the last, a small state of known fields.

    Raises PlanUpdateError: too_big, malformed, other_client.
    """
    if len(update) > MAX_BYTES:
        raise PlanUpdateError(TOO_BIG)
    reader = Reader(update)
    if reader.varuint() != 1:
        raise PlanUpdateError(MALFORMED)
    if reader.varuint() != client_id:
        raise PlanUpdateError(OTHER_CLIENT)
    clock = reader.varuint()
    text = reader.var_string()
    reader.finish()
    if clock > last_clock + MAX_CLOCK_STEP:
        raise PlanUpdateError(MALFORMED)
    try:
        state = _decoder.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        raise PlanUpdateError(MALFORMED) from None
    if state is not None and state.field is not None and root_named(state.field.split("/", 1)[0]) is None:
        raise PlanUpdateError(MALFORMED)
    return Cursor(client_id=client_id, clock=clock, state=state)


def encode(*cursors: Cursor) -> bytes:
    """An awareness update of these entries, for sending."""
    parts = [varuint(len(cursors))]
    for cursor in cursors:
        text = _GONE if cursor.state is None else msgspec.json.encode(cursor.state).decode()
        parts += [varuint(cursor.client_id), varuint(cursor.clock), var_string(text)]
    return b"".join(parts)


def gone(cursor: Cursor) -> Cursor:
    """The entry that takes a cursor off the others' screens: same clock, so that the next move counts again."""
    return Cursor(client_id=cursor.client_id, clock=cursor.clock, state=None)


class Cursors:
    """The cursors shown in one document, newest last, at most `MAX_SHOWN`."""

    def __init__(self) -> None:
        self._by_client: dict[int, Cursor] = {}

    def put(self, cursor: Cursor) -> None:
        """A cursor moved, or went."""
        self._by_client.pop(cursor.client_id, None)
        if cursor.state is not None:
            self._by_client[cursor.client_id] = cursor
            if len(self._by_client) > MAX_SHOWN:
                del self._by_client[next(iter(self._by_client))]

    def of(self, client_id: int) -> Cursor | None:
        """The cursor of one client."""
        return self._by_client.get(client_id)

    def shown(self) -> tuple[Cursor, ...]:
        """All of them."""
        return tuple(self._by_client.values())
