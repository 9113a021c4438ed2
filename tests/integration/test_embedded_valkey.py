"""The embedded parts as real processes: started, killed, back again, and never left behind."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis.asyncio as redis

from server.config import Settings
from server.embedded.child import ChildFailed
from server.embedded.media import MediaChild
from server.embedded.valkey import EmbeddedValkey
from tests.support.processes import until

ROOT = Path(__file__).resolve().parents[2]
PARENT = """
import asyncio, sys
from pathlib import Path
from server.embedded.valkey import EmbeddedValkey

async def main():
    valkey = EmbeddedValkey(Path(sys.argv[1]))
    async with valkey:
        print(valkey.child.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def is_running(pid: int) -> bool:
    """Whether the process exists and is more than an unread exit code."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
        process.kill()


async def test_it_answers_behind_its_password_only(tmp_path: Path) -> None:
    async with EmbeddedValkey(tmp_path) as url:
        known = redis.from_url(url)
        assert await known.ping()
        await known.aclose()
        (socket,) = tmp_path.glob("valkey-*.sock")
        assert socket.stat().st_mode & 0o077 == 0
        stranger = redis.from_url(f"unix://{socket}")
        with pytest.raises(redis.RedisError, match=r"(?i)authenticat"):
            await stranger.ping()
        await stranger.aclose()
    assert list(tmp_path.iterdir()) == []


async def test_killed_it_is_back_at_the_same_address(tmp_path: Path) -> None:
    valkey = EmbeddedValkey(tmp_path)
    async with valkey as url:
        assert valkey.child is not None
        first = valkey.child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(10):
            await valkey.child.ended()
            await valkey.child.up()
        assert valkey.child.pid != first
        client = redis.from_url(url)
        assert await client.ping()
        await client.aclose()


async def test_stopped_it_is_gone(tmp_path: Path) -> None:
    valkey = EmbeddedValkey(tmp_path)
    async with valkey:
        assert valkey.child is not None
        pid = valkey.child.pid
    assert pid is not None
    assert not is_running(pid)


def test_killing_the_server_leaves_no_orphan(parent: tuple[subprocess.Popen[str], int]) -> None:
    process, child = parent
    assert is_running(child)
    process.kill()
    process.wait()
    assert until(lambda: not is_running(child))


async def test_a_long_folder_name_gets_a_short_socket_and_a_stale_one_is_swept(tmp_path: Path) -> None:
    (tmp_path / "valkey-999999999.sock").touch()
    async with EmbeddedValkey(tmp_path):
        assert not (tmp_path / "valkey-999999999.sock").exists()
    deep = tmp_path / ("a long name " * 9)
    async with EmbeddedValkey(deep) as url:
        client = redis.from_url(url)
        assert await client.ping()
        await client.aclose()


async def test_the_media_node_is_back_within_seconds(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, media_port=0, node_id="test")
    async with EmbeddedValkey(tmp_path) as url, MediaChild(settings, url) as media:
        first = media.pid
        assert first is not None
        assert url not in Path(f"/proc/{first}/cmdline").read_text()
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(20):
            await media.ended()
            await media.up()
        second = media.pid
        assert second is not None
        assert second != first
    assert not is_running(second)


async def test_a_media_port_that_is_taken_is_said_plainly(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, media_host="192.0.2.1", media_port=-1, node_id="test")
    async with EmbeddedValkey(tmp_path) as url:
        with pytest.raises(ChildFailed, match="media node"):
            await MediaChild(settings, url).__aenter__()
