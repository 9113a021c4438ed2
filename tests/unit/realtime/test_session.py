import itertools
from datetime import UTC, datetime

import pytest

from meetings.ids import DeviceId, MeetingId, ParticipantId
from realtime.ports import Seat
from realtime.session import (
    AUTH_S,
    NEXT,
    SILENCE_S,
    Gone,
    Greeting,
    Joined,
    Lingering,
    State,
    Waiting,
    close_due,
    follow,
)

SEAT = Seat(meeting_id=MeetingId("m"), participant_id=ParticipantId("p"), device_id=DeviceId("d"), second_device=False)
STATES: list[State] = [
    Greeting(since=10.0),
    Waiting(seat=SEAT, since=10.0),
    Joined(seat=SEAT, since=10.0),
    Lingering(seat=SEAT, since=10.0, seen_at=datetime(2026, 11, 23, 15, tzinfo=UTC)),
    Gone(close_code=None),
]


@pytest.mark.parametrize(("state", "new"), list(itertools.product(STATES, STATES)))
def test_only_the_table_is_followed(state: State, new: State) -> None:
    if type(new) in NEXT[type(state)]:
        assert follow(state, new) is new
    else:
        with pytest.raises(ValueError, match="is not followed by"):
            follow(state, new)


def test_every_state_can_end_and_the_end_is_the_end() -> None:
    assert all(Gone in NEXT[type(state)] for state in STATES[:-1])
    assert NEXT[Gone] == frozenset()


@pytest.mark.parametrize("state", STATES)
def test_a_socket_is_closed_without_hello_or_after_silence(state: State) -> None:
    heard_at = 100.0
    greets = isinstance(state, Greeting)
    talks = isinstance(state, Waiting | Joined)
    assert close_due(state, heard_at, 10.0 + AUTH_S - 0.1) is None
    assert close_due(state, heard_at, heard_at + SILENCE_S - 0.1) == (4401 if greets else None)
    assert close_due(state, heard_at, heard_at + SILENCE_S) == (4401 if greets else 4408 if talks else None)
