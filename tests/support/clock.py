"""A clock that stands still until it is told to move."""

from datetime import UTC, datetime, timedelta

MONDAY_TEN = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


class HandClock:
    """The `Clock` port, moved by hand."""

    def __init__(self, now: datetime = MONDAY_TEN) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def forward(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
