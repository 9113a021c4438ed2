"""Sessions coming into a room and going out of it. Called by the room's loop only; the loop is never kept waiting."""

from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, Protocol

import structlog

from meetings.events import Recorded
from meetings.meeting import Meeting
from realtime.actions import Action, ComeIn
from realtime.errors import CLOSE_REMOVED, CLOSE_REPLACED, CLOSE_RESTART
from realtime.media_desk import MediaDesk
from realtime.messages import PlanChannel
from realtime.neighbours import Neighbours
from realtime.node import Node
from realtime.plan.live import LivePlan
from realtime.presence.roster import NodePresence, Roster, SeatTaken
from realtime.room_session import RoomSession
from realtime.session import GRACE_S, Joined, Lingering
from realtime.sessions import Sessions, show, welcome

log = structlog.get_logger(__name__)

TEXTS = {
    "session.replaced": "This meeting is open in another window.",
    "participant.removed": "The facilitator has ended this meeting for you.",
    "session.signed_out": "You are signed out.",
}


class Inside(Protocol):
    """The room behind the door."""

    @property
    def meeting(self) -> Meeting: ...  # noqa: D102

    @property
    def recorded(self) -> list[Recorded]: ...  # noqa: D102

    @property
    def plan(self) -> LivePlan: ...  # noqa: D102

    @property
    def media(self) -> MediaDesk: ...  # noqa: D102

    @property
    def neighbours(self) -> Neighbours: ...  # noqa: D102

    @property
    def roster(self) -> Roster: ...  # noqa: D102

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> object: ...  # noqa: D102

    async def ask(self, action: Action) -> None: ...  # noqa: D102

    def presence_changed(self) -> None: ...  # noqa: D102

    def tell_neighbours(self) -> None: ...  # noqa: D102


