"""One process per database file: a lock that the operating system drops with the process."""

import fcntl
import os
from pathlib import Path

from server.persistence.refusal import DatabaseRefused

_KEPT = b"a record is kept here\n"


class FileLock:
    """A held lock. The file holds the process id while it is held, so that an id left in it tells of a crash; after a
    clean stop it says whether a record is kept beside it, so that a record that is gone is missed."""

    def __init__(self, descriptor: int, left: bytes) -> None:
        self._descriptor: int | None = descriptor
        self.was_unclean = bool(left) and left != _KEPT
        self.has_record = bool(left)

    @classmethod
    def take(cls, path: Path) -> "FileLock":
        """Lock `path`. Raises DatabaseRefused when another process holds it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise DatabaseRefused(f"Another Hearth (process {holder}) is using this database.") from error
        left = os.pread(descriptor, 32, 0)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        return cls(descriptor, left)

    def keep(self) -> None:
        """From now on there is a record: a later start misses it when it is gone."""
        self.has_record = True

    def release(self, *, clean: bool) -> None:
        """Let go. `clean` False leaves the mark of a crash for the next start."""
        if self._descriptor is None:
            return
        if clean:
            # In this order a full disk is no hindrance: the bytes are there already.
            os.ftruncate(self._descriptor, len(_KEPT) if self.has_record else 0)
            os.pwrite(self._descriptor, _KEPT if self.has_record else b"", 0)
        os.close(self._descriptor)
        self._descriptor = None
