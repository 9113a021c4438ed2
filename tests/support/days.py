"""Calendar days for meetings that happen now: a fixed day in the future is past one day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def ahead(days: int) -> str:
    """The day so many days from today, YYYY-MM-DD."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def clock_change(zone: str, hour: int, minute: int, twice: bool) -> datetime:
    """The next night, as its wall clock reads, on which this time comes twice in the zone, or not at all."""
    place = ZoneInfo(zone)
    for days in range(1, 366):
        wall = (datetime.now(place) + timedelta(days=days)).replace(hour=hour, minute=minute, second=0, tzinfo=None)
        first, second = (wall.replace(tzinfo=place, fold=fold).utcoffset() for fold in (0, 1))
        if first != second and (first > second) is twice:  # type: ignore[operator]
            return wall
    raise ValueError(f"the clocks of {zone} do not change")
