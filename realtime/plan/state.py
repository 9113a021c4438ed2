"""What the inspector remembers of one document: who wrote which clocks where, and what is deleted. [pure]

Not the text: ids, the slot each stands in (a shared type, and in a map the key), deleted ranges, and where characters
of two UTF-16 units lie. A failed update is undone by `undo`.
"""

import msgspec

from realtime.plan.outline import Field, FieldKind, Root, is_card_id, root_named
from realtime.plan.ranges import RangeSet, Runs
from realtime.plan.refusals import MISSING, OUTSIDE_OUTLINE, SPLIT_CHARACTER, PlanUpdateError
from realtime.plan.structs import GC, Id, Item

GONE = 0
"""The slot of everything whose place has been erased."""


class Container(msgspec.Struct, frozen=True, gc=False):
    """One shared type: a root, a card, or a text in a card. `depth` counts parents; a root is 1."""

    root: Root
    depth: int
    is_text: bool
    is_card: bool = False
    item: Id | None = None
    parent: int = -1


class Slot(msgspec.Struct, frozen=True, gc=False):
    """A place items can stand in: a text, or one key of a map. `root` names the shared type at the top of it."""

    container: int
    key: str | None
    is_text: bool
    root: str
    field: Field | None


class Undo(msgspec.Struct, frozen=True):
    """How far the state went before an update."""

    ends: dict[int, int]
    containers: int
    slots: int


