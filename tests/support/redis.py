"""A private redis-server (or Valkey) on a free port, for as long as a `with` block lasts."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote


class PrivateRedis:
    """One server process; `stop` and `start` play an outage on the same port."""

    def __init__(self, program: str, folder: Path, password: str = "") -> None:
        self._program = program
        self._password = password
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    @property
    def url(self) -> str:
        secret = f":{quote(self._password, safe='')}@" if self._password else ""
        return f"redis://{secret}127.0.0.1:{self.port}/0"

    def start(self) -> None:
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        if self._password:
            arguments += ["--requirepass", self._password]
        self._process = subprocess.Popen(
            [self._program, *arguments, "--dir", str(self._folder), "--daemonize", "no"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if b"eady to accept connections" in line:
                return
        raise AssertionError("the server did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None


@contextlib.contextmanager
def private_redis(program: str | None = None, password: str = "") -> Iterator[PrivateRedis]:
    """A running server: `redis-server` of the system unless a program is given; with `password` it asks for it."""
    found = program or shutil.which("redis-server")
    assert found is not None, "redis-server is not installed (apt-get install redis-server)"
    with tempfile.TemporaryDirectory() as folder:
        server = PrivateRedis(found, Path(folder), password)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
