"""What the engine and its parent say to each other over pipes: a 4-byte length, then msgpack. [pure]"""

import msgspec

from meetings.plan import CasePlan

MAX_BYTES = 256 * 2**20


class Read(msgspec.Struct, frozen=True, tag="read"):
    """Read the plan these updates make."""

    updates: tuple[bytes, ...]


class Compact(msgspec.Struct, frozen=True, tag="compact"):
    """Make one update of many."""

    updates: tuple[bytes, ...]


class Verify(msgspec.Struct, frozen=True, tag="verify"):
    """Hash what these updates say."""

    updates: tuple[bytes, ...]


class PlanRead(msgspec.Struct, frozen=True, tag="plan_read"):
    """The plan and the SHA-256 of its canonical bytes."""

    plan: CasePlan
    sha256: str


class Compacted(msgspec.Struct, frozen=True, tag="compacted"):
    """One update, and the hash of what it says."""

    update: bytes
    sha256: str


class Verified(msgspec.Struct, frozen=True, tag="verified"):
    """The hash of what the updates say."""

    sha256: str


class Problem(msgspec.Struct, frozen=True, tag="problem"):
    """The call failed; `kind` is the exception's class name, never its text."""

    kind: str


Call = Read | Compact | Verify
Answer = PlanRead | Compacted | Verified | Problem

calls: msgspec.msgpack.Decoder[Call] = msgspec.msgpack.Decoder(Call)
answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def framed(message: Call | Answer) -> bytes:
    """A message with its length in front."""
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(4, "big") + body