class DocumentState:
    """The map of one document, grown update by update."""

    def __init__(self) -> None:
        self.runs: dict[int, Runs] = {}
        self.deleted: dict[int, RangeSet] = {}
        self.slots: list[Slot] = [Slot(-1, None, True, "", None)]
        self._containers: list[Container] = []
        self._roots: dict[str, int] = {}
        self._children: dict[Id, int] = {}
        self._slot_at: dict[tuple[int, str | None], int] = {}
        self._second_halves: dict[int, set[int]] = {}

    def clock(self, client_id: int) -> int:
        """The next clock of a client."""
        runs = self.runs.get(client_id)
        return runs.end if runs else 0

    def state_vector(self) -> dict[int, int]:
        """The next clock of every client."""
        return {client_id: runs.end for client_id, runs in self.runs.items() if runs.end}

    def slot_of(self, reference: Id) -> int:
        """Where an existing item stands. Raises missing."""
        runs = self.runs.get(reference[0])
        if runs is None or reference[1] >= runs.end:
            raise PlanUpdateError(MISSING)
        return runs.slot(reference[1])

    def place(self, item: Item, erased: list[tuple[int, int, int]]) -> int:
        """The slot an item belongs in; `erased` is what this update erased so far.

        Raises missing, outside_outline, split_character.
        """
        if item.kind == GC:
            return GONE
        origin, right = item.origin, item.right
        if origin is None and right is None:
            return self._by_parent(item, erased)
        slot = self.slot_of(origin or right)  # type: ignore[arg-type]
        if origin is not None:
            if right is not None and (right == origin or self.slot_of(right) != slot):
                slot = self._slot_between(slot, right, erased)
            if self._splits(origin[0], origin[1] + 1):
                raise PlanUpdateError(SPLIT_CHARACTER)
        if right is not None and self._splits(*right):
            raise PlanUpdateError(SPLIT_CHARACTER)
        return slot

    def _slot_between(self, slot: int, right: Id, erased: list[tuple[int, int, int]]) -> int:
        """Where an item stands whose neighbours stand in different slots: nowhere, if its card has been deleted.

        Otherwise Yjs drops an item beside an erased run and the engine keeps it: nobody would see what is filed.
        """
        other = self.slot_of(right)
        if slot != other and GONE in (slot, other) and self._is_dead(self.slots[slot or other].container, erased):
            return GONE
        raise PlanUpdateError(OUTSIDE_OUTLINE)

    def _is_dead(self, index: int, erased: list[tuple[int, int, int]]) -> bool:
        """Whether a shared type, or what holds it, is deleted."""
        while index >= 0:
            container = self._containers[index]
            if container.item is not None and self.is_deleted(container.item, erased):
                return True
            index = container.parent
        return False

    def _by_parent(self, item: Item, erased: list[tuple[int, int, int]]) -> int:
        parent = item.parent
        if parent is None or isinstance(parent, str):
            return self._slot(self._root(parent or ""), item.key)
        slot = self.slot_of(parent)
        container = self._children.get(parent)
        if slot == GONE:
            return GONE
        if container is None:
            if self.is_deleted(parent, erased):
                return GONE
            raise PlanUpdateError(OUTSIDE_OUTLINE)
        return self._slot(container, item.key)

    def is_deleted(self, reference: Id, erased: list[tuple[int, int, int]]) -> bool:
        """Whether an item is deleted, here or by the update at hand."""
        client_id, clock = reference
        deleted = self.deleted.get(client_id)
        if deleted is not None and clock in deleted:
            return True
        return any(client == client_id and start <= clock < end for client, start, end in erased)

    def _root(self, name: str) -> int:
        index = self._roots.get(name)
        if index is None:
            root = root_named(name)
            if root is None:
                raise PlanUpdateError(OUTSIDE_OUTLINE)
            index = self._roots[name] = self._new_container(Container(root, 1, not root.fields))
        return index

    def _new_container(self, container: Container) -> int:
        self._containers.append(container)
        return len(self._containers) - 1

    def _slot(self, container_index: int, key: str | None) -> int:
        slot = self._slot_at.get((container_index, key))
        if slot is None:
            slot = self._new_slot(container_index, key)
        return slot

    def _new_slot(self, container_index: int, key: str | None) -> int:
        container = self._containers[container_index]
        field = None
        if container.is_text:
            if key is not None:
                raise PlanUpdateError(OUTSIDE_OUTLINE)
        elif container.is_card:
            field = container.root.field(key or "")
            if field is None:
                raise PlanUpdateError(OUTSIDE_OUTLINE)
        elif key is None or not is_card_id(key):
            raise PlanUpdateError(OUTSIDE_OUTLINE)
        self.slots.append(Slot(container_index, key, container.is_text, container.root.name, field))
        self._slot_at[container_index, key] = len(self.slots) - 1
        return len(self.slots) - 1

    def open_type(self, reference: Id, slot: Slot) -> None:
        """A card or a text in a card begins with this item."""
        parent = self._containers[slot.container]
        is_text = slot.field is not None and slot.field.kind is FieldKind.TEXT
        self._children[reference] = self._new_container(
            Container(parent.root, parent.depth + 1, is_text, not is_text, reference, slot.container)
        )

    def depth(self, slot: Slot) -> int:
        """How deep the shared type of a slot lies, parents counted; a root is 1."""
        return self._containers[slot.container].depth

    def append(self, client_id: int, item: Item, slot: int) -> None:
        """Take an inspected item in, at the client's next clock."""
        runs = self.runs.get(client_id)
        if runs is None:
            runs = self.runs[client_id] = Runs()
        runs.append(slot, item.length)
        if isinstance(item.value, str) and not item.value.isascii():
            self._mark_pairs(client_id, item.clock, item.value)

    def _mark_pairs(self, client_id: int, clock: int, text: str) -> None:
        if max(text) <= "\uffff":
            return
        halves = self._second_halves.setdefault(client_id, set())
        for character in text:
            clock += 1
            if character > "\uffff":
                halves.add(clock)
                clock += 1

    def _splits(self, client_id: int, clock: int) -> bool:
        halves = self._second_halves.get(client_id)
        return halves is not None and clock in halves

    def new_deletes(self, client_id: int, clock: int, length: int) -> list[tuple[int, int]]:
        """The parts of a range not deleted yet. Raises missing, split_character."""
        end = clock + length
        if end > self.clock(client_id):
            raise PlanUpdateError(MISSING)
        deleted = self.deleted.get(client_id)
        parts = deleted.missing(clock, end) if deleted is not None else [(clock, end)]
        if client_id in self._second_halves:
            for start, stop in parts:
                if self._splits(client_id, start) or self._splits(client_id, stop):
                    raise PlanUpdateError(SPLIT_CHARACTER)
        return parts

    def delete(self, client_id: int, start: int, end: int) -> None:
        """Mark a range as deleted."""
        deleted = self.deleted.get(client_id)
        if deleted is None:
            deleted = self.deleted[client_id] = RangeSet()
        deleted.add(start, end)

    def mark(self, client_ids: list[int]) -> Undo:
        """Where the state stands before an update of these clients."""
        ends = {client_id: self.clock(client_id) for client_id in client_ids}
        return Undo(ends, len(self._containers), len(self.slots))

    def undo(self, mark: Undo) -> None:
        """Forget everything since the mark. Deletes are only marked after the last check, so there are none to undo."""
        for client_id, end in mark.ends.items():
            if (runs := self.runs.get(client_id)) is not None:
                runs.cut(end)
            halves = self._second_halves.get(client_id, set())
            halves -= {clock for clock in halves if clock >= end}
        for slot in self.slots[mark.slots :]:
            del self._slot_at[slot.container, slot.key]
        del self.slots[mark.slots :]
        del self._containers[mark.containers :]
        self._roots = {name: index for name, index in self._roots.items() if index < mark.containers}
        self._children = {child: index for child, index in self._children.items() if index < mark.containers}
