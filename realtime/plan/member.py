"""One session in one plan document: what the room gives the live plan, and what the live plan remembers of it."""

from typing import Protocol

from meetings.ids import DeviceId, ParticipantId
from realtime.plan import frames
from realtime.plan.awareness import Cursor
from realtime.plan.pace import Pace


class PlanSession(Protocol):
    """One session in one plan document, as the live layer needs it. Its methods never block and never raise."""

    @property
    def channel(self) -> int:
        """First byte of every binary frame of this document on this session's socket."""
        ...

    @property
    def participant_id(self) -> ParticipantId:
        """Who writes."""
        ...

    @property
    def device_id(self) -> DeviceId:
        """On which device."""
        ...

    @property
    def client_id(self) -> int:
        """The Yjs client id this session was given (`LivePlan.client_id`)."""
        ...

    @property
    def may_write(self) -> bool:
        """Whether the person may write at all. Asked anew for every update."""
        ...

    def may_write_root(self, root: str) -> bool:
        """Whether the person may write in the root of this name. Asked anew for every update."""
        ...

    def send_frame(self, frame: bytes) -> None:
        """Queue a binary frame, channel byte included."""
        ...

    def saved(self, clock: int, seq: int) -> None:
        """Send `plan.saved`: all of this session's clocks below `clock` are on disk."""
        ...

    def refused(self, code: str) -> None:
        """Send `plan.refused`."""
        ...

    def holds(self, seq: int) -> None:
        """Send `plan.seq`: after the frames queued so far, the client holds everything through `seq`."""
        ...


class Member:
    """A joined session, its pace and its cursor."""

    def __init__(self, session: PlanSession, client_ids: frozenset[int], now: float) -> None:
        self.session = session
        self.client_ids = client_ids
        self.pace = Pace(now)
        self.cursor: Cursor | None = None

    def send(self, message: bytes) -> None:
        """Queue a y-protocols message on the session's channel."""
        self.session.send_frame(frames.join(self.session.channel, message))
