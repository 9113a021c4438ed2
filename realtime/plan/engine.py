"""The plan engine as the server sees it: a child process that reads, compacts and hashes documents.

Its death is an error of the call at hand and of nothing else; the next call starts a new child.
"""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import structlog

from meetings.plan import CasePlan
from realtime.plan import engine_wire
from realtime.plan.engine_wire import Answer, Call, Compact, Compacted, PlanRead, Problem, Read, Verified, Verify

# Higher: a stuck child holds up the next reader longer. Lower: a slow machine cannot read a full plan.
CALL_S = 5.0
START_S = 10.0

_PACKAGES = Path(__file__).resolve().parents[2]

log = structlog.get_logger(__name__)


class EngineError(Exception):
    """The call failed: the child died, took too long, or could not read the updates. `kind` says which."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class PlanEngine:
    """One child, one call at a time. Use as `async with`, or call `close` at the end."""

    def __init__(self, call_s: float = CALL_S) -> None:
        self._call_s = call_s
        self._child: Process | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> "PlanEngine":
        """The child starts with the first call."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The child ends."""
        await self.close()

    @property
    def process_id(self) -> int | None:
        """The child's process id while one runs."""
        return self._child.pid if self._child is not None and self._child.returncode is None else None

    async def read(self, updates: Sequence[bytes]) -> tuple[CasePlan, str]:
        """The plan these updates make, and the SHA-256 of its canonical bytes. Raises EngineError."""
        answer = await self._call(Read(tuple(updates)))
        if not isinstance(answer, PlanRead):
            raise EngineError("wrong_answer")
        return answer.plan, answer.sha256

    async def compact(self, updates: Sequence[bytes]) -> tuple[bytes, str]:
        """One update that says the same, and the hash of what it says. Raises EngineError."""
        answer = await self._call(Compact(tuple(updates)))
        if not isinstance(answer, Compacted):
            raise EngineError("wrong_answer")
        return answer.update, answer.sha256

    async def verify(self, updates: Sequence[bytes]) -> str:
        """The hash of what these updates say. Raises EngineError."""
        answer = await self._call(Verify(tuple(updates)))
        if not isinstance(answer, Verified):
            raise EngineError("wrong_answer")
        return answer.sha256

    async def close(self) -> None:
        """End the child and wait for it."""
        async with self._turn:
            await self._end()

    async def _call(self, call: Call) -> Answer:
        async with self._turn:
            child = await self._started()
            try:
                async with asyncio.timeout(self._call_s):
                    answer = await _exchange(child, call)
            except TimeoutError:
                await self._end()
                raise self._failed("timeout") from None
            except (OSError, asyncio.IncompleteReadError):
                await self._end()
                raise self._failed("died") from None
            except BaseException:
                await self._end()
                raise
        if isinstance(answer, Problem):
            raise self._failed(answer.kind)
        return answer

    def _failed(self, kind: str) -> EngineError:
        log.error("plan.engine_failed", kind=kind)
        return EngineError(kind)

    async def _started(self) -> Process:
        if self._child is None or self._child.returncode is not None:
            async with asyncio.timeout(START_S):
                self._child = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "realtime.plan.engine_process",
                    stdin=PIPE,
                    stdout=PIPE,
                    stderr=DEVNULL,
                    cwd=_PACKAGES,
                    env={"PATH": os.environ.get("PATH", "")},
                )
        return self._child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
        await child.wait()
        if child.stdin is not None:
            child.stdin.close()


async def _exchange(child: Process, call: Call) -> Answer:
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(engine_wire.framed(call))
    await child.stdin.drain()
    length = int.from_bytes(await child.stdout.readexactly(4), "big")
    if length > engine_wire.MAX_BYTES:
        raise EngineError("wrong_answer")
    return engine_wire.answers.decode(await child.stdout.readexactly(length))
