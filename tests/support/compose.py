"""docker-compose.yml without containers: its services as processes of this machine, with the settings it names.

What two processes on one machine cannot share is mapped, and nothing else:

| in the file                                   | here                                                          |
|-----------------------------------------------|---------------------------------------------------------------|
| `postgres`, 5432, `hearth`, `redis`, 6379      | the private servers of the test                               |
| 8470 (both web nodes), 8471, 8472, 8473       | free ports                                                    |
| 172.28.0.0/24, the proxy's network            | 127.0.0.1/32: here the test is the proxy                      |
| /var/lib/hearth (tmpfs, from the Dockerfile)  | a new folder for each node                                    |
| `python`                                      | the Python that runs the tests                                |
"""

import contextlib
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from tests.support.postgres import fresh_database
from tests.support.privacy import private_parts
from tests.support.processes import free_port
from tests.support.redis import PrivateRedis, private_redis

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"
READY_S = 120.0
_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::(-|\?)([^}]*))?\}")


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service of the file as it would start."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    stop_grace_s: float
    raw: Mapping[str, Any] = field(repr=False)


def compose_file(variables: Mapping[str, str]) -> dict[str, Any]:
    """The file with its `${NAME}`s filled in, after it was read, as compose does: a value may hold any character.
    KeyError for one that is not given and has no default."""
    loaded: dict[str, Any] = _filled(yaml.safe_load(FILE.read_text()), variables)
    return loaded


def _filled(part: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: _filled(value, variables) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, variables) for value in part]
    return _VARIABLE.sub(lambda found: _value(found, variables), part) if isinstance(part, str) else part


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    return variables.get(found[1], found[3]) if found[2] == "-" else variables[found[1]]


def services(variables: Mapping[str, str]) -> dict[str, Service]:
    """Every service of the file by name."""
    return {name: _service(name, raw) for name, raw in compose_file(variables)["services"].items()}


def _service(name: str, raw: Mapping[str, Any]) -> Service:
    grace = re.fullmatch(r"(\d+)s", raw.get("stop_grace_period", "10s"))
    assert grace is not None
    environment = {key: str(value) for key, value in raw.get("environment", {}).items()}
    return Service(
        name=name,
        command=tuple(raw.get("command", ())),
        environment=environment,
        stop_grace_s=float(grace[1]),
        raw=raw,
    )


def image_environment() -> dict[str, str]:
    """What the image's last stage sets (`ENV`)."""
    lines = re.findall(r"^ENV (.+)$", DOCKERFILE.read_text(), re.MULTILINE)
    return {key: value for line in lines for key, _, value in (pair.partition("=") for pair in line.split())}


class Node:
    """One web or media node. `start` waits until it said that it is ready."""

    def __init__(self, service: Service, environment: Mapping[str, str], folder: Path) -> None:
        self.service = service
        self.name = service.name
        self.environment = dict(environment)
        self.folder = folder
        self.log = folder / f"{service.name}.log"
        self._process: subprocess.Popen[str] | None = None

    @property
    def port(self) -> int:
        """Where it listens: pages for a web node, UDP for a media node."""
        is_web = self.name.startswith("web")
        return int(self.environment["HEARTH_PORT" if is_web else "HEARTH_MEDIA_PORT"])

    @property
    def address(self) -> str:
        """Host and port of a web node."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    def begin(self) -> None:
        """Start without waiting."""
        program, *arguments = self.service.command
        assert program == "python"
        # The loop's debug mode (tests/all.py) is for the tests' own loops.
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("HEARTH_", "PYTHONASYNCIO"))}
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=kept | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def ready(self) -> None:
        """Wait for the one line of standard output that says so."""
        assert self._process is not None
        assert self._process.stdout is not None
        line: list[str] = []
        reader = threading.Thread(target=lambda: line.append(self._process.stdout.readline()), daemon=True)  # type: ignore[union-attr]
        reader.start()
        reader.join(READY_S)
        if not line or "ready" not in line[0]:
            self.kill()
            raise AssertionError(f"{self.name} did not start:\n{self.log_text()[-4000:]}")

    def start(self) -> None:
        """Start and wait."""
        self.begin()
        self.ready()

    def stop(self) -> tuple[int, float]:
        """SIGTERM, as `docker compose stop` does. Exit code and seconds; fails beyond the grace period of the file."""
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(self.service.stop_grace_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} outlived its grace period:\n{self.log_text()[-4000:]}") from None
        self._gone()
        return code, time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._gone()

    def _gone(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

    def log_text(self) -> str:
        """Everything it logged."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


