"""The media node: a process of its own that forwards packets and is told over the bus for whom.

`python -m realtime.media.node --redis URL --node-id ID --host ADDRESS[,more] --port UDP_PORT` (or the environment
variables named beside the flags). Prints one JSON line when ready, or one that says in a sentence why it cannot start
(exit code 2). Media goes on while the bus is away.
"""

import argparse
import asyncio
import ctypes
import gc
import json
import logging
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence

import msgspec
import structlog
from aioice.ice import get_host_addresses

from meetings.ids import MeetingId
from realtime.bus.base import Bus, BusDown, Leases
from realtime.bus.keys import media_card, media_meeting, media_node
from realtime.bus.lease import RedisLeases
from realtime.bus.redis_bus import RedisBus
from realtime.media import control, seam
from realtime.media.endpoint import Endpoint
from realtime.media.node_settings import arguments
from realtime.media.stage import Site, Stage
from realtime.media.status import CannotTell, Status
from realtime.media.tcp import TcpListener
from realtime.supervision import Supervisor

logger = logging.getLogger(__name__)

TICK_S = 0.02
CARD_EVERY_S, CARD_TTL_S = 1.0, 3.0
# Without a tick for so long the node forwards nothing on time: it is not well.
WELL_S = 3.0
# Reports waiting while the bus is away; what matters is told again when it is back.
REPORTS_LIMIT = 1000
# Meetings remembered for their fence after they ended.
FENCES_LIMIT = 10_000
_NTP_EPOCH_S = 2_208_988_800
_PR_SET_PDEATHSIG = 1
CANNOT_START = 2


class CannotListen(Exception):
    """The node's port or addresses cannot be used. The text is for the person who starts it."""


