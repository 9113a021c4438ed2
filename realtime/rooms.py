"""The rooms of this node: the one door through which a socket comes in.

rooms = Rooms(desk=..., gate=..., plan_log=..., bus=..., leases=..., clock=..., new_id=..., node_id=...)
async with rooms:                 # runs its tasks; leaving drains what is left
    await rooms.serve(link)       # the whole life of one socket; returns when it is closed, never raises for its sake
    await rooms.drain()           # says `closing`, closes every socket with 1012; nobody leaves the meeting by it
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from functools import partial

import structlog

from meetings.commands import ArriveParticipant
from meetings.errors import MeetingError
from meetings.ids import MeetingId
from realtime.actions import Enter, Lose, Tick
from realtime.bus.base import Bus, Leases
from realtime.connection import Connection
from realtime.errors import CLOSE_BAD_MESSAGE, CLOSE_NOT_ALLOWED, CLOSE_REMOVED, CLOSE_RESTART, ProtocolError
from realtime.link import Link
from realtime.media_nodes import MediaNodes
from realtime.messages import VERSION, Hello
from realtime.node import Node
from realtime.plan.live import Compact
from realtime.ports import Clock, Desk, Gate, NewId, PlanLog, Seat
from realtime.room import Room
from realtime.room_session import RoomSession
from realtime.session import Greeting, Joined, close_due
from realtime.supervision import Supervisor

log = structlog.get_logger(__name__)

TICK_S = 1.0
# Clients come back within this time after a drain, spread evenly.
RETRY_SPREAD_S = 10.0
# Longer than the flush of a connection.
DRAIN_S = 8.0


class _Guest:
    """One socket on its way in, and the session it becomes."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.room: Room | None = None
        self.session: RoomSession | None = None


