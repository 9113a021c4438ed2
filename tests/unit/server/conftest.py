"""Services on a database file of their own. What holds on both databases is in `tests/contracts`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.stored import Stored, StoredMeeting, stored_hearth


@pytest.fixture
async def stored(tmp_path: Path) -> AsyncIterator[Stored]:
    """Hearth's services with the Reyes case."""
    async with stored_hearth(f"sqlite:///{tmp_path / 'hearth.sqlite3'}") as made:
        yield made


@pytest.fixture
async def meeting(stored: Stored) -> StoredMeeting:
    """A meeting of the case that begins now."""
    return await stored.schedule()
