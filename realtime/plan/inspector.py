"""Reads every plan update before anything else does, and says no. [pure]

A browser's update passes when its new structs are the sender's own, follow on from the clocks known, refer to what
exists, stand where the outline has a place for them, in a root in which the sender may write, and hold what fits there;
when it deletes only what exists, in such a root. What the document already holds is trimmed away, so a stock Yjs client
may send its whole step 2 again.

Erased structs (GC and ContentDeleted) are accepted for the sender's own next clocks only, and with a limited length: a
stock client that types and deletes while offline, or types into a card someone else has deleted, sends exactly that.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet

import msgspec

from realtime.plan.outline import MAX_DEPTH, FieldKind, fits
from realtime.plan.refusals import GAP, MISSING, NOT_ALLOWED, OTHER_CLIENT, OUTSIDE_OUTLINE, PlanUpdateError
from realtime.plan.state import GONE, DocumentState, Slot
from realtime.plan.structs import (
    ANY,
    DELETED,
    GC,
    STRING,
    TRUSTED,
    TYPE,
    TYPE_MAP,
    TYPE_TEXT,
    Block,
    Decoded,
    Item,
    Limits,
    decode,
    encode_block,
    encode_deletes,
)

_NO_DELETES = b"\x00"
_Ranges = list[tuple[int, int, int]]
MayWrite = Callable[[str], bool]


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who sends: the client id of this session, all that were issued to the person on this device, and the question
    whether the person may write in a root of that name."""

    client_id: int
    client_ids: AbstractSet[int]
    may_write: MayWrite


class Inspected(msgspec.Struct, frozen=True, gc=False):
    """One row for the log: clocks [clock_from, clock_to) of one client; equal when it only deletes.

    `deletes` is the delete part of the update where it deletes something new, else empty.
    """

    client_id: int
    clock_from: int
    clock_to: int
    update: bytes
    deletes: bytes

    def __repr__(self) -> str:
        """Plan text cannot be printed."""
        return f"Inspected({self.clock_from}..{self.clock_to}, {len(self.update)} bytes)"


