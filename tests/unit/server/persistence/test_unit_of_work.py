"""What is tried again, and what is given up."""

import pytest

from server.persistence.refusal import StaleWrite, StorageUnavailable
from server.persistence.unit_of_work import ATTEMPTS, attempted


async def test_a_lost_race_is_run_again() -> None:
    lost = iter([True, True, False])
    runs = 0

    async def work() -> str:
        nonlocal runs
        runs += 1
        if next(lost):
            raise StaleWrite
        return "written"

    assert await attempted(work) == "written"
    assert runs == 3


async def test_losing_every_time_is_unavailable() -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        raise StaleWrite

    with pytest.raises(StorageUnavailable):
        await attempted(work)
    assert runs == ATTEMPTS


async def test_another_error_is_not_tried_again() -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        raise KeyError

    with pytest.raises(KeyError):
        await attempted(work)
    assert runs == 1
