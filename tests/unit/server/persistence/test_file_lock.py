"""One process per database file, and a mark that tells of a crash."""

from pathlib import Path

import pytest

from server.persistence.file_lock import FileLock
from server.persistence.refusal import DatabaseRefused


def test_a_held_lock_refuses_a_second_and_names_the_holder(tmp_path: Path) -> None:
    held = FileLock.take(tmp_path / "lock")
    with pytest.raises(DatabaseRefused, match=r"process \d+"):
        FileLock.take(tmp_path / "lock")
    held.release(clean=True)
    FileLock.take(tmp_path / "lock").release(clean=True)


def test_a_clean_stop_leaves_nothing_and_a_crash_a_mark(tmp_path: Path) -> None:
    first = FileLock.take(tmp_path / "lock")
    first.release(clean=True)
    first.release(clean=False)
    second = FileLock.take(tmp_path / "lock")
    assert (first.was_unclean, second.was_unclean) == (False, False)
    second.release(clean=False)
    third = FileLock.take(tmp_path / "lock")
    assert third.was_unclean
    third.release(clean=True)


def test_a_record_that_was_kept_is_remembered_over_clean_stops(tmp_path: Path) -> None:
    first = FileLock.take(tmp_path / "lock")
    assert not first.has_record
    first.keep()
    first.release(clean=True)
    for _ in range(2):
        later = FileLock.take(tmp_path / "lock")
        assert (later.has_record, later.was_unclean) == (True, False)
        later.release(clean=True)


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    held = FileLock.take(tmp_path / "lock")
    assert (tmp_path / "lock").stat().st_mode & 0o077 == 0
    held.release(clean=True)