class Inspector:
    """The gate of one document, with its memory of it."""

    def __init__(self) -> None:
        self._state = DocumentState()

    def state_vector(self) -> dict[int, int]:
        """The next clock of every client, for our step 1."""
        return self._state.state_vector()

    def clock(self, client_id: int) -> int:
        """The next clock of a client."""
        return self._state.clock(client_id)

    def inspect(self, update: bytes, sender: Sender, limits: Limits) -> tuple[Inspected, ...]:
        """Check a browser's update and take it in; no rows: nothing new. Raises PlanUpdateError and changes nothing."""
        decoded = decode(update, limits)
        fresh = self._fresh(decoded.blocks, sender)
        mark = self._state.mark([block.client_id for block in fresh])
        try:
            froms = {block.client_id: self._state.clock(block.client_id) for block in fresh}
            erased: _Ranges = []
            order = self._take(fresh, erased, sender.may_write)
            deletes = self._new_deletes(decoded.deletes, sender.may_write)
            rows = self._rows(update, decoded, order, froms, deletes, sender.client_id)
        except BaseException:
            self._state.undo(mark)
            raise
        for client_id, start, end in (*erased, *deletes):
            self._state.delete(client_id, start, end)
        return rows

    def holds(self, update: bytes, limits: Limits) -> bool:
        """Whether an update says nothing new. Raises PlanUpdateError."""
        decoded = decode(update, limits)
        if any(block.items and block.end_clock > self._state.clock(block.client_id) for block in decoded.blocks):
            return False
        return not any(self._state.new_deletes(*deleted) for deleted in decoded.deletes)

    def admit(self, update: bytes) -> None:
        """Take in an update from our own log or engine: already inspected once, any author. Raises PlanUpdateError."""
        decoded = decode(update, TRUSTED)
        fresh = [b for b in decoded.blocks if b.items and b.end_clock > self._state.clock(b.client_id)]
        if any(block.clock > self._state.clock(block.client_id) for block in fresh):
            raise PlanUpdateError(GAP)
        erased: _Ranges = []
        self._take(fresh, erased, _anywhere)
        for client_id, clock, length in decoded.deletes:
            for start, end in self._state.new_deletes(client_id, clock, length):
                self._state.delete(client_id, start, end)
        for client_id, start, end in erased:
            self._state.delete(client_id, start, end)

    def _fresh(self, blocks: list[Block], sender: Sender) -> list[Block]:
        """The blocks that hold something new: they must be the sender's own and leave no gap."""
        fresh = []
        for block in blocks:
            known = self._state.clock(block.client_id)
            if block.end_clock <= known or not block.items:
                continue
            if block.client_id not in sender.client_ids:
                raise PlanUpdateError(OTHER_CLIENT)
            if block.clock > known:
                raise PlanUpdateError(GAP)
            fresh.append(block)
        return fresh

    def _take(self, fresh: list[Block], erased: _Ranges, may_write: MayWrite) -> list[Block]:
        """Take in the new items, each after what it refers to; returns the blocks in the order they were finished."""
        if len(fresh) == 1:
            self._take_from(fresh[0], 0, erased, may_write)
            return fresh
        order: list[Block] = []
        waiting = [(block, 0) for block in fresh]
        while waiting:
            before = sum(index for _, index in waiting) + len(order)
            stuck = []
            for block, index in waiting:
                reached = self._take_while_known(block, index, erased, may_write)
                if reached == len(block.items):
                    order.append(block)
                else:
                    stuck.append((block, reached))
            if len(stuck) == len(waiting) and before == sum(index for _, index in stuck) + len(order):
                raise PlanUpdateError(MISSING)
            waiting = stuck
        return order

    def _take_while_known(self, block: Block, index: int, erased: _Ranges, may_write: MayWrite) -> int:
        try:
            self._take_from(block, index, erased, may_write)
        except PlanUpdateError as error:
            if error.code != MISSING:
                raise
            reached = self._state.clock(block.client_id)
            return next(number for number, item in enumerate(block.items) if item.clock + item.length > reached)
        return len(block.items)

    def _take_from(self, block: Block, index: int, erased: _Ranges, may_write: MayWrite) -> None:
        state, client_id = self._state, block.client_id
        known = state.clock(client_id)
        for item in block.items[index:] if index else block.items:
            if item.clock >= known:
                slot = state.place(item, erased)
                if slot:
                    self._check(state.slots[slot], item, may_write)
                    if item.kind == TYPE:
                        state.open_type((client_id, item.clock), state.slots[slot])
            elif item.clock + item.length > known:
                item, slot = _without_start(item, known), state.slot_of((client_id, known - 1))
            else:
                continue
            if item.kind in (GC, DELETED):
                erased.append((client_id, item.clock, item.clock + item.length))
            state.append(client_id, item, slot)

    def _check(self, slot: Slot, item: Item, may_write: MayWrite) -> None:
        """Whether the author may write here, and whether what is written fits the outline."""
        if not may_write(slot.root):
            raise PlanUpdateError(NOT_ALLOWED)
        if item.kind == DELETED:
            return
        if slot.is_text:
            fine = item.kind == STRING
        elif slot.field is None:
            fine = item.kind == TYPE and item.value == TYPE_MAP
        elif slot.field.kind is FieldKind.TEXT:
            fine = item.kind == TYPE and item.value == TYPE_TEXT
        else:
            kind = slot.field.kind
            fine = item.kind == ANY and all(fits(kind, value) for value in item.value)  # type: ignore[union-attr]
        if not fine or self._state.depth(slot) >= MAX_DEPTH:
            raise PlanUpdateError(OUTSIDE_OUTLINE)

    def _new_deletes(self, deletes: _Ranges, may_write: MayWrite) -> _Ranges:
        """The ranges (client, start, end) not deleted yet, all of which the author may delete."""
        state = self._state
        found = []
        for client_id, clock, length in deletes:
            for start, end in state.new_deletes(client_id, clock, length):
                for slot in state.runs[client_id].slots(start, end):
                    if slot != GONE and not may_write(state.slots[slot].root):
                        raise PlanUpdateError(NOT_ALLOWED)
                found.append((client_id, start, end))
        return found

    def _rows(
        self,
        update: bytes,
        decoded: Decoded,
        order: list[Block],
        froms: dict[int, int],
        deletes: _Ranges,
        client_id: int,
    ) -> tuple[Inspected, ...]:
        """The update as rows: unchanged where all of it is new, else only what is new."""
        as_lengths = [(client, start, end - start) for client, start, end in deletes]
        if not order:
            if not deletes:
                return ()
            clock = self._state.clock(client_id)
            encoded = encode_deletes(as_lengths)
            return (Inspected(client_id, clock, clock, b"\x00" + encoded, encoded),)
        all_deletes_new = as_lengths == decoded.deletes
        encoded = update[decoded.deletes_at :] if all_deletes_new else encode_deletes(as_lengths)
        if len(decoded.blocks) == 1 and all_deletes_new and order[0].clock == froms[order[0].client_id]:
            block = order[0]
            return (Inspected(block.client_id, block.clock, block.end_clock, update, encoded if deletes else b""),)
        rows = []
        for block in order:
            last = block is order[-1]
            clock_from = froms[block.client_id]
            body = encode_block(update, block, clock_from) + (encoded if last else _NO_DELETES)
            row_deletes = encoded if last and deletes else b""
            rows.append(Inspected(block.client_id, clock_from, block.end_clock, body, row_deletes))
        return tuple(rows)


def _anywhere(root: str) -> bool:
    """What stands in our own log was judged when it came."""
    return True


def _without_start(item: Item, known: int) -> Item:
    """The part of an item from the clock `known` on, as the state sees it."""
    value = item.value
    if item.kind == STRING and isinstance(value, str):
        value = value.encode("utf-16-le")[2 * (known - item.clock) :].decode("utf-16-le", "replace")
    length = item.clock + item.length - known
    return msgspec.structs.replace(item, clock=known, length=length, value=value)
