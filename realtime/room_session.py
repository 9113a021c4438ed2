"""One session of a room: its state, what it was shown, and what the plan needs of it. Owned by its room's loop."""

import asyncio
from typing import Protocol

from meetings import access
from meetings.attendance import Mode
from meetings.entities import Entity
from meetings.ids import DeviceId, ParticipantId
from meetings.meeting import Meeting
from realtime.attendance import Here
from realtime.connection import Connection
from realtime.errors import CLOSE_BAD_MESSAGE, ProtocolError
from realtime.messages import (
    ClientMessage,
    Hello,
    PlanChannel,
    PlanRefused,
    PlanResume,
    PlanSaved,
    PlanSeq,
    Presence,
)
from realtime.plan import frames, refusals
from realtime.plan.lib0 import Reader
from realtime.plan.refusals import PlanUpdateError
from realtime.ports import Seat
from realtime.session import Gone, Greeting, Joined, Lingering, State, Waiting, follow

EVERYONE = "everyone"
_AWARENESS = 1
_STEP_TWO = b"\x00\x01"


class Host(Protocol):
    """The room, as a session needs it."""

    async def got(self, session: "RoomSession", message: ClientMessage) -> None:
        """A message of this session."""
        ...

    async def got_plan(self, session: "RoomSession", message: bytes) -> None:
        """A plan message of this session."""
        ...

    @property
    def meeting(self) -> Meeting:
        """The state now."""
        ...


class RoomSession:
    """A `Listener` for its connection and a `PlanSession` for the plan."""

    channel = 0

    def __init__(self, host: Host, connection: Connection, seat: Seat, hello: Hello, session_id: str) -> None:
        self._host = host
        self.connection = connection
        self.seat = seat
        self.id = session_id
        self.resume_after = hello.after
        self.plan_resume: PlanResume | None = next((one for one in hello.plan if one.audience == EVERYONE), None)
        self.came_at = 0.0
        self.state: State = Greeting(since=connection.opened_at)
        self.shown: dict[str, Entity] = {}
        self.mode: Mode | None = None
        self.camera = False
        self.microphone = False
        self.hand_raised_at: float | None = None
        self.media_connection = "good"
        self.client_id = 0
        self.is_coming_in = False
        self.was_joined = False
        self.has_plan = False
        self.is_catching_up = False
        self.plan_ready = asyncio.Event()
        self.frames_refused = 0

    @property
    def participant_id(self) -> ParticipantId:
        """Whose session this is."""
        return self.seat.participant_id

    @property
    def device_id(self) -> DeviceId:
        """On which device."""
        return self.seat.device_id

    @property
    def is_joined(self) -> bool:
        """Admitted, welcomed and connected."""
        return isinstance(self.state, Joined)

    @property
    def may_write(self) -> bool:
        """Whether this person may write in the plan now."""
        return self.is_joined and access.may_write_plan(self._host.meeting, self.participant_id)

    def may_write_root(self, root: str) -> bool:
        """Whether this person may write in this root of the plan now."""
        return self.is_joined and access.may_write_root(self._host.meeting, self.participant_id, root)

    @property
    def sees_plan(self) -> bool:
        """Whether anything of the plan may be sent to this session now."""
        return access.plan_visible(self._host.meeting, self.participant_id, self.device_id)

    def wait(self, now: float) -> None:
        """Known, not admitted, or no longer."""
        self.hand_raised_at = None
        self.was_joined |= self.is_joined
        if not isinstance(self.state, Waiting):
            self.state = follow(self.state, Waiting(seat=self.seat, since=now))

    def join(self, now: float) -> None:
        """Admitted and welcomed. The plan follows, also where it followed before."""
        if self.plan_ready.is_set():
            self.plan_ready = asyncio.Event()
        self.state = follow(self.state, Joined(seat=self.seat, since=now))

    def linger(self, state: Lingering) -> None:
        """The socket is lost, the seat is kept."""
        self.state = follow(self.state, state)

    def end(self) -> None:
        """Over."""
        if not isinstance(self.state, Gone):
            self.state = follow(self.state, Gone(close_code=self.connection.close_code))
        self.plan_ready.set()

    def take_over(self, older: "RoomSession", *, is_same_page: bool) -> None:
        """The same person on the same device came back: what they told stays; the same page keeps its session id."""
        self.mode, self.hand_raised_at = older.mode, older.hand_raised_at
        if is_same_page:
            self.id = older.id
            self.camera, self.microphone = older.camera, older.microphone
            self.media_connection = older.media_connection

    def here(self) -> Here:
        """For attendance."""
        since = self.state.since if isinstance(self.state, Joined | Waiting) else 0.0
        return Here(
            participant_id=self.participant_id,
            device_id=self.device_id,
            second_device=self.seat.second_device,
            is_joined=self.is_joined,
            is_waiting=isinstance(self.state, Waiting),
            since=since,
            mode=self.mode,
        )

    def presence(self) -> Presence:
        """For the others."""
        return Presence(
            participant_id=self.participant_id,
            camera=self.camera,
            microphone=self.microphone,
            mode=self.mode or Mode.TYPING,
            hand_raised_at=self.hand_raised_at,
            connection="lost" if isinstance(self.state, Lingering) else self.media_connection,
            plan_client_ids=(self.client_id,) if self.client_id else (),
        )

    def plan_channel(self, epoch: int, *, resumed: bool) -> PlanChannel:
        """For the welcome."""
        return PlanChannel(
            channel=self.channel,
            audience=EVERYONE,
            epoch=epoch,
            client_id=self.client_id,
            may_write=self.may_write,
            resumed=resumed,
        )

    async def got(self, message: ClientMessage) -> None:
        """Pass on to the room."""
        await self._host.got(self, message)

    async def got_frame(self, frame: bytes) -> None:
        """A plan frame; before admission it is counted and dropped."""
        channel, message = frames.split(frame)
        if not isinstance(self.state, Joined):
            self.frames_refused += 1
            return
        if channel != self.channel:
            raise ProtocolError(CLOSE_BAD_MESSAGE, "plan.unknown_channel")
        await self.plan_ready.wait()
        if self.has_plan and self.is_joined:
            await self._host.got_plan(self, message)

    def send_frame(self, frame: bytes) -> None:
        """Queue a plan frame, for who may see the plan; of each person's cursor only the newest waits."""
        if not self.sees_plan:
            return
        client = _cursor_of(frame)
        if client is not None:
            self.connection.send_cursor(client, frame)
        else:
            self.connection.send_frame(frame, is_catch_up=self.is_catching_up or frame[1:3] == _STEP_TWO)

    def saved(self, clock: int, seq: int) -> None:
        """Tell the author what is on disk."""
        self.connection.send(PlanSaved(channel=self.channel, client_id=self.client_id, clock=clock, seq=seq))

    def refused(self, code: str) -> None:
        """Tell the author what was refused."""
        text = refusals.TEXTS.get(code, "The change was refused.")
        self.connection.send(PlanRefused(channel=self.channel, code=code, text=text))

    def holds(self, seq: int) -> None:
        """Tell the client how far it has caught up."""
        self.connection.send(PlanSeq(channel=self.channel, seq=seq), is_catch_up=self.is_catching_up)


def _cursor_of(frame: bytes) -> int | None:
    """The client id when the frame is one client's awareness, else None."""
    if len(frame) < 2 or frame[1] != _AWARENESS:
        return None
    try:
        reader = Reader(Reader(frame[2:]).var_bytes())
        return reader.varuint() if reader.varuint() == 1 else None
    except PlanUpdateError:
        return None
