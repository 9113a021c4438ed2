"""One live meeting on this node. One task owns it: everybody else puts typed actions into its inbox.

Durable things happen in the Desk and come back as events; passing things (presence, hands) live here and on the bus.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from meetings import access
from meetings.apply import apply, fold
from meetings.commands import Command
from meetings.errors import MeetingError
from meetings.events import Recorded
from meetings.ids import MeetingId, ParticipantId
from meetings.meeting import Meeting
from realtime import requests
from realtime.actions import Action, ComeIn, Enter, Happened, Lose, TakeOut, Tick
from realtime.attendance import Attendance
from realtime.bus.base import Subscription
from realtime.door import Door
from realtime.errors import CLOSE_UNAUTHENTICATED
from realtime.media_desk import MediaDesk
from realtime.messages import ClientMessage, ServerMessage
from realtime.neighbours import MediaReport, Missed, Neighbours
from realtime.node import Node
from realtime.plan.live import LivePlan
from realtime.presence.roster import TELL_S, HandLowered, NodePresence, Roster, SeatTaken
from realtime.room_session import RoomSession
from realtime.sessions import Sessions

log = structlog.get_logger(__name__)

# While the bus is down the log is asked this often.
POLL_S = 2.0
# Sign-outs and killed links are noticed within this time.
VALID_S = 15.0


class Room:
    """The live meeting. `opened` is done when it may be entered, or holds why it cannot be."""

    def __init__(self, meeting_id: MeetingId, node: Node) -> None:
        self.meeting_id = meeting_id
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sessions = Sessions()
        self.holds = 0
        self.media = MediaDesk(meeting_id, node.bus, node.leases, node.media_nodes, node.new_id, self)
        self._node = node
        self.recorded: list[Recorded] = []
        self._meeting: Meeting | None = None
        self.roster = Roster()
        self.door = Door(self, node, self.sessions)
        self._attendance: Attendance
        self.plan: LivePlan
        self.neighbours = Neighbours(meeting_id, node.node_id, node.bus, node.leases)
        self._inbox: asyncio.Queue[tuple[Action, asyncio.Future[None] | None]] = asyncio.Queue()
        self._tasks: asyncio.TaskGroup
        self._once: dict[str, asyncio.Task[None]] = {}
        self._must_catch_up = False
        self._told_at = self._polled_at = self._checked_at = node.clock.monotonic()

    @property
    def meeting(self) -> Meeting:
        """The state after the newest event known here."""
        assert self._meeting is not None
        return self._meeting

    @property
    def is_idle(self) -> bool:
        """Nobody is here or on the way, and nothing is left to write down."""
        return not (len(self.sessions) or self.holds or self._inbox.qsize() or self._attendance.is_waiting)

    async def run(self) -> None:
        """Open, then live until cancelled."""
        try:
            async with asyncio.TaskGroup() as self._tasks, self.neighbours.subscription() as subscription:
                await self._open()
                self._tasks.create_task(self._follow(subscription), name="room-follow")
                self.spawn("room-plan", self.plan.run())
                self.opened.set_result(None)
                await self._work()
        except Exception as error:
            if self.opened.done():
                raise
            self.opened.set_exception(error)

    async def close(self) -> None:
        """What was typed is on disk; the others know that nobody is here any more. Cancel `run` after this."""
        await self.plan.close()
        await self.neighbours.tell(self.door.said())

    async def ask(self, action: Action) -> None:
        """Put into the inbox and wait until it was done."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._inbox.put_nowait((action, done))
        await done

    def post(self, action: Action) -> None:
        """Put into the inbox."""
        self._inbox.put_nowait((action, None))

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run beside the loop; a failure is logged, the room survives."""
        return self._tasks.create_task(self._guarded(name, work), name=name)

    def spawn_once(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """The same, unless the last one of this name still runs."""
        running = self._once.get(name)
        if running is None or running.done():
            self._once[name] = self.spawn(name, work)
        else:
            work.close()

    async def perform(self, command: Command, by: ParticipantId | None) -> list[Recorded]:
        """Through the Desk, and shown to every session here before it returns. Raises what the Desk raises.

        Goes on when the caller is cancelled: what is durable is also shown.
        """
        outcome = await asyncio.shield(self._tasks.create_task(self._performed(command, by), name="room-perform"))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def got(self, session: RoomSession, message: ClientMessage) -> None:
        """A message of a session, in its own reader."""
        await requests.got(self, self._node.clock, session, message)

    async def got_plan(self, session: RoomSession, message: bytes) -> None:
        """A plan message of a session, in its own reader."""
        await self.plan.got(session, message)

    async def take_out(self, session: RoomSession) -> None:
        """The session leaves for good; attendance is the caller's."""
        await self.ask(TakeOut(session))

    async def lower_hand(self, participant_id: ParticipantId) -> None:
        """Here and on every other node."""
        self._lower_hand(participant_id)
        await self.neighbours.tell(HandLowered(node_id=self._node.node_id, participant_id=participant_id))

    def may_write_plan(self, participant_id: ParticipantId) -> bool:
        """By the rules, now."""
        return access.may_write_plan(self.meeting, participant_id)

    def tell(self, session_id: str, message: ServerMessage) -> None:
        """Send to one admitted session."""
        self.sessions.tell(session_id, message)

    def tell_joined(self, message: ServerMessage) -> None:
        """Send to every admitted session."""
        self.sessions.tell_joined(message)

    def media_connection(self, session_id: str, connection: str) -> None:
        """How a session's pictures and sound get through."""
        for session in self.sessions.joined:
            if session.id == session_id and session.media_connection != connection:
                session.media_connection = connection
                self.presence_changed()

    def presence_changed(self) -> None:
        """Tell every admitted session what changed, and the other nodes."""
        self.roster.set_own(self.sessions.presence())
        change = self.roster.changes()
        if change is not None:
            self.tell_joined(change)
            self.tell_neighbours()

    def tell_neighbours(self) -> None:
        """Say who is here, to the other nodes."""
        self.spawn("room-tell", self.neighbours.tell(self.door.said()))

    async def _open(self) -> None:
        node = self._node
        self.recorded = list(await node.desk.events_after(self.meeting_id, 0))
        self._meeting = fold(self.recorded)
        self._attendance = Attendance(self.recorded[-1].at)
        for person, at in (await self.neighbours.last_seen()).items():
            self.roster.remember(person, at)
        key = await node.desk.plan_key(self.meeting_id)
        self.plan = LivePlan(key, node.plan_log, node.bus, node.clock)
        await self.media.grant(self._meeting.number, access.hears(self._meeting))

    async def _follow(self, subscription: Subscription) -> None:
        async for topic, payload in subscription:
            heard = self.neighbours.read(topic, payload)
            if heard is not None:
                self.post(heard)

    async def _work(self) -> None:
        while True:
            action, done = await self._inbox.get()
            try:
                await self._act(action)
            except Exception as error:
                log.exception("room.action_failed", action=type(action).__name__, meeting=self.meeting_id)
                if done is not None and not done.done():
                    done.set_exception(error)
            if done is not None and not done.done():
                done.set_result(None)

    async def _act(self, action: Action) -> None:
        match action:
            case Enter():
                self.door.enter(action.session)
            case ComeIn():
                self.door.come_in(action.session, action.plan)
            case Lose():
                self.door.lose(action.session)
            case TakeOut():
                self.door.take_out(action.session)
                self.presence_changed()
            case Happened():
                await self._happened(action.recorded)
            case Recorded():
                await self._happened((action,))
            case Missed():
                await self._catch_up()
            case MediaReport():
                self.media.got(action.payload)
            case NodePresence():
                await self._got_presence(action)
            case SeatTaken():
                self.door.seat_taken(action)
            case HandLowered():
                self._lower_hand(action.participant_id)
            case Tick():
                await self._tick()

    async def _happened(self, recorded: tuple[Recorded, ...]) -> None:
        if recorded and recorded[-1].number > self.meeting.number:
            if recorded[0].number > self.meeting.number + 1:
                await self._catch_up()
            else:
                self._apply(recorded)

    async def _catch_up(self) -> None:
        """Whatever the log holds beyond what is known here. Tried again by the tick when the log cannot be read."""
        self._must_catch_up = True
        self._apply(tuple(await self._node.desk.events_after(self.meeting_id, self.meeting.number)))
        self._must_catch_up = False

    def _apply(self, recorded: tuple[Recorded, ...]) -> None:
        fresh = [one for one in recorded if one.number > self.meeting.number]
        if not fresh:
            return
        for one in fresh:
            self._meeting = apply(self.meeting, one)
        self.recorded.extend(fresh)
        for session in self.sessions:
            self.door.settle(session)
        meeting = self.meeting
        self.spawn("room-grant", self.media.end() if meeting.is_over else self._grant())

    async def _grant(self) -> None:
        await self.media.grant(self.meeting.number, access.hears(self.meeting))

    async def _performed(self, command: Command, by: ParticipantId | None) -> list[Recorded] | Exception:
        try:
            recorded = list(await self._node.desk.perform(self.meeting_id, command, by))
            await self.ask(Happened(tuple(recorded)))
        except Exception as error:
            return error
        return recorded

    async def _guarded(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            log.exception("room.task_failed", task=name, meeting=self.meeting_id)

    async def _got_presence(self, said: NodePresence) -> None:
        self.roster.got(said, self._node.clock.monotonic(), self._node.clock.now())
        self._tell_changes()
        if said.number > self.meeting.number:
            await self._catch_up()

    def _tell_changes(self) -> None:
        change = self.roster.changes()
        if change is not None:
            self.tell_joined(change)

    def _lower_hand(self, participant_id: ParticipantId) -> None:
        for session in self.sessions:
            if session.participant_id == participant_id:
                session.hand_raised_at = None
        self.presence_changed()

    async def _tick(self) -> None:
        now = self._node.clock.monotonic()
        self.roster.forget_silent(now)
        self._tell_changes()
        self.door.expire()
        due = self._attendance.due(self.meeting, [one.here() for one in self.sessions], self.roster, now)
        if due:
            self.spawn_once("room-attendance", self._write_down(due))
        self.spawn_once("room-media", self.media.tick(now))
        if now - self._told_at >= TELL_S:
            self._told_at = now
            self.spawn_once("room-heartbeat", self._heartbeat())
        if now - self._checked_at >= VALID_S:
            self._checked_at = now
            self.spawn_once("room-validity", self._check_validity())
        if self._must_catch_up or (self.neighbours.is_down and now - self._polled_at >= POLL_S):
            self._polled_at = now
            await self._catch_up()

    async def _write_down(self, commands: list[Command]) -> None:
        for command in commands:
            try:
                await self.perform(command, None)
            except MeetingError as refusal:  # someone else was quicker; the next tick looks again
                log.info("attendance.refused", command=type(command).__name__, code=refusal.code)

    async def _heartbeat(self) -> None:
        await self.neighbours.tell(self.door.said())
        joined = [one.participant_id for one in self.sessions.joined]
        await self.neighbours.remember(joined, self._node.clock.now())

    async def _check_validity(self) -> None:
        for session in self.sessions:
            if not await self._node.gate.still_valid(session.seat):
                self.door.end(session, CLOSE_UNAUTHENTICATED, "session.signed_out")
