"""One browser tab's stay, as a value: which states there are, what follows which, and what is due when. [pure]

Times are seconds of the node's monotonic clock, except `seen_at` (aware UTC), which goes into attendance.
"""

from datetime import datetime

import msgspec

from realtime.errors import CLOSE_TOO_SLOW, CLOSE_UNAUTHENTICATED
from realtime.ports import Seat

# The first message must be here by then. Longer: half-open sockets cost more.
AUTH_S = 5.0
# Clients say something every 10 s. Longer: a dead phone stays "here" longer. Shorter: sleepy phones are cut off.
SILENCE_S = 25.0
# A person whose socket is lost stays in the meeting this long. Longer: attendance is told late; shorter: it flaps.
GRACE_S = 90.0
# The facilitator's seat is kept as long; that they are gone is told everyone sooner, for the meeting waits for them.
# Shorter: a node that restarts, or a phone that changes its network, looks like going.
RUNNER_GRACE_S = 30.0
# A waiting device that is gone is no longer shown to the facilitator after this.
DEPART_S = 10.0
# How they take part is unknown until the browser says; after this long it is written down as typing.
MODE_WAIT_S = 2.0
# A person's way of taking part is written down at most this often.
MODE_KEEP_S = 10.0


class Greeting(msgspec.Struct, frozen=True, kw_only=True):
    """Connected, nobody yet."""

    since: float


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Known and not admitted: gets `you` and `lobby`, nothing else."""

    seat: Seat
    since: float


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """Admitted and here."""

    seat: Seat
    since: float


class Lingering(msgspec.Struct, frozen=True, kw_only=True):
    """Admitted, socket lost: the seat is kept until `since + GRACE_S`. `seen_at` is when they were last heard."""

    seat: Seat
    since: float
    seen_at: datetime


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """Over. `close_code` is what the socket was closed with, None when the other side was gone."""

    close_code: int | None


State = Greeting | Waiting | Joined | Lingering | Gone

NEXT: dict[type[State], frozenset[type[State]]] = {
    Greeting: frozenset({Waiting, Joined, Gone}),
    Waiting: frozenset({Joined, Gone}),
    Joined: frozenset({Waiting, Lingering, Gone}),
    Lingering: frozenset({Gone}),
    Gone: frozenset(),
}


def follow(state: State, new: State) -> State:
    """The new state, if the table allows it. Raises ValueError otherwise."""
    if type(new) not in NEXT[type(state)]:
        raise ValueError(f"{type(state).__name__} is not followed by {type(new).__name__}")
    return new


def close_due(state: State, heard_at: float, now: float) -> int | None:
    """The close code when this socket's time has run out: 4401 without a hello, 4408 after silence."""
    match state:
        case Greeting(since=since):
            return CLOSE_UNAUTHENTICATED if now - since >= AUTH_S else None
        case Waiting() | Joined():
            return CLOSE_TOO_SLOW if now - heard_at >= SILENCE_S else None
    return None
