"""A child process: waited for, started again when it dies, gone when we are done with it."""

import asyncio
import sys
from pathlib import Path

import pytest

from server.embedded.child import Child, ChildFailed
from tests.support.processes import until

READY = "import sys; print('ready', flush=True); sys.stdin.read()"


def python(program: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", program]


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


async def test_it_is_up_from_entry_to_exit() -> None:
    async with Child("part", python(READY), ready=b"ready") as child:
        assert child.pid is not None and is_alive(child.pid)
        assert child.starts == 1
    assert child.pid is None


async def test_killed_it_starts_again() -> None:
    async with Child("part", python(READY), ready=b"ready") as child:
        first = child.pid
        assert child._process is not None
        child._process.kill()
        async with asyncio.timeout(10):
            await child.ended()
            await child.up()
        assert child.starts == 2 and child.pid not in (None, first)


@pytest.mark.parametrize("program", ["import sys; sys.exit(3)", "print('another word')"])
async def test_one_that_ends_before_it_is_ready_is_said_not_to_start(program: str) -> None:
    with pytest.raises(ChildFailed, match="The part could not be started"):
        async with Child("part", python(program), ready=b"ready"):
            pass


async def test_its_own_sentence_is_what_is_told() -> None:
    program = """print('{"refused": "The port is taken."}'); raise SystemExit(2)"""
    with pytest.raises(ChildFailed, match=r"^The port is taken\.$"):
        async with Child("part", python(program), ready=b"ready"):
            pass


async def test_it_is_told_its_secret_over_standard_input_and_nothing_else() -> None:
    echo = "import sys; print('ready', sys.stdin.read() == 'secret', flush=True); import signal; signal.pause()"
    async with Child("part", python(echo), ready=b"ready True", told=b"secret") as child:
        assert child.pid is not None


async def test_one_that_does_not_listen_ends_with_its_input() -> None:
    """Its standard input closes with this process, so a child that reads it never outlives us."""
    async with Child("part", python(READY), ready=b"ready") as child:
        process = child._process
        assert process is not None and process.stdin is not None
        process.stdin.close()
        async with asyncio.timeout(10):
            await child.ended()
        assert until(lambda: process.returncode == 0)
