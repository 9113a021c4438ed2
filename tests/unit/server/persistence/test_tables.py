"""Times are stored exactly and never without a zone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from server.persistence.tables import Instant

EXACT = datetime(2026, 11, 23, 15, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_a_time_comes_back_as_it_went(dialect: object) -> None:
    chicago = EXACT.astimezone(timezone(timedelta(hours=-6)))
    stored = Instant().process_bind_param(chicago, dialect)  # type: ignore[arg-type]
    read = Instant().process_result_value(stored, dialect)  # type: ignore[arg-type]
    assert read == EXACT
    assert read is not None
    assert read.tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Instant().process_bind_param(datetime(2026, 11, 23), sqlite.dialect())
    assert Instant().process_bind_param(None, sqlite.dialect()) is None
