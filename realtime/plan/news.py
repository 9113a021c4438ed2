"""What nodes tell each other about one plan document over the bus. [pure]

Rows are already on disk: a lost message is found as a gap in the numbers and read from the log.
"""

import msgspec

from realtime.plan.awareness import Cursor
from realtime.ports import StoredUpdate


class Rows(msgspec.Struct, frozen=True, tag="rows"):
    """Committed updates, in log order."""

    rows: tuple[StoredUpdate, ...]


class Through(msgspec.Struct, frozen=True, tag="through"):
    """The log goes at least this far: sent after the bus was away."""

    seq: int


class Moved(msgspec.Struct, frozen=True, tag="moved"):
    """A cursor moved, or went."""

    cursor: Cursor


News = Rows | Through | Moved

_decoder: msgspec.msgpack.Decoder[News] = msgspec.msgpack.Decoder(News)


def encode(news: News) -> bytes:
    """For the bus."""
    return msgspec.msgpack.encode(news)


def decode(payload: bytes) -> News | None:
    """From the bus; None for what this version does not know."""
    try:
        return _decoder.decode(payload)
    except msgspec.MsgspecError:
        return None
