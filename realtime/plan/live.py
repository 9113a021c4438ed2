"""One plan document, live on this node: append, acknowledge, fan out. Nobody sees a word before it is on disk.

For the room. One `LivePlan` per `PlanKey` on this node, owned by the room's loop:

    plan = LivePlan(key, log, bus, clock)
    await plan.open()                          # loads snapshot + tail once; call it as often as you like
    task_group.create_task(plan.run())         # commits, follows the bus; cancel to stop (after `close`)
    client_id, resumed = await plan.client_id(participant_id, device_id, resume)      # for Welcome.plan
    await plan.join(session, resume)           # AFTER Welcome was queued: sends all frames, `holds`, then step 1
    await plan.got(session, message)           # a binary frame without its channel byte; one at a time per session
    plan.leave(session)                        # never raises
    await plan.close()                         # waits until everything queued is on disk (or refused)

`got` raises ProtocolError for a broken or flooding peer: close its socket. A refused update is no exception: the
session is told by `refused(code)` and stays. Exactly one `saved` or `refused` answers each update or step 2, in order,
also where an update only deletes or holds nothing new. The codes are listed in `PROTOCOL.md`.
"""

from typing import Protocol

from meetings.ids import DeviceId, ParticipantId
from realtime.bus.base import Bus
from realtime.messages import PlanResume
from realtime.ports import Clock, PlanKey, PlanLog


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
        """Asked anew for every update."""
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


class LivePlan:
    """One plan document on this node."""

    def __init__(self, key: PlanKey, log: PlanLog, bus: Bus, clock: Clock) -> None:
        self.key = key
        self._log = log
        self._bus = bus
        self._clock = clock

    async def open(self) -> None:
        """Load snapshot and tail once; callers who come meanwhile wait for the same load."""
        raise NotImplementedError

    async def run(self) -> None:
        """Commit what is queued and follow the bus, until cancelled."""
        raise NotImplementedError

    async def client_id(
        self, participant_id: ParticipantId, device_id: DeviceId, resume: PlanResume | None
    ) -> tuple[int, bool]:
        """The Yjs client id to write with, and whether the client's copy is of this document and may be resumed.

        A returning tab keeps the id it names if that id was issued to the same person on the same device.
        """
        raise NotImplementedError

    async def join(self, session: PlanSession, resume: PlanResume | None) -> None:
        """Send what the client does not hold, `holds`, the others' cursors and our step 1; then fan out to it."""
        raise NotImplementedError

    async def got(self, session: PlanSession, message: bytes) -> None:
        """A y-protocols message of this session. Raises ProtocolError (4400 malformed, 4429 too fast)."""
        raise NotImplementedError

    def leave(self, session: PlanSession) -> None:
        """Stop sending to it; the others see its cursor go."""
        raise NotImplementedError

    async def close(self) -> None:
        """Wait until everything queued is on disk or refused."""
        raise NotImplementedError
