"""`kill -9` of the media node: the meeting goes on, and everyone hears each other again by themselves."""

import os
import signal
import time
from pathlib import Path

from tests.support import journeys
from tests.support.meeting import open_conference, small_conference
from tests.support.people import DANA, SAM

BACK_S = 8.0


def media_node_of(server_pid: int) -> int:
    """The process id of the server's media child."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"realtime.media.node" in command and parent == server_pid:
            return int(entry.name)
    raise AssertionError("the server has no media child")


async def test_audio_is_back_within_eight_seconds_after_the_media_node_was_killed() -> None:
    async with open_conference() as (server, browser):
        sam, dana = await small_conference(server, browser)
        await sam.hears(DANA)
        await dana.hears(SAM)
        old = media_node_of(server.pid)
        await sam.forget_connections()
        await dana.forget_connections()
        os.kill(old, signal.SIGKILL)
        began = time.monotonic()
        # Words go on while sound is away.
        await journeys.adds_card(dana, "What is going well", "We can still write")
        for seat, other in ((sam, DANA), (dana, SAM)):
            await seat.receives_anew()
            await seat.hears(other, timeout_s=20)
        took_s = time.monotonic() - began
        assert media_node_of(server.pid) != old
        await journeys.reads_in_plan(sam, "We can still write")
        assert took_s <= BACK_S, f"sound was away for {took_s:.1f} s"