class Node:
    """Stages by meeting, driven by commands. `run` works until cancelled."""

    def __init__(
        self,
        node_id: str,
        bus: Bus,
        leases: Leases,
        endpoint: Endpoint,
        hosts: Sequence[str],
        port: int,
        *,
        has_tcp: bool = False,
    ) -> None:
        self._bus = bus
        self._leases = leases
        self._stages: dict[MeetingId, Stage] = {}
        self._fences: dict[MeetingId, int] = {}
        self._reports: asyncio.Queue[control.Report] = asyncio.Queue(REPORTS_LIMIT)
        self._loop = asyncio.get_running_loop()
        self._wall_offset = time.time() - self._loop.time() + _NTP_EPOCH_S
        self._commands = msgspec.msgpack.Decoder(control.Command)
        self._generation = secrets.token_hex(8)
        self._ticked = self._loop.time()
        self.ready = asyncio.Event()
        self._site = Site(
            node_id,
            endpoint,
            seam.new_certificate(),
            tuple(hosts),
            port,
            has_tcp,
            lambda now: int((now + self._wall_offset) * 2**32),
            self._report,
        )

    def is_well(self) -> bool:
        """Whether its loop turns in time. (A bus that is away does not make a node ill: media goes on.)"""
        return self.ready.is_set() and self._loop.time() - self._ticked < WELL_S

    def counts(self) -> dict[str, Callable[[], float]]:
        """What is counted, by name, to be asked from any thread."""
        return {
            "meetings": lambda: len(self._stages),
            "peers": lambda: sum(stage.peers for stage in list(self._stages.values())),
            "reports_waiting": self._reports.qsize,
        }

    async def run(self) -> None:
        """Serve until cancelled, then close every connection."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._obey(), name="media-commands")
                tasks.create_task(self._publish(), name="media-reports")
                tasks.create_task(self._renew_card(), name="media-card")
                tasks.create_task(self._tick(), name="media-tick")
        finally:
            for stage in self._stages.values():
                stage.end(self._loop.time())

    async def _obey(self) -> None:
        async with self._bus.subscribe(media_node(self._site.node_id)) as commands:
            self.ready.set()
            async for _, payload in commands:
                if payload is None:
                    for stage in self._stages.values():
                        stage.tell_all()
                    continue
                try:
                    self.perform(self._commands.decode(payload))
                except Exception as error:
                    # One broken command must not end the media of every meeting here.
                    logger.exception("x command: %s", type(error).__name__)

    def perform(self, command: control.Command) -> None:
        """Do what a command says, unless it comes from a web node that no longer holds the meeting's lease."""
        meeting_id, now = command.meeting_id, self._loop.time()
        if command.fence < self._fences.get(meeting_id, command.fence):
            logger.info("x command: stale fence")
            return
        self._remember_fence(meeting_id, command.fence)
        if isinstance(command, control.EndStage):
            stage = self._stages.pop(meeting_id, None)
            if stage is not None:
                stage.end(now)
            return
        stage = self._stages.get(meeting_id)
        if stage is None:
            if not isinstance(command, control.JoinPeer | control.GrantHearing):
                return
            stage = self._stages[meeting_id] = Stage(meeting_id, self._site)
        _direct(stage, command, now)

    def _remember_fence(self, meeting_id: MeetingId, fence: int) -> None:
        self._fences.pop(meeting_id, None)
        self._fences[meeting_id] = fence
        if len(self._fences) > FENCES_LIMIT:
            del self._fences[next(iter(self._fences))]

    def _report(self, report: control.Report) -> None:
        if self._reports.full():
            self._reports.get_nowait()
        self._reports.put_nowait(report)

    async def _publish(self) -> None:
        encode = msgspec.msgpack.Encoder().encode
        while True:
            report = await self._reports.get()
            try:
                await self._bus.publish(media_meeting(report.meeting_id), encode(report))
            except BusDown:
                logger.info("x report: bus is down")

    async def _renew_card(self) -> None:
        site = self._site
        while True:
            card = control.NodeCard(
                node_id=site.node_id,
                generation=self._generation,
                host=site.hosts[0],
                port=site.port,
                peers=int(self.counts()["peers"]()),
            )
            try:
                await self._leases.put(media_card(site.node_id), msgspec.msgpack.encode(card), CARD_TTL_S)
            except BusDown:
                logger.info("x card: bus is down")
            await asyncio.sleep(CARD_EVERY_S)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._ticked = self._loop.time()
            for stage in list(self._stages.values()):
                try:
                    stage.tick(self._loop.time())
                except Exception as error:
                    logger.exception("x tick: %s", type(error).__name__)


def _direct(stage: Stage, command: control.Command, now: float) -> None:
    match command:
        case control.JoinPeer():
            stage.join(command, now)
        case control.AnswerPeer():
            stage.answer(command)
        case control.LeavePeer():
            stage.leave(command.session_id, now)
        case control.GrantHearing():
            stage.grant(command, now)
        case control.ShowPeers():
            stage.show(command, now)
        case control.MutePeer():
            stage.mute(command, now)
        case control.EndStage():
            stage.end(now)


def local_hosts() -> list[str]:
    """This machine's own addresses, loopback last (Firefox never tries it; offline, Chromium tries nothing else)."""
    found = get_host_addresses(use_ipv4=True, use_ipv6=True)
    return [host for host in found if not host.startswith("fe80:")] + ["127.0.0.1"]


def _open(endpoint: Endpoint, hosts: Sequence[str], bind: str, port: int) -> tuple[list[str], int]:
    """Listen on UDP; the addresses and the port. Raises CannotListen."""
    try:
        return _open_at(endpoint, hosts, bind, port)
    except OSError as error:
        endpoint.close()
        raise CannotListen(
            f"The media node cannot listen on UDP port {port} ({error.strerror}). "
            "Stop the program that uses it, or choose another one with --media-port (HEARTH_MEDIA_PORT; 0 picks one)."
        ) from error


