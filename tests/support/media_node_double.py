"""A media node that only answers: its card under the leases, its commands from the bus, its reports by hand."""

import asyncio
from typing import Any

import msgspec

from meetings.ids import MeetingId
from realtime.bus import keys
from realtime.bus.base import Bus, Leases
from realtime.media import control

_commands = msgspec.msgpack.Decoder(control.Command)


class MediaNodeDouble:
    """Answers every JoinPeer and AnswerPeer unless `is_silent`. `got` holds all commands."""

    def __init__(self, bus: Bus, leases: Leases, node_id: str, generation: str = "one") -> None:
        self._bus = bus
        self._leases = leases
        self.node_id = node_id
        self.generation = generation
        self.got: list[Any] = []
        self.is_silent = False
        self._changed = asyncio.Event()
        self._ready = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    async def start(self, ttl_s: float = 1e9) -> "MediaNodeDouble":
        await self._ready.wait()
        card = control.NodeCard(
            node_id=self.node_id, generation=self.generation, host="127.0.0.1", port=40000, peers=len(self.got)
        )
        await self._leases.put(keys.media_card(self.node_id), msgspec.msgpack.encode(card), ttl_s)
        return self

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._leases.put(keys.media_card(self.node_id), b"", 1e-9)

    async def report(self, report: control.Report) -> None:
        await self._bus.publish(keys.media_meeting(report.meeting_id), msgspec.msgpack.encode(report))

    async def until(self, kind: type[Any], count: int = 1) -> list[Any]:
        async with asyncio.timeout(5):
            while len(found := [one for one in self.got if isinstance(one, kind)]) < count:
                self._changed.clear()
                await self._changed.wait()
        return found

    async def _run(self) -> None:
        async with self._bus.subscribe(keys.media_node(self.node_id)) as subscription:
            self._ready.set()
            async for _, payload in subscription:
                if payload is not None:
                    await self._obey(_commands.decode(payload))

    async def _obey(self, command: control.Command) -> None:
        self.got.append(command)
        self._changed.set()
        if self.is_silent:
            return
        match command:
            case control.JoinPeer(offer="bad"):
                await self._refuse(command.meeting_id, command.request_id, command.session_id)
            case control.JoinPeer():
                await self.report(
                    control.PeerReady(
                        meeting_id=command.meeting_id,
                        node_id=self.node_id,
                        request_id=command.request_id,
                        session_id=command.session_id,
                        answer="answer",
                        offer="offer",
                        audio_slots=3,
                        video_slots=command.video_slots,
                    )
                )
            case control.AnswerPeer():
                await self.report(
                    control.PeerAnswered(
                        meeting_id=command.meeting_id,
                        node_id=self.node_id,
                        request_id=command.request_id,
                        session_id=command.session_id,
                    )
                )

    async def _refuse(self, meeting_id: MeetingId, request_id: str, session_id: str) -> None:
        await self.report(
            control.PeerRefused(
                meeting_id=meeting_id,
                node_id=self.node_id,
                request_id=request_id,
                session_id=session_id,
                code="media.bad_offer",
            )
        )
