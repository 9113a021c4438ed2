"""The y-protocols messages: sync step 1, step 2, update, and awareness. [pure]"""

from collections.abc import Mapping

import msgspec

from realtime.plan.lib0 import Reader, var_bytes, varuint
from realtime.plan.refusals import MALFORMED, PlanUpdateError

MAX_STATE_VECTOR_BYTES = 131_072
MAX_STATE_VECTOR_IDS = 10_000
EMPTY_UPDATE = b"\x00\x00"

_SYNC = 0
_AWARENESS = 1
_STEP_1 = 0
_STEP_2 = 1
_UPDATE = 2


class StepOne(msgspec.Struct, frozen=True):
    """The sender holds this much: client id → next clock."""

    state: dict[int, int]


class StepTwo(msgspec.Struct, frozen=True):
    """Everything the sender holds beyond the other's step 1."""

    update: bytes

    def __repr__(self) -> str:
        """Plan text cannot be printed."""
        return f"StepTwo({len(self.update)} bytes)"


class Update(msgspec.Struct, frozen=True):
    """A change as it was made."""

    update: bytes

    def __repr__(self) -> str:
        """Plan text cannot be printed."""
        return f"Update({len(self.update)} bytes)"


class Awareness(msgspec.Struct, frozen=True):
    """Cursors."""

    update: bytes


SyncMessage = StepOne | StepTwo | Update | Awareness


def parse(message: bytes) -> SyncMessage:
    """One message, nothing after it. Raises PlanUpdateError(`plan.malformed`)."""
    reader = Reader(message)
    kind = reader.varuint()
    if kind == _AWARENESS:
        body = reader.var_bytes()
        reader.finish()
        return Awareness(body)
    if kind != _SYNC:
        raise PlanUpdateError(MALFORMED)
    step = reader.varuint()
    if step > _UPDATE:
        raise PlanUpdateError(MALFORMED)
    body = reader.var_bytes()
    reader.finish()
    if step == _STEP_1:
        return StepOne(parse_state(body))
    return StepTwo(body) if step == _STEP_2 else Update(body)


def parse_state(data: bytes) -> dict[int, int]:
    """A state vector, at most 10 000 ids in 128 KiB."""
    if len(data) > MAX_STATE_VECTOR_BYTES:
        raise PlanUpdateError(MALFORMED)
    reader = Reader(data)
    entries = reader.count()
    if entries > MAX_STATE_VECTOR_IDS or entries * 2 > reader.end - reader.pos:
        raise PlanUpdateError(MALFORMED)
    state = {reader.varuint(): reader.varuint() for _ in range(entries)}
    reader.finish()
    return state


def state_vector(state: Mapping[int, int]) -> bytes:
    """The bytes of a state vector, highest client id first as Yjs writes it."""
    parts = [varuint(len(state))]
    parts += [varuint(client) + varuint(clock) for client, clock in sorted(state.items(), reverse=True)]
    return b"".join(parts)


def step_one(state: Mapping[int, int]) -> bytes:
    """Ask for everything beyond `state`."""
    return b"\x00\x00" + var_bytes(state_vector(state))


def step_two(update: bytes) -> bytes:
    """Answer a step 1."""
    return b"\x00\x01" + var_bytes(update)


def update(change: bytes) -> bytes:
    """Pass a change on."""
    return b"\x00\x02" + var_bytes(change)


def awareness(change: bytes) -> bytes:
    """Pass cursors on."""
    return b"\x01" + var_bytes(change)
