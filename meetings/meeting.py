"""A meeting's state, folded from its events."""

from enum import StrEnum


class Phase(StrEnum):
    """Where the meeting's life is."""

    PLANNED = "planned"
    IN_SESSION = "in_session"
    CLOSED = "closed"
    CANCELLED = "cancelled"
