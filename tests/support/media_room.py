"""A media node in this process, on the in-memory bus, driven as a web node would drive it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec

from meetings.ids import MeetingId, ParticipantId
from realtime.bus.keys import media_meeting, media_node
from realtime.bus.memory import MemoryBus, MemoryLeases
from realtime.media import control
from realtime.media.endpoint import Endpoint
from realtime.media.node import Node
from realtime.media.tcp import TcpListener
from tests.support.clock import HandClock

MEETING = MeetingId("m" * 32)


class MediaRoom:
    """One meeting on one node: commands in, reports out."""

    def __init__(self, bus: MemoryBus, node: Node, endpoint: Endpoint, port: int) -> None:
        self.bus, self.node, self.endpoint, self.port = bus, node, endpoint, port
        self.reports: list[control.Report] = []
        self.fence = 1
        self._changed = asyncio.Condition()
        self._requests = 0

    async def command(self, kind: type[control.Command], **fields: object) -> None:
        made = kind(meeting_id=MEETING, fence=self.fence, **fields)
        await self.bus.publish(media_node("media-1"), msgspec.msgpack.encode(made))

    async def join(self, session_id: str, who: ParticipantId, offer: str, video_slots: int = 3) -> control.Report:
        self._requests += 1
        request_id = f"r{self._requests}"
        await self.command(
            control.JoinPeer,
            request_id=request_id,
            session_id=session_id,
            participant_id=who,
            offer=offer,
            video_slots=video_slots,
        )
        return await self.report(lambda report: getattr(report, "request_id", "") == request_id)

    async def answer(self, session_id: str, answer: str) -> control.Report:
        self._requests += 1
        request_id = f"r{self._requests}"
        await self.command(control.AnswerPeer, request_id=request_id, session_id=session_id, answer=answer)
        return await self.report(lambda report: getattr(report, "request_id", "") == request_id)

    async def grant(self, hears: dict[str, tuple[str, ...]]) -> None:
        await self.command(control.GrantHearing, hears=hears)

    async def report(self, wanted: Callable[[control.Report], bool], within_s: float = 20.0) -> control.Report:
        """The first report, past or coming, that is wanted."""
        async with asyncio.timeout(within_s), self._changed:
            while True:
                for report in self.reports:
                    if wanted(report):
                        return report
                await self._changed.wait()

    async def listen(self, ready: asyncio.Event) -> None:
        async with self.bus.subscribe(media_meeting(MEETING)) as reports:
            ready.set()
            async for _, payload in reports:
                if payload is not None:
                    async with self._changed:
                        self.reports.append(msgspec.msgpack.decode(payload, type=control.Report))
                        self._changed.notify_all()


async def free_port(hosts: Sequence[str]) -> tuple[Endpoint, TcpListener, int]:
    """One number that is free for UDP and TCP: another test may hold the TCP one, so several are tried."""
    for _ in range(9):
        endpoint = Endpoint()
        listener = TcpListener(endpoint)
        try:
            port = endpoint.open(hosts, 0)
            await listener.open(hosts, port)
        except OSError:
            listener.close()
            endpoint.close()
        else:
            return endpoint, listener, port
    raise AssertionError("no number was free for UDP and TCP")


@asynccontextmanager
async def media_room(*hosts: str) -> AsyncIterator[MediaRoom]:
    """A running node on a free port of these addresses (default: loopback)."""
    bus = MemoryBus()
    endpoint, listener, port = await free_port(hosts or ("127.0.0.1",))
    node = Node("media-1", bus, MemoryLeases(HandClock()), endpoint, hosts or ("127.0.0.1",), port, has_tcp=True)
    room = MediaRoom(bus, node, endpoint, port)
    listening = asyncio.Event()
    tasks = [asyncio.create_task(node.run()), asyncio.create_task(room.listen(listening))]
    await listening.wait()
    await node.ready.wait()
    try:
        yield room
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        listener.close()
        endpoint.close()
