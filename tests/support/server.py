"""A whole Hearth server as people start it: its own process, its own data folder, embedded parts, a free port."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tests.support.privacy import private_parts

ROOT = Path(__file__).resolve().parents[2]
METRICS_TOKEN = "of-those-who-watch-the-tests"
READY_S = 120.0
STOP_S = 40.0


class StaffSignIn(msgspec.Struct, frozen=True):
    """One demonstration sign-in."""

    name: str
    email: str
    password: str
    role: str


class PersonalLink(msgspec.Struct, frozen=True):
    """One demonstration link."""

    name: str
    role: str
    url: str

    @property
    def token(self) -> str:
        """The secret in the fragment."""
        return self.url.partition("#")[2]


class Announced(msgspec.Struct, frozen=True):
    """The line `demo --json` prints when ready."""

    url: str
    staff: tuple[StaffSignIn, ...]
    links: tuple[PersonalLink, ...]
    meeting_id: str
    case_id: str


class HearthServer:
    """One running server. `stop` asks politely, `kill` does not; `start` again uses the same folder and settings."""

    def __init__(self, data_dir: Path, arguments: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self.data_dir = data_dir
        self._arguments = arguments
        # The loop's debug mode (tests/all.py) logs what callbacks were called with: a server in use never does.
        quiet = {"HEARTH_LOG_LEVEL": "info", "PYTHONASYNCIODEBUG": "", "HEARTH_METRICS_TOKEN": METRICS_TOKEN}
        self._environment = {**os.environ, **quiet, **environment}
        self._process: subprocess.Popen[str] | None = None
        self.log = data_dir / "server.log"
        self.announced: Announced

    @property
    def url(self) -> str:
        """Where it is reached, such as http://127.0.0.1:41234."""
        return self.announced.url

    @property
    def pid(self) -> int:
        """The server process (its children die with it)."""
        assert self._process is not None
        return self._process.pid

    def argument(self, name: str) -> str:
        """What it was started with, such as the `--database`."""
        return self._arguments[self._arguments.index(name) + 1]

    def link(self, role: str) -> PersonalLink:
        """The personal link of the person in this role (parent, kin, youth, provider)."""
        return next(link for link in self.announced.links if link.role == role)

    def sign_in(self, role: str) -> StaffSignIn:
        """The sign-in of the member of staff in this role (facilitator, caseworker, supervisor)."""
        return next(one for one in self.announced.staff if one.role == role)

    def start(self, port: int = 0) -> None:
        """Start and wait until ready. A second start of the same folder resumes the same meeting."""
        command = [sys.executable, "-m", "server.cli", "demo", "--json", "--data", str(self.data_dir)]
        command += ["--port", str(port), "--media-port", "0", *self._arguments]
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        line = self._first_line(self._process)
        if not line.strip():
            self.kill()
            raise AssertionError(f"the server did not start:\n{self.log_text()[-4000:]}")
        self.announced = msgspec.json.decode(line, type=Announced)

    @staticmethod
    def _first_line(process: "subprocess.Popen[str]") -> str:
        assert process.stdout is not None
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=lambda: lines.put(process.stdout.readline()), daemon=True).start()  # type: ignore[union-attr]
        try:
            return lines.get(timeout=READY_S)
        except queue.Empty:
            return ""

    def stop(self) -> int:
        """SIGTERM and wait. The exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self.ended()

    def kill(self) -> None:
        """SIGKILL: no flush, no goodbye."""
        if self._process is not None:
            self._process.kill()
            self.ended()

    def ended(self) -> int:
        """Wait until it has ended, by itself or because it was told to. The exit code."""
        assert self._process is not None
        process, self._process = self._process, None
        try:
            code = process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the server did not stop:\n{self.log_text()[-4000:]}") from None
        finally:
            if process.stdout is not None:
                process.stdout.close()
        return code

    def verify_audit(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`audit verify` of its database, whether it runs or not."""
        where = ["--data", str(self.data_dir)]
        if "--database" in self._arguments:
            where += ["--database", self.argument("--database")]
        command = [sys.executable, "-m", "server.cli", "audit", "verify", *where, *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=60, check=False
        )

    def log_text(self) -> str:
        """Everything it logged."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def logged(self) -> list[dict[str, Any]]:
        """Its log lines that are JSON."""
        return [json.loads(line) for line in self.log_text().splitlines() if line.startswith("{")]


@contextlib.contextmanager
def hearth_server(
    *arguments: str, data_dir: Path | None = None, environment: Mapping[str, str] | None = None, port: int = 0
) -> Iterator[HearthServer]:
    """A running server with the invented case; `arguments` are further options of `demo`."""
    with tempfile.TemporaryDirectory(prefix="hearth-") as folder:
        server = HearthServer(data_dir or Path(folder), arguments, environment or {})
        server.data_dir.mkdir(parents=True, exist_ok=True)
        server.start(port)
        try:
            yield server
        finally:
            server.kill()
        assert private_parts(server.log_text()) == []


@contextlib.contextmanager
def plain_start(data_dir: Path, environment: Mapping[str, str] | None = None) -> Iterator[tuple[str, Path]]:
    """`start` with a folder that exists: what it says on standard output once ready, and its log."""
    log = data_dir / "start.log"
    command = [sys.executable, "-m", "server.cli", "start", "--data", str(data_dir), "--port", "0", "--media-port", "0"]
    with log.open("w") as written:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
        )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said, log.read_text()[-4000:]
        yield said, log
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=STOP_S)
    assert private_parts(log.read_text()) == []
