"""One process per database file: a lock that the operating system drops with the process."""

import fcntl
import os
from pathlib import Path

from server.persistence.refusal import DatabaseRefused


class FileLock:
    """A held lock. The file holds the process id while it is held and is emptied on a clean stop, so that what is
    left in it tells of a crash."""

    def __init__(self, descriptor: int, was_unclean: bool) -> None:
        self._descriptor: int | None = descriptor
        self.was_unclean = was_unclean

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
        return cls(descriptor, bool(left))

    def release(self, *, clean: bool) -> None:
        """Let go. `clean` False leaves the mark of a crash for the next start."""
        if self._descriptor is None:
            return
        if clean:
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
        self._descriptor = None
