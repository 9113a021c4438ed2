"""What keeps Hearth from starting is told in one plain sentence, with exit code 2 and nothing else."""

import errno
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from litestar import Litestar

from server.config import ConfigError, MediaMode, Settings
from server.lifespan import Lifespan, Parts
from server.persistence.refusal import StorageUnavailable
from server.routes.readiness import Readiness
from tests.support.redis import private_redis
from tests.support.server import ROOT, hearth_server

CANNOT_START = 2


@pytest.fixture(scope="module")
def other_program() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def refused(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None, most_kib: int = 0) -> str:
    """What `demo` says when it cannot start, beside the log's lines for machines. With `most_kib` no file may grow
    larger: every write beyond fails, as on a full disk."""
    usual = ["--json", "--data", str(folder)]
    for port in {"--port", "--media-port"} - set(arguments):
        usual += [port, "0"]
    limits = ["prlimit", f"--fsize={most_kib * 1024}"] if most_kib else []
    done = subprocess.run(
        [*limits, sys.executable, "-m", "server.cli", "demo", *usual, *arguments],
        cwd=ROOT, env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == CANNOT_START, done.stderr
    assert done.stdout == ""
    sentence, *more = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert not more and "exception" not in done.stderr, done.stderr
    assert sentence.startswith("hearth: ") and sentence.endswith((".", ")."))
    return sentence


@pytest.mark.parametrize("folder", ["/etc/hostname/hearth", "/proc/hearth"])
def test_a_folder_that_cannot_be_written(folder: str) -> None:
    assert f"The folder {folder} cannot be written" in refused(Path(folder))
    assert f"The folder {folder} cannot be written" in refused(Path(folder), "--lan")


def test_a_setting_that_cannot_be_used(tmp_path: Path) -> None:
    assert "HEARTH_LOG_LEVEL must be one of" in refused(tmp_path, environment={"HEARTH_LOG_LEVEL": "loud"})


def test_a_proxy_on_this_machine_that_is_not_trusted(tmp_path: Path) -> None:
    environment = {"HEARTH_PUBLIC_URL": "https://meet.example.org"}
    assert "Set HEARTH_TRUSTED_PROXIES=127.0.0.1" in refused(tmp_path, "--port", "8479", environment=environment)


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    assert "cannot be brought up to date: " in refused(tmp_path, most_kib=64)


@pytest.mark.parametrize(
    "trouble", [OSError(errno.ENOSPC, "No space left on device"), StorageUnavailable("database or disk is full")]
)
async def test_a_disk_that_fills_before_anyone_is_let_in(
    tmp_path: Path, trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.lifespan.without_traceback_of_uvicorn", lambda: None)  # for this process it would last

    async def prepare(_: Parts) -> None:
        raise trouble

    lifespan = Lifespan(Settings(data_dir=tmp_path, media=MediaMode.EXTERNAL), Readiness(), prepare)
    with pytest.raises(ConfigError, match=r"^Hearth cannot write what it needs to start: .*(space|disk).*"):
        async with lifespan(Litestar([])):
            pass
    assert isinstance(lifespan.failure, ConfigError)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "The database's address cannot be read."),
        ("mysql://hearth@127.0.0.1/hearth", "not in mysql"),
        ("postgresql://hearth:secret@127.0.0.1:1/hearth", "The database at 127.0.0.1:1 cannot be used"),
    ],
)
def test_a_database_that_is_not_there(tmp_path: Path, url: str, says: str) -> None:
    sentence = refused(tmp_path, "--database", url)
    assert says in sentence
    assert "secret" not in sentence


def test_a_database_the_server_does_not_have(tmp_path: Path, postgres_url: str) -> None:
    assert "does not exist" in refused(tmp_path, "--database", postgres_url.rpartition("/")[0] + "/no_such_database")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "hearth.sqlite3").write_bytes(bytes(range(256)) * 16)
    assert "cannot be opened for writing" in refused(tmp_path)


def test_a_database_of_a_newer_hearth_stays_as_it_is(tmp_path: Path) -> None:
    with hearth_server(data_dir=tmp_path) as server:
        assert "Another Hearth" in refused(tmp_path)
        server.stop()
        with sqlite3.connect(tmp_path / "hearth.sqlite3") as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.close()
        before = (tmp_path / "hearth.sqlite3").read_bytes()
        assert "newer Hearth" in refused(tmp_path)
        assert (tmp_path / "hearth.sqlite3").read_bytes() == before


def test_a_port_that_is_taken(tmp_path: Path, other_program: int) -> None:
    assert f"cannot listen on 127.0.0.1:{other_program}" in refused(tmp_path, "--port", str(other_program))


def test_a_port_of_sound_and_picture_that_is_taken(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("0.0.0.0", 0))
        port = taken.getsockname()[1]
        sentence = refused(tmp_path, "--media-port", str(port))
    assert f"cannot listen on UDP port {port} (" in sentence and "--media-port" in sentence


@pytest.mark.parametrize(
    ("url", "says"),
    [("nonsense", "must be an address such as redis://"), ("redis://:secret@127.0.0.1:1/0", "Redis at 127.0.0.1:1")],
)
def test_a_redis_that_is_not_there(tmp_path: Path, url: str, says: str) -> None:
    sentence = refused(tmp_path, "--redis", url)
    assert says in sentence
    assert "secret" not in sentence


def test_a_redis_that_wants_another_password(tmp_path: Path) -> None:
    with private_redis(password="the right one") as redis:
        url = f"redis://:wrong@127.0.0.1:{redis.port}/0"
        assert "does not answer or refuses the password" in refused(tmp_path, "--redis", url)
