"""What the live layer needs from the outside: five small interfaces, implemented by `server` and by fakes in tests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from meetings.commands import Command
from meetings.events import Recorded
from meetings.ids import DeviceId, MeetingId, ParticipantId, PlanId


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """Who stands behind a socket: proved by a ticket. `second_device`: the link was already bound to another device."""

    meeting_id: MeetingId
    participant_id: ParticipantId
    device_id: DeviceId
    second_device: bool


class PlanKey(msgspec.Struct, frozen=True, kw_only=True):
    """One shared document: a plan, an audience and an epoch of its history."""

    plan_id: PlanId
    audience: str
    epoch: int


class NewUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """An inspected update to append: clocks [clock_from, clock_to) of one client (equal when it only deletes)."""

    client_id: int
    clock_from: int
    clock_to: int
    participant_id: ParticipantId
    update: bytes

    def __repr__(self) -> str:
        """Plan text cannot be printed."""
        return f"NewUpdate({self.clock_from}..{self.clock_to}, {len(self.update)} bytes)"


class StoredUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """An update in the log."""

    seq: int
    client_id: int
    clock_from: int
    clock_to: int
    participant_id: ParticipantId
    update: bytes

    def __repr__(self) -> str:
        """Plan text cannot be printed."""
        return f"StoredUpdate({self.seq}, {len(self.update)} bytes)"


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The document through `seq` as one Yjs v1 update."""

    seq: int
    update: bytes
    sha256: str


class PlanFrozenError(Exception):
    """The plan is frozen: nothing was appended."""


class Clock(Protocol):
    """The one clock."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class NewId(Protocol):
    """Makes 128-bit random ids as 32 hex characters."""

    def __call__(self) -> str: ...


class Gate(Protocol):
    """Turns a ticket into a seat, once. Raises ProtocolError(4401) for an unknown, spent or expired one."""

    async def redeem(self, ticket: str) -> Seat: ...

    async def still_valid(self, seat: Seat) -> bool: ...


class Desk(Protocol):
    """The meeting's event log."""

    async def events_after(self, meeting_id: MeetingId, number: int) -> Sequence[Recorded]:
        """All events with a higher number, in order. Unknown meeting: MeetingError `meeting.unknown`."""
        ...

    async def perform(self, meeting_id: MeetingId, command: Command, by: ParticipantId | None) -> Sequence[Recorded]:
        """Decide and append in one transaction (events, audit, outbox), again on a lost race. `by` None is the server.

        Raises MeetingError where the rules refuse. FreezePlan, CloseMeeting and AdjournMeeting
        also freeze, render and file the plan.
        """
        ...

    async def plan_key(self, meeting_id: MeetingId) -> PlanKey:
        """The shared document of the audience "everyone"."""
        ...


class PlanLog(Protocol):
    """The durable log of plan updates."""

    async def append(self, plan: PlanKey, updates: Sequence[NewUpdate]) -> Sequence[int | None]:
        """Write all in one transaction, return after COMMIT: the log number of each; None where the same row (client,
        clocks, bytes) was already there (a resend). Numbers are dense and in commit order: 1, 2, 3, ... Raises
        PlanFrozenError when the plan is frozen."""
        ...

    async def after(self, plan: PlanKey, seq: int) -> Sequence[StoredUpdate]: ...

    async def snapshot(self, plan: PlanKey) -> Snapshot | None: ...

    async def store_snapshot(self, plan: PlanKey, snapshot: Snapshot) -> None:
        """Keep a verified snapshot; the one before it stays until this one is committed."""
        ...

    async def issue_client_id(self, plan: PlanKey, participant_id: ParticipantId, device_id: DeviceId) -> int:
        """A new Yjs client id (1 .. 2^32-1) for this person on this device."""
        ...

    async def client_ids(self, plan: PlanKey) -> dict[int, tuple[ParticipantId, DeviceId]]:
        """Every id ever issued for the document, and to whom."""
        ...