class Rooms:
    """All live meetings on this node. `compact` makes a shorter history of a long plan (`realtime.plan.compaction`).

    `tick_s` None: nothing happens by itself, call `tick` (tests).
    """

    def __init__(
        self,
        *,
        desk: Desk,
        gate: Gate,
        plan_log: PlanLog,
        bus: Bus,
        leases: Leases,
        clock: Clock,
        new_id: NewId,
        node_id: str,
        compact: Compact | None = None,
        chance: Callable[[], float] = random.random,
        tick_s: float | None = TICK_S,
        supervisor: Supervisor | None = None,
    ) -> None:
        self._node = Node(
            node_id=node_id,
            desk=desk,
            gate=gate,
            plan_log=plan_log,
            bus=bus,
            leases=leases,
            clock=clock,
            new_id=new_id,
            media_nodes=MediaNodes(leases),
            compact=compact,
        )
        self._chance = chance
        self._tick_s = tick_s
        self._supervisor = supervisor or Supervisor()
        self._rooms: dict[MeetingId, Room] = {}
        self._running: dict[MeetingId, asyncio.Task[None]] = {}
        self._room_ticks: set[asyncio.Task[None]] = set()
        self._guests: set[_Guest] = set()
        self._empty = asyncio.Event()
        self._is_draining = False
        self._ticking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Rooms":
        """Start the tasks of this node."""
        if self._tick_s is not None:
            self._ticking = self._supervisor.keep("rooms-tick", partial(self._tick_forever, self._tick_s))
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Drain, then stop."""
        await self.drain()
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)
        for meeting_id in list(self._rooms):
            await self._unload(meeting_id)

    async def serve(self, link: Link) -> None:
        """The whole life of one socket, from `hello` to its close. The link is closed when this returns."""
        connection = Connection(link, self._node.clock)
        guest = _Guest(connection)
        self._guests.add(guest)
        self._empty.clear()
        if self._is_draining:
            self._send_away(guest)

        async def greet(hello: Hello) -> RoomSession:
            return await self._greet(guest, hello)

        try:
            await connection.run(greet)
        finally:
            self._guests.discard(guest)
            if not self._guests:
                self._empty.set()
            if guest.room is not None and guest.session is not None:
                guest.room.post(Lose(guest.session))

    async def drain(self) -> None:
        """Ask every client to come back elsewhere: `closing`, then close 1012. New sockets are refused the same way."""
        self._is_draining = True
        for guest in self._guests:
            self._send_away(guest)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                while self._guests:
                    await self._empty.wait()

    async def tick(self) -> None:
        """What is due by the clock: silent sockets, absent people, media nodes, empty rooms."""
        now = self._node.clock.monotonic()
        for guest in tuple(self._guests):
            guest.connection.tick(now)
            state = guest.session.state if guest.session is not None else Greeting(since=guest.connection.opened_at)
            code = close_due(state, guest.connection.heard_at, now)
            if code is not None and not guest.connection.is_busy:
                guest.connection.close(code, "silence")
        if self._rooms:
            await self._node.media_nodes.refresh()
        for meeting_id in self._rooms:
            ticking = asyncio.create_task(self._tick_room(meeting_id), name="room-tick")
            self._room_ticks.add(ticking)
            ticking.add_done_callback(self._room_ticks.discard)
        if self._room_ticks:  # one room that reads its log does not hold up the others
            await asyncio.wait(self._room_ticks, timeout=TICK_S)

    @property
    def session_count(self) -> int:
        """People connected on this node, waiting or admitted."""
        return sum(1 for guest in self._guests if guest.session is not None)

    @property
    def joined_count(self) -> int:
        """Admitted people connected on this node."""
        return sum(1 for guest in self._guests if guest.session is not None and isinstance(guest.session.state, Joined))

    @property
    def room_count(self) -> int:
        """Meetings live on this node."""
        return len(self._rooms)

    async def _tick_room(self, meeting_id: MeetingId) -> None:
        room = self._rooms.get(meeting_id)
        if room is None or room.is_ticking:
            return
        room.is_ticking = True
        try:
            if self._running[meeting_id].done():
                self._bury(meeting_id)
            elif room.opened.is_set():
                await room.ask(Tick())
                if room.is_idle:
                    await self._unload(meeting_id)
        except Exception:
            log.exception("room.tick_failed", meeting=meeting_id)
        finally:
            room.is_ticking = False

    async def _greet(self, guest: _Guest, hello: Hello) -> RoomSession:
        if hello.version != VERSION:
            raise ProtocolError(CLOSE_BAD_MESSAGE, "version.unknown")
        seat = await self._node.gate.redeem(hello.ticket)
        room = self._room(seat.meeting_id)
        room.holds += 1
        try:
            await self._opened(room)
            await self._arrive(room, seat)
            session = RoomSession(room, guest.connection, seat, hello, self._node.new_id())
            guest.room, guest.session = room, session
            await room.ask(Enter(session))
        finally:
            room.holds -= 1
        return session

    async def _opened(self, room: Room) -> None:
        try:
            await room.until_open()
        except MeetingError as refusal:
            raise ProtocolError(CLOSE_NOT_ALLOWED, refusal.code) from None

    async def _arrive(self, room: Room, seat: Seat) -> None:
        if room.meeting.is_admitted(seat.participant_id, seat.device_id):
            return
        command = ArriveParticipant(
            participant_id=seat.participant_id, device_id=seat.device_id, second_device=seat.second_device
        )
        try:
            await room.perform(command, None)
        except MeetingError as refusal:
            code = CLOSE_REMOVED if refusal.code == "participant.removed" else CLOSE_NOT_ALLOWED
            raise ProtocolError(code, refusal.code) from None

    def _room(self, meeting_id: MeetingId) -> Room:
        """The room, opened once however many come at the same time."""
        if meeting_id in self._rooms and self._running[meeting_id].done():
            self._bury(meeting_id)
        if meeting_id not in self._rooms:
            self._rooms[meeting_id] = Room(meeting_id, self._node)
            self._running[meeting_id] = asyncio.create_task(self._rooms[meeting_id].run(), name="room")
        return self._rooms[meeting_id]

    def _bury(self, meeting_id: MeetingId) -> None:
        """A room that could not be opened, or broke: its sockets come back to a new one."""
        room, running = self._rooms.pop(meeting_id), self._running.pop(meeting_id)
        if not running.cancelled() and running.exception() is not None:
            log.error("room.broke", meeting=meeting_id, exc_info=running.exception())
        for guest in self._guests:
            if guest.room is room:
                guest.connection.close(CLOSE_RESTART, "room.restarting", retry_s=self._chance())

    async def _unload(self, meeting_id: MeetingId) -> None:
        room, running = self._rooms.pop(meeting_id, None), self._running.pop(meeting_id, None)
        if room is None or running is None:
            return
        if room.opened.is_set() and not running.done():
            await room.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    def _send_away(self, guest: _Guest) -> None:
        text = "We are restarting. You will be back in a moment."
        guest.connection.close(CLOSE_RESTART, "server.restarting", text, self._chance() * RETRY_SPREAD_S)

    async def _tick_forever(self, tick_s: float) -> None:
        while True:
            await asyncio.sleep(tick_s)
            try:
                await self.tick()
            except Exception:
                log.exception("rooms.tick_failed")
