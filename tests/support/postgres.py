"""A PostgreSQL for tests: `HEARTH_TEST_POSTGRES` (a URL whose user may create databases), or a private cluster of the
system's binaries, on loopback, gone afterwards."""

import asyncio
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from tests.support.processes import children_of, free_port

NOT_FOUND = (
    "PostgreSQL is not installed: apt-get install postgresql, or set HEARTH_TEST_POSTGRES=postgresql://user@host/db"
)


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).parent
    raise RuntimeError(NOT_FOUND)


class Cluster:
    """One private server. `stop_now` and `start` play a crash, `standing_still` a machine that hangs."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._bin = _binaries()
        self._data = folder / "data"
        self.port = port
        self.url = f"postgresql://hearth@127.0.0.1:{port}/postgres"

    def make(self) -> None:
        """Make the cluster; its owner must not be root."""
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-D", self._data, "-U", "hearth", "--auth=trust", "-E", "UTF8", "--no-locale", "-N")

    def start(self) -> None:
        """Start and wait until it answers. fsync is off: tests kill processes, they do not pull the plug."""
        options = f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 -c max_connections=60 -c fsync=off"
        self._run("pg_ctl", "-D", self._data, "-l", self._folder / "log", "-w", "-t", "30", "-o", options, "start")

    def stop_now(self) -> None:
        """As if the machine had died."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Every process of it stopped, its sockets open: nothing answers and nothing fails."""
        first = int((self._data / "postmaster.pid").read_text().split()[0])
        os.kill(first, signal.SIGSTOP)  # first, so that no further child is made
        stopped = [first, *children_of(first)]
        for pid in stopped[1:]:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [str(self._bin / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        subprocess.run(command, check=True, capture_output=True, cwd="/", env={"PATH": os.environ["PATH"], "TZ": "UTC"})


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A started private cluster."""
    folder = Path(tempfile.mkdtemp(prefix="hearth-pg-"))
    cluster = Cluster(folder, free_port())
    try:
        cluster.make()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop_now()
    finally:
        shutil.rmtree(folder)


@contextmanager
def postgres() -> Iterator[str]:
    """URL of a server in which databases may be made."""
    given = os.environ.get("HEARTH_TEST_POSTGRES")
    if given:
        yield given
        return
    with running_cluster() as cluster:
        yield cluster.url


@contextmanager
def fresh_database(server_url: str, like: str = "template1") -> Iterator[str]:
    """URL of a new database, dropped afterwards: empty, or a copy of the one with the URL `like` (used by nobody)."""
    name = f"hearth_{secrets.token_hex(6)}"
    _run_sql(server_url, f"CREATE DATABASE {name} TEMPLATE {like.rpartition('/')[2]}")
    try:
        yield f"{server_url.rsplit('/', 1)[0]}/{name}"
    finally:
        _run_sql(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def _run_sql(url: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def in_its_own_loop() -> None:
        with asyncio.Runner() as runner:
            runner.run(run())

    # A thread, because the test that asks may have a loop running.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(in_its_own_loop).result()