@dataclass
class Composed:
    """The file's processes on this machine; `nodes` by service name, not started yet."""

    nodes: dict[str, Node]
    redis: PrivateRedis
    database_url: str
    public_url: str

    def start(self, *names: str) -> None:
        """Start these nodes at once, as compose does, and wait for all."""
        for name in names:
            self.nodes[name].begin()
        for name in names:
            self.nodes[name].ready()

    def __getitem__(self, name: str) -> Node:
        return self.nodes[name]


@contextlib.contextmanager
def composed(postgres_url: str, folder: Path, *, own_origins: bool = False) -> Iterator[Composed]:
    """Every web and media node of the file, on its own PostgreSQL database and Redis. With `own_origins` a browser may
    open each web node at its own address (there is no TLS proxy here that would give both one name)."""
    password = f"/ #@?:%41'{secrets.token_hex(12)}@tail"  # any character, as people's passwords have
    with private_redis(password=password) as redis, fresh_database(postgres_url) as database_url:
        variables = {
            "HEARTH_DOMAIN": "meet.example.org",
            "HEARTH_MEDIA_HOST": "auto",
            "HEARTH_OFFICE_PHONE": "(608) 266-1234",
            "HEARTH_QUICK_EXIT_URL": "https://dull.example/",
            "HEARTH_TIME_ZONE": "America/Chicago",
            "POSTGRES_PASSWORD": f"/ #@?:%41'{secrets.token_hex(12)}@tail",
            "REDIS_PASSWORD": password,
        }
        found = services(variables)
        nodes = {
            name: _node(service, redis, database_url, folder, own_origins)
            for name, service in found.items()
            if name.startswith(("web", "media"))
        }
        public_url = nodes["web-1"].environment["HEARTH_PUBLIC_URL"]
        try:
            yield Composed(nodes, redis, database_url, public_url)
        finally:
            for node in nodes.values():
                node.kill()
        assert {name: private_parts(node.log_text()) for name, node in nodes.items()} == {name: [] for name in nodes}


def _node(service: Service, redis: PrivateRedis, database_url: str, folder: Path, own_origins: bool) -> Node:
    own = folder / service.name
    own.mkdir(parents=True)
    port = str(free_port())
    environment = image_environment() | service.environment
    del environment["PATH"]
    database = urlsplit(database_url)
    mapped = {
        "HEARTH_DATA_DIR": str(own),
        "HEARTH_DATABASE_HOST": str(database.hostname),
        "HEARTH_DATABASE_PORT": str(database.port),
        "HEARTH_DATABASE_NAME": database.path.removeprefix("/"),
        "HEARTH_REDIS_HOST": "127.0.0.1",
        "HEARTH_REDIS_PORT": str(redis.port),
        "HEARTH_STATUS": f"127.0.0.1:{free_port()}",
        "HEARTH_TRUSTED_PROXIES": "127.0.0.1/32",
        "HEARTH_PORT": port,
        "HEARTH_MEDIA_PORT": port,
    }
    environment |= {key: value for key, value in mapped.items() if key in environment}
    if own_origins and "HEARTH_PUBLIC_URL" in environment:
        environment["HEARTH_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    return Node(service, environment, own)
