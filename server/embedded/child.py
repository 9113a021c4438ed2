"""A child process under supervision: started, waited for, started again when it dies, stopped cleanly.

It never outlives this process: its program ends with its parent (`tether`, or its own doing), and its standard input is
a pipe that closes with us.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import structlog

from realtime.supervision import Supervisor

READY_S = 15.0
STOP_S = 5.0  # after SIGTERM; then SIGKILL

log = structlog.get_logger(__name__)


class ChildFailed(Exception):
    """A part of the server could not be started. The text names it."""


class ChildDied(Exception):
    """Its process ended by itself after it had been ready once."""


class Refused(msgspec.Struct, frozen=True):
    """The line by which a child says in a sentence why it cannot start; in any other case its log does."""

    refused: str


def tethered(program: Path, *arguments: str) -> list[str]:
    """The command that runs `program` so that it dies with this process."""
    tether = str(Path(__file__).with_name("tether.py"))
    return [sys.executable, "-I", "-S", tether, str(os.getpid()), str(program), *arguments]


class Child:
    """`async with Child(...)`: running from entry (its output held `ready`) to exit."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        ready: bytes,
        environment: Mapping[str, str] | None = None,
        told: bytes | None = None,
        supervisor: Supervisor | None = None,
    ) -> None:
        """`told` is written to its standard input, which is then closed; without it the input stays open. `supervisor`
        starts it again when it dies, and is told when that does not help."""
        self.name = name
        self._command = command
        self._ready = ready
        self._environment = None if environment is None else {**os.environ, **environment}
        self._told = told
        self._supervisor = supervisor or Supervisor()
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._is_stopping = False
        self._was_up = False  # in its present or last life
        self._refusal = ""
        self.starts = 0

    @property
    def pid(self) -> int | None:
        """Its process id while it is up."""
        return self._process.pid if self._process is not None and self._up.is_set() else None

    async def up(self) -> None:
        """Wait until it is ready (again)."""
        await self._up.wait()

    async def ended(self) -> None:
        """Wait until it is seen to be down."""
        await self._down.wait()

    async def __aenter__(self) -> Self:
        """Start it. Raises ChildFailed when it ends or stays silent instead of becoming ready."""
        self._task = self._supervisor.keep(self.name, self._one_life)
        ready = asyncio.create_task(self._up.wait())
        await asyncio.wait({self._task, ready}, timeout=READY_S, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            await self._stop()
            unsaid = f"The {self.name} could not be started; its own words are in the log above."
            raise ChildFailed(self._refusal or unsaid)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it: SIGTERM, then SIGKILL after five seconds."""
        await self._stop()

    async def _one_life(self) -> None:
        """From start to end. Returns when it was to end, or never became ready; raises ChildDied otherwise."""
        code = await self._live()
        if self._is_stopping:
            return
        if self.starts == 1 and not self._was_up:
            log.error("child.not_started", child=self.name, code=code)
            return
        log.warning("child.died", child=self.name, code=code)
        raise ChildDied(self.name)

    async def _live(self) -> int:
        """One life, from start to end; its exit code."""
        self.starts += 1
        self._was_up = False
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, env=self._environment, start_new_session=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if self._told is not None:
            self._process.stdin.write(self._told)
            self._process.stdin.close()
        try:
            while line := await self._process.stdout.readline():
                if self._ready in line:
                    self._was_up = True
                    self._down.clear()
                    self._up.set()
                else:
                    self._refusal = _refusal(line) or self._refusal
            return await self._process.wait()
        finally:
            self._up.clear()
            self._down.set()

    async def _stop(self) -> None:
        self._is_stopping = True
        process = self._process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(STOP_S):
                    await process.wait()
            except TimeoutError:
                log.warning("child.killed", child=self.name)
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task


def _refusal(line: bytes) -> str:
    try:
        return msgspec.json.decode(line, type=Refused).refused
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
