"""What may be put into a room's inbox: sessions coming and going, recorded events, other nodes' words, the second.

What a session says of itself (hand, camera, way of taking part) is set in its own reader (`realtime.requests`).
"""

import msgspec

from meetings.events import Recorded
from realtime.neighbours import Heard
from realtime.room_session import RoomSession


class Enter(msgspec.Struct, frozen=True):
    """A session with a proven seat is here."""

    session: RoomSession


class ComeIn(msgspec.Struct, frozen=True):
    """An admitted session has its plan client id: welcome it."""

    session: RoomSession
    plan: tuple[int, bool] | None


class Lose(msgspec.Struct, frozen=True):
    """A session's socket is gone."""

    session: RoomSession


class TakeOut(msgspec.Struct, frozen=True):
    """A session leaves for good."""

    session: RoomSession


class Happened(msgspec.Struct, frozen=True):
    """The Desk recorded these."""

    recorded: tuple[Recorded, ...]


class Tick(msgspec.Struct, frozen=True):
    """A second has passed."""


Action = Enter | ComeIn | Lose | TakeOut | Happened | Heard | Tick
