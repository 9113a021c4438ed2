"""Whether the record can be written just now: asked by whoever decides if this node should be sent people."""

import asyncio
import shutil
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from server.persistence.engine import Database
from server.persistence.unit_of_work import writing

ANSWER_S = 2.0  # health checks give up after about three; a try that takes longer counts as a no
SHARED_S = 2.0  # a try costs the disk a sync: more often only wears it, more seldom sends people to a dead node
# A commit can go well on a disk that the next page of a plan no longer fits on. More refuses people on small disks that
# would have held their meeting; less tells of a full disk only after somebody's words were refused.
FREE_BYTES = 8 * 1024 * 1024

_log = structlog.get_logger("hearth.probe")


class WriteProbe:
    """Call it: whether a small write was committed at most SHARED_S ago. One try at a time, shared by all who ask."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._trying: asyncio.Task[bool] | None = None
        self._at = 0.0

    async def __call__(self) -> bool:
        """Answers within ANSWER_S, whatever the database does."""
        now = asyncio.get_running_loop().time()
        if self._trying is None or (self._trying.done() and now - self._at >= SHARED_S):
            self._at = now
            self._trying = asyncio.create_task(self._works(), name="write-probe")
        done, _ = await asyncio.wait({self._trying}, timeout=ANSWER_S)
        return bool(done) and not self._trying.cancelled() and self._trying.result()

    async def close(self) -> None:
        """Break off a try under way, before the database is closed."""
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.wait({self._trying})

    async def _works(self) -> bool:
        try:
            async with writing(self._database) as connection:
                await _write(connection)
            return self._has_room()
        except Exception as error:  # whatever it is, this node should not be sent people now
            _log.warning("ready.database", kind=type(error).__name__)
            return False

    def _has_room(self) -> bool:
        if not self._database.is_sqlite:
            return True
        folder = Path(str(self._database.write.url.database)).parent
        has_room = shutil.disk_usage(folder).free >= FREE_BYTES
        if not has_room:
            _log.warning("ready.disk_full")
        return has_room


async def _write(connection: AsyncConnection) -> None:
    """A write that reaches the disk with its commit and leaves nothing behind for anyone to read."""
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("PRAGMA user_version = 0")
        return
    # A log message is written even where tables may only be read (a standby refuses it): asked for separately.
    only_reads = (await connection.exec_driver_sql("SHOW transaction_read_only")).scalar()
    if only_reads == "on":
        raise OSError("the database only takes reads")
    await connection.exec_driver_sql("SELECT pg_logical_emit_message(true, 'hearth', 'ready')")
