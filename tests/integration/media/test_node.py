"""The media node as its own process on a real Redis."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from meetings.ids import ParticipantId
from realtime.bus.keys import MEDIA_CARDS, media_meeting, media_node
from realtime.bus.lease import RedisLeases
from realtime.bus.redis_bus import RedisBus
from realtime.media import control, node, node_settings
from tests.support.media_client import publish_offer
from tests.support.media_room import MEETING
from tests.support.redis import private_redis

FINGERPRINT = ":".join(["AB"] * 32)


@asynccontextmanager
async def process(url: str, *flags: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict]]:
    """A running node process and the line it said when ready."""
    command = [
        "-m",
        "realtime.media.node",
        "--redis",
        url,
        "--node-id",
        "media-9",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
    ]
    started = await asyncio.create_subprocess_exec(
        sys.executable, *command, *flags, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(20):
        line = await started.stdout.readline()
    try:
        yield started, json.loads(line)
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--port", "{taken}"], "cannot listen on UDP port {taken} (Address already in use)"),
        (["--port", "70000"], "HEARTH_MEDIA_PORT"),
        (["--host", "nonsense"], "HEARTH_MEDIA_HOST"),
    ],
)
def test_what_keeps_it_from_starting_is_said_in_one_line(flags: list[str], says: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("0.0.0.0", 0))
        taken = other.getsockname()[1]
        command = [sys.executable, "-m", "realtime.media.node", "--redis", "redis://127.0.0.1:1", "--host", "127.0.0.1"]
        command += [flag.format(taken=taken) for flag in flags]
        done = subprocess.run(command, stdin=subprocess.PIPE, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == node.CANNOT_START
    assert says.format(taken=taken) in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr and "Fatal" not in done.stderr


async def until_card(leases: RedisLeases) -> control.NodeCard:
    async with asyncio.timeout(10):
        while True:
            for payload in (await leases.all(MEDIA_CARDS)).values():
                return msgspec.msgpack.decode(payload, type=control.NodeCard)
            await asyncio.sleep(0)


def join(session_id: str) -> bytes:
    return msgspec.msgpack.encode(
        control.JoinPeer(
            meeting_id=MEETING,
            fence=1,
            request_id=session_id,
            session_id=session_id,
            participant_id=ParticipantId("dana"),
            offer=publish_offer(FINGERPRINT),
            video_slots=2,
        )
    )


async def answered(bus: RedisBus, reports, session_id: str) -> control.PeerReady:
    """Join, and ask again until the answer comes (the bus is at most once)."""
    async with asyncio.timeout(20):
        await bus.publish(media_node("media-9"), join(session_id))
        async for _, payload in reports:
            if payload is None:
                await bus.publish(media_node("media-9"), join(session_id))
                continue
            report = msgspec.msgpack.decode(payload, type=control.Report)
            if isinstance(report, control.PeerReady):
                return report
    raise AssertionError("no answer")


async def test_it_answers_over_the_bus_and_keeps_its_card() -> None:
    with private_redis() as redis:
        bus, leases = RedisBus(redis.url), RedisLeases(redis.url)
        async with process(redis.url) as (running, ready), bus.subscribe(media_meeting(MEETING)) as reports:
            card = await until_card(leases)
            assert (card.node_id, card.port, card.host) == ("media-9", ready["port"], "127.0.0.1")
            report = await answered(bus, reports, "one")
            assert f"127.0.0.1 {ready['port']} typ host" in report.answer
            running.send_signal(signal.SIGTERM)
            async with asyncio.timeout(10):
                assert await running.wait() == 0
        await bus.close()
        await leases.close()


async def test_it_outlives_the_bus() -> None:
    with private_redis() as redis:
        bus = RedisBus(redis.url)
        async with process(redis.url) as (running, _), bus.subscribe(media_meeting(MEETING)) as reports:
            await answered(bus, reports, "one")
            redis.stop()
            redis.start()
            async for _, payload in reports:
                if payload is None:
                    break
            leases = RedisLeases(redis.url)
            await until_card(leases)
            await leases.close()
            await answered(bus, reports, "two")
            assert running.returncode is None
        await bus.close()


async def test_without_a_bus_it_starts_and_says_so_in_one_clean_line() -> None:
    async with process("redis://127.0.0.1:1/0") as (running, ready):
        assert (ready["ready"], ready["tcp"]) == (True, True)
        running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await running.stdout.read() == b""
            assert await running.wait() == 0


async def test_it_ends_when_its_standard_input_does() -> None:
    with private_redis() as redis:
        async with process(redis.url, "--die-with-parent") as (running, _):
            running.stdin.close()
            async with asyncio.timeout(10):
                assert await running.wait() == 0


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "HEARTH_REDIS_URL": "redis://bus",
        "HEARTH_NODE_ID": "media-3",
        "HEARTH_MEDIA_HOST": "203.0.113.9",
        "HEARTH_MEDIA_PORT": "9000",
        "HEARTH_MEDIA_BIND": "0.0.0.0",
    }.items():
        monkeypatch.setitem(os.environ, name, value)
    found = node_settings.arguments([])
    assert (found.redis, found.node_id, found.host, found.port, found.bind) == (
        "redis://bus",
        "media-3",
        "203.0.113.9",
        9000,
        "0.0.0.0",
    )


def test_local_hosts_end_with_loopback() -> None:
    hosts = node.local_hosts()
    assert hosts[-1] == "127.0.0.1"
    assert not any(host.startswith("fe80:") for host in hosts)
