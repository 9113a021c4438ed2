"""One live meeting on this node. One task owns who is in it and what happened: others put typed actions into its inbox.

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
from realtime.bus.base import Subscription
from realtime.door import Door
from realtime.errors import CLOSE_RESTART, ProtocolError
from realtime.media_desk import MediaDesk
from realtime.messages import ClientMessage, ServerMessage
from realtime.neighbours import MediaReport, Missed, Neighbours
from realtime.node import Node
from realtime.plan.live import LivePlan
from realtime.presence.roster import HandLowered, NodePresence, Roster, SeatTaken
from realtime.room_session import RoomSession
from realtime.sessions import Sessions
from realtime.upkeep import Upkeep

log = structlog.get_logger(__name__)

# The plan's tasks are started again after this.
PLAN_RESTART_S = 1.0


class Room:
    """The live meeting. Entered after `until_open`."""

    def __init__(self, meeting_id: MeetingId, node: Node) -> None:
        self.meeting_id = meeting_id
        self.opened = asyncio.Event()
        self.sessions = Sessions()
        self.holds = 0
        self.is_ticking = False
        self.media = MediaDesk(meeting_id, node.bus, node.leases, node.media_nodes, node.new_id, self)
        self._node = node
        self.recorded: list[Recorded] = []
        self._meeting: Meeting | None = None
        self.roster = Roster()
        self.door = Door(self, node, self.sessions)
        self.upkeep: Upkeep
        self.plan: LivePlan
        self.neighbours = Neighbours(meeting_id, node.node_id, node.bus, node.leases)
        self._inbox: asyncio.Queue[tuple[Action, asyncio.Future[None] | None]] = asyncio.Queue()
        self._tasks: asyncio.TaskGroup
        self._once: dict[str, asyncio.Task[None]] = {}
        self.must_catch_up = False
        self._is_over = False
        self._why_not: MeetingError | None = None

    @property
    def meeting(self) -> Meeting:
        """The state after the newest event known here."""
        assert self._meeting is not None
        return self._meeting

    @property
    def is_idle(self) -> bool:
        """Nobody is here or on the way, and nothing is left to write down."""
        return not (len(self.sessions) or self.holds or self._inbox.qsize() or self.upkeep.is_waiting)

    async def run(self) -> None:
        """Open, then live until cancelled."""
        try:
            async with asyncio.TaskGroup() as self._tasks, self.neighbours.subscription() as subscription:
                if not await self._open():
                    return
                self._tasks.create_task(self._follow(subscription), name="room-follow")
                self.spawn("room-plan", self._run_plan())
                self.tell_neighbours()
                self.opened.set()
                await self._work()
        finally:
            self.opened.set()
            self._refuse_waiting()

    async def until_open(self) -> None:
        """Wait until the room may be entered. MeetingError when there is no such meeting."""
        await self.opened.wait()
        if self._why_not is not None:
            raise self._why_not
        if self._meeting is None:
            raise ProtocolError(CLOSE_RESTART, "room.not_open")

    async def close(self) -> None:
        """What was typed is on disk; the others know that nobody is here any more. Cancel `run` after this."""
        await self.plan.close()
        await self.neighbours.tell(self.door.said())

    async def ask(self, action: Action) -> None:
        """Put into the inbox and wait until it was done."""
        if self._is_over:
            raise ProtocolError(CLOSE_RESTART, "room.restarting")
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

    async def catch_up(self) -> None:
        """Whatever the log holds beyond what is known here. Tried again by the tick when the log cannot be read."""
        self.must_catch_up = True
        self._apply(tuple(await self._node.desk.events_after(self.meeting_id, self.meeting.number)))
        self.must_catch_up = False

    def tell_changes(self) -> None:
        """Tell every admitted session what other nodes said of presence."""
        change = self.roster.changes()
        if change is not None:
            self.tell_joined(change)

    async def _open(self) -> bool:
        """Fold the log. False when there is no such meeting."""
        node = self._node
        try:
            self.recorded = list(await node.desk.events_after(self.meeting_id, 0))
        except MeetingError as refusal:
            self._why_not = refusal
            return False
        self._meeting = fold(self.recorded)
        self.upkeep = Upkeep(self, node, self.sessions, self.recorded[-1].at)
        for person, at in (await self.neighbours.last_seen()).items():
            self.roster.remember(person, at)
        key = await node.desk.plan_key(self.meeting_id)
        self.plan = LivePlan(key, node.plan_log, node.bus, node.clock, node.compact)
        await self.media.grant(self._meeting.number, access.hears(self._meeting))
        return True

    async def _run_plan(self) -> None:
        while True:
            try:
                await self.plan.run()
            except Exception:
                log.exception("plan.stopped", meeting=self.meeting_id)
            await asyncio.sleep(PLAN_RESTART_S)

    def _refuse_waiting(self) -> None:
        """The loop has ended: nobody waits for it in vain."""
        self._is_over = True
        while not self._inbox.empty():
            _, done = self._inbox.get_nowait()
            if done is not None and not done.done():
                done.set_exception(ProtocolError(CLOSE_RESTART, "room.restarting"))

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
            finally:
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
                await self.catch_up()
            case MediaReport():
                self.media.got(action.payload)
            case NodePresence():
                await self._got_presence(action)
            case SeatTaken():
                self.door.seat_taken(action)
            case HandLowered():
                self._lower_hand(action.participant_id)
            case Tick():
                await self.upkeep.tick()

    async def _happened(self, recorded: tuple[Recorded, ...]) -> None:
        if recorded and recorded[-1].number > self.meeting.number:
            if recorded[0].number > self.meeting.number + 1:
                await self.catch_up()
            else:
                self._apply(recorded)

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
        if self.roster.got(said, self._node.clock.monotonic(), self._node.clock.now()):
            self.tell_neighbours()
        self.tell_changes()
        if said.number > self.meeting.number:
            await self.catch_up()

    def _lower_hand(self, participant_id: ParticipantId) -> None:
        for session in self.sessions:
            if session.participant_id == participant_id:
                session.hand_raised_at = None
        self.presence_changed()
