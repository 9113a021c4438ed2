"""Parts that die: seen at `/readyz`, started again, and when that does not help the whole process ends."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from tests.support.processes import children_of, until
from tests.support.server import HearthServer, hearth_server
from tests.support.visitor import Visitor

PART_LOST = 1


def child(server: HearthServer, words: bytes) -> int | None:
    """The child of the server whose command holds these words."""
    for pid in children_of(server.pid):
        with suppress(FileNotFoundError, ProcessLookupError):
            if words in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
    return None


def test_a_media_node_that_dies_is_seen_at_readyz_and_comes_back() -> None:
    with hearth_server() as server:
        visitor = Visitor(server.url)
        assert visitor.get("/readyz").status == 200
        old = child(server, b"realtime.media.node")
        assert old is not None
        os.kill(old, signal.SIGKILL)
        assert until(lambda: visitor.get("/readyz").status == 503)
        assert b"media node died and is being started again" in visitor.get("/readyz").body
        assert visitor.get("/healthz").status == 200
        assert until(lambda: child(server, b"realtime.media.node") not in (None, old), 20)
        assert until(lambda: visitor.get("/readyz").status == 200, 20)
        (died,) = [line for line in server.logged() if line["event"] == "task.died"]
        assert (died["task"], died["kind"]) == ("media node", "ChildDied")


def test_a_part_that_cannot_be_started_again_ends_the_process() -> None:
    """As the kernel does that finds no memory: whatever starts is killed."""
    with hearth_server() as server:

        def killed() -> bool:
            with suppress(FileNotFoundError, ProcessLookupError):
                pid = child(server, b"valkey-server")
                if pid is not None:
                    os.kill(pid, signal.SIGKILL)
            return any(line["event"] == "task.lost" for line in server.logged())

        assert until(killed, 60)
        assert server.ended() == PART_LOST
        assert "hearth: A part of the server (Valkey) died and could not be started again" in server.log_text()