class Door:
    """One room's."""

    def __init__(self, room: Inside, node: Node, sessions: Sessions) -> None:
        self._room = room
        self._node = node
        self._sessions = sessions

    def enter(self, session: RoomSession) -> None:
        """The newest socket of a person on a device takes the seat; who is admitted comes in, others wait."""
        session.came_at = self._node.clock.now().timestamp()
        for older in self._sessions.of_seat(session.seat):
            session.take_over(older, is_same_page=session.resume_after is not None)
            self.end(older, CLOSE_REPLACED, "session.replaced", keeps_media=session.id == older.id)
        self._sessions.add(session)
        self.settle(session)
        if session in self._sessions and not session.is_coming_in:
            session.wait(self._now)
            self._welcome(session, ())
            self._room.spawn("room-tell", self._announce(session))

    def settle(self, session: RoomSession) -> None:
        """What follows for this session from the meeting as it is now: out, in, or a look at what changed."""
        is_admitted = self._room.meeting.is_admitted(session.participant_id, session.device_id)
        is_in = isinstance(session.state, Joined | Lingering)
        if session.participant_id in self._room.meeting.removed:
            if session.shown:
                show(session, self._room.meeting)
            self.end(session, CLOSE_REMOVED, "participant.removed")
        elif is_admitted and not is_in:
            if not session.is_coming_in:
                session.is_coming_in = True
                self._room.spawn("room-come-in", self._prepare(session))
        elif is_in and not is_admitted and self._room.meeting.is_waiting(session.participant_id, session.device_id):
            self._send_back(session)
        elif is_in and not is_admitted:
            self.end(session, CLOSE_REPLACED, "session.replaced")
        elif session.shown and not isinstance(session.state, Lingering):
            show(session, self._room.meeting)
            if not session.sees_plan:
                self._leave_plan(session)

    def _send_back(self, session: RoomSession) -> None:
        """[X15] From the meeting to the waiting room, on the same socket: nothing of the meeting is sent any more."""
        if isinstance(session.state, Lingering):
            self.take_out(session)
        else:
            self._leave_plan(session)
            self._room.spawn("room-media-leave", self._room.media.leave(session.id))
            session.wait(self._now)
            self._welcome(session, ())
        self._room.presence_changed()

    def come_in(self, session: RoomSession, plan: tuple[int, bool] | None) -> None:
        """Welcome an admitted session with everything it may see, then let the plan follow."""
        session.is_coming_in = False
        if session not in self._sessions or session.connection.is_closing:
            return
        if not self._room.meeting.is_admitted(session.participant_id, session.device_id):
            session.wait(self._now)
            self._welcome(session, ())
            return
        is_resumed = plan is not None and plan[1]
        session.client_id = plan[0] if plan is not None else 0
        session.has_plan = plan is not None and session.sees_plan
        session.join(self._now)
        self._room.roster.set_own(self._sessions.presence())
        channels = (session.plan_channel(self._room.plan.key.epoch, resumed=is_resumed),) if session.has_plan else ()
        self._welcome(session, channels)
        self._room.presence_changed()
        self._room.spawn("room-tell", self._announce(session))
        self._room.spawn("room-plan-join", self._join_plan(session, is_resumed=is_resumed))

    def lose(self, session: RoomSession) -> None:
        """The socket is gone: an admitted person's seat is kept for the grace time, a waiting one's is not."""
        if session not in self._sessions:
            return
        if not session.is_joined:
            self._sessions.discard(session)
            self._room.tell_neighbours()
            return
        now = self._now
        seen_at = self._node.clock.now() - timedelta(seconds=max(0.0, now - session.connection.heard_at))
        session.linger(Lingering(seat=session.seat, since=now, seen_at=seen_at))
        self._leave_plan(session)
        self._room.roster.remember(session.participant_id, seen_at)
        self._room.presence_changed()

    def end(self, session: RoomSession, code: int, reason: str, *, keeps_media: bool = False) -> None:
        """Close the socket and forget the session."""
        session.connection.close(code, reason, TEXTS.get(reason, ""))
        self.take_out(session, keeps_media=keeps_media)
        self._room.presence_changed()

    def take_out(self, session: RoomSession, *, keeps_media: bool = False) -> None:
        """Forget the session."""
        if session not in self._sessions:
            return
        self._leave_plan(session)
        self._sessions.discard(session)
        if not keeps_media:
            self._room.spawn("room-media-leave", self._room.media.leave(session.id))

    def seat_taken(self, taken: SeatTaken) -> None:
        """The same person on the same device is on another node: the seat moved, nobody left.

        News of an older socket can arrive after the newer one is here, so the later arrival wins, on every node alike.
        """
        for session in self._sessions:
            is_same = (session.participant_id, session.device_id) == (taken.participant_id, taken.device_id)
            if is_same and (session.came_at, self._node.node_id) < (taken.at, taken.node_id):
                self.end(session, CLOSE_REPLACED, "session.replaced")

    def expire(self) -> None:
        """Seats kept long enough are given up. Attendance follows by itself."""
        now = self._now
        for session in self._sessions:
            if isinstance(session.state, Lingering) and now - session.state.since >= GRACE_S:
                self.take_out(session)
                self._room.presence_changed()

    def said(self) -> NodePresence:
        """What this node tells the others of its sessions."""
        return NodePresence(
            node_id=self._node.node_id,
            number=self._room.meeting.number,
            here=tuple(self._sessions.presence().values()),
            waiting=tuple((one.participant_id, one.device_id) for one in self._sessions.waiting()),
        )

    @property
    def _now(self) -> float:
        return self._node.clock.monotonic()

    def _welcome(self, session: RoomSession, channels: tuple[PlanChannel, ...]) -> None:
        presence = tuple(self._room.roster.here().values()) if session.is_joined else ()
        welcome(session, self._room.meeting, self._room.recorded, presence, channels, self._node.clock.now())

    async def _announce(self, session: RoomSession) -> None:
        """First that the person is here, then that any older socket elsewhere is not: they are never seen to leave."""
        taken = SeatTaken(
            node_id=self._node.node_id,
            participant_id=session.participant_id,
            device_id=session.device_id,
            at=session.came_at,
        )
        await self._room.neighbours.tell(self.said())
        await self._room.neighbours.tell(taken)

    async def _prepare(self, session: RoomSession) -> None:
        plan: tuple[int, bool] | None = None
        try:
            if session.sees_plan:
                await self._room.plan.open()
                plan = await self._room.plan.client_id(session.participant_id, session.device_id, session.plan_resume)
        except Exception:  # the meeting goes on without the plan; the client sees no channel
            log.exception("plan.not_open", meeting=session.seat.meeting_id)
        await self._room.ask(ComeIn(session, plan))

    async def _join_plan(self, session: RoomSession, *, is_resumed: bool) -> None:
        session.is_catching_up = True
        ready = session.plan_ready
        try:
            if session.has_plan and session.is_joined and session.sees_plan:
                await self._room.plan.join(session, session.plan_resume if is_resumed else None)
        except Exception:
            log.exception("plan.not_joined", meeting=session.seat.meeting_id)
            session.has_plan = False
            session.connection.close(CLOSE_RESTART, "plan.unavailable", retry_s=1.0)
        finally:
            session.is_catching_up = False
            ready.set()
        if not session.is_joined or not session.sees_plan:
            self._leave_plan(session)

    def _leave_plan(self, session: RoomSession) -> None:
        if session.has_plan and session.plan_ready.is_set():
            session.has_plan = False
            self._room.plan.leave(session)
