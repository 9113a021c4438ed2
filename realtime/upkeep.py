"""What a room does every second: attendance, presence, media, validity of the seats, catching up without a bus."""

from collections.abc import Coroutine
from datetime import datetime
from typing import Any, Protocol

import structlog

from meetings.commands import Command
from meetings.errors import MeetingError
from meetings.events import Recorded
from meetings.ids import ParticipantId
from meetings.meeting import Meeting
from realtime.attendance import Attendance
from realtime.door import Door
from realtime.errors import CLOSE_UNAUTHENTICATED
from realtime.media_desk import MediaDesk
from realtime.neighbours import Neighbours
from realtime.node import Node
from realtime.plan.live import LivePlan
from realtime.presence.roster import TELL_S, Roster
from realtime.sessions import Sessions

log = structlog.get_logger(__name__)

# While the bus is down the log is asked this often.
POLL_S = 2.0
# Sign-outs and killed links are noticed within this time.
VALID_S = 15.0


class Kept(Protocol):
    """The room, as its upkeep needs it."""

    must_catch_up: bool
    roster: Roster
    door: Door
    media: MediaDesk
    plan: LivePlan
    neighbours: Neighbours

    @property
    def meeting(self) -> Meeting: ...  # noqa: D102

    def spawn_once(self, name: str, work: Coroutine[Any, Any, None]) -> None: ...  # noqa: D102

    async def perform(self, command: Command, by: ParticipantId | None) -> list[Recorded]: ...  # noqa: D102

    async def catch_up(self) -> None: ...  # noqa: D102

    def tell_changes(self) -> None: ...  # noqa: D102


class Upkeep:
    """One room's. `opened_at` is the newest fact in the log when the room was opened."""

    def __init__(self, room: Kept, node: Node, sessions: Sessions, opened_at: datetime) -> None:
        self._room = room
        self._node = node
        self._sessions = sessions
        self._attendance = Attendance(opened_at)
        self._told_at = self._polled_at = self._checked_at = node.clock.monotonic()

    @property
    def is_waiting(self) -> bool:
        """Whether somebody's grace time still runs."""
        return self._attendance.is_waiting

    async def tick(self) -> None:
        """Start what is due. Only reading the log is waited for."""
        room, now = self._room, self._node.clock.monotonic()
        room.roster.forget_silent(now)
        room.tell_changes()
        room.door.expire()
        due = self._attendance.due(room.meeting, [one.here() for one in self._sessions], room.roster, now)
        if due:
            room.spawn_once("room-attendance", self._write_down(due))
        room.spawn_once("room-media", room.media.tick(now))
        if now - self._told_at >= TELL_S:
            self._told_at = now
            room.spawn_once("room-heartbeat", self._heartbeat())
        if now - self._checked_at >= VALID_S:
            self._checked_at = now
            room.spawn_once("room-validity", self._check_validity())
        if room.must_catch_up or (room.neighbours.is_down and now - self._polled_at >= POLL_S):
            self._polled_at = now
            room.spawn_once("room-plan-catch-up", room.plan.catch_up())
            await room.catch_up()

    async def _write_down(self, commands: list[Command]) -> None:
        for command in commands:
            try:
                await self._room.perform(command, None)
            except MeetingError as refusal:  # someone else was quicker; the next tick looks again
                log.info("attendance.refused", command=type(command).__name__, code=refusal.code)

    async def _heartbeat(self) -> None:
        await self._room.neighbours.tell(self._room.door.said())
        joined = [one.participant_id for one in self._sessions.joined]
        await self._room.neighbours.remember(joined, self._node.clock.now())

    async def _check_validity(self) -> None:
        for session in self._sessions:
            if not await self._node.gate.still_valid(session.seat):
                self._room.door.end(session, CLOSE_UNAUTHENTICATED, "session.signed_out")