def _open_at(endpoint: Endpoint, hosts: Sequence[str], bind: str, port: int) -> tuple[list[str], int]:
    """Listen on the advertised addresses themselves, so that answers leave from where they were sent to."""
    if bind:
        own = bind.split(",")
        return own, endpoint.open(own, port)
    try:
        return list(hosts), endpoint.open(hosts, port)
    except OSError:
        endpoint.close()
        everywhere = sorted({"::" if ":" in host else "0.0.0.0" for host in hosts})  # noqa: S104 - behind NAT
        return everywhere, endpoint.open(everywhere, port)


async def _open_tcp(listener: TcpListener, hosts: Sequence[str], port: int) -> bool:
    """TCP is a help for networks without UDP; without it the node still serves."""
    try:
        await listener.open(hosts, port)
    except OSError as error:
        logger.warning("x tcp: port %d: %s", port, type(error).__name__)
        listener.close()
        return False
    return True


def _end_with_parent(stop: asyncio.Event, *, watch_stdin: bool) -> None:
    loop = asyncio.get_running_loop()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if watch_stdin:

        def wait_for_end() -> None:
            # Not over `sys.stdin`, whose lock a thread that still reads would hold while the interpreter ends.
            while os.read(sys.stdin.fileno(), 4096):
                pass
            loop.call_soon_threadsafe(stop.set)

        threading.Thread(target=wait_for_end, daemon=True, name="parent").start()


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _tell(settings: argparse.Namespace, node: Node) -> Status | None:
    if not settings.status:
        return None
    host, _, port = settings.status.rpartition(":")
    return Status(host, int(port), settings.metrics_token, node.is_well, node.counts())


async def serve(settings: argparse.Namespace) -> None:
    """Run the node until SIGTERM, SIGINT or the end of the parent."""
    seam.check_versions()
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    _end_with_parent(stop, watch_stdin=settings.die_with_parent)
    named = [host.strip() for host in settings.host.split(",") if host.strip()]
    hosts = local_hosts() if named == ["auto"] else named
    endpoint = Endpoint()
    own, port = _open(endpoint, hosts, settings.bind, settings.port)
    listener = TcpListener(endpoint)
    has_tcp = await _open_tcp(listener, own, port)
    supervisor = Supervisor(stop.set)
    bus, leases = RedisBus(settings.redis, supervisor), RedisLeases(settings.redis)
    node = Node(settings.node_id, bus, leases, endpoint, hosts, port, has_tcp=has_tcp)
    running = asyncio.create_task(node.run(), name="media-node")
    running.add_done_callback(lambda _: node.ready.set())  # one that cannot begin is not waited for
    await node.ready.wait()
    status = _tell(settings, node)
    gc.collect()
    gc.freeze()
    if not running.done():
        pid = os.getpid()
        _say({"ready": True, "node_id": settings.node_id, "hosts": hosts, "port": port, "tcp": has_tcp, "pid": pid})
    stopping = asyncio.create_task(stop.wait(), name="media-stop")
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    stopping.cancel()
    results = await asyncio.gather(running, stopping, return_exceptions=True)
    await asyncio.sleep(0)
    if status is not None:
        await asyncio.to_thread(status.close)
    listener.close()
    endpoint.close()
    await bus.close()
    await leases.close()
    for result in results:
        if isinstance(result, Exception):
            raise result
    if supervisor.lost:
        sys.exit(1)  # whoever started the node starts it anew


def main(argv: Sequence[str] | None = None) -> None:
    """The process."""
    # Standard output carries the one line that says the node is ready, and nothing else.
    logging.basicConfig(level=logging.INFO, format="%(name)s %(message)s", stream=sys.stderr)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    settings = arguments(argv)
    try:
        asyncio.run(serve(settings))
    except (CannotListen, CannotTell) as refusal:
        _say({"refused": str(refusal)})
        if not settings.die_with_parent:  # a parent tells it itself
            sys.stderr.write(f"hearth: {refusal}\n")
        sys.exit(CANNOT_START)


if __name__ == "__main__":
    main()
