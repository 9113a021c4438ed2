"""A `Desk` and a `Gate` in memory: `decide` over a list of events, published on the bus as the outbox would."""

import asyncio
from collections.abc import Sequence

import msgspec

from meetings.apply import fold
from meetings.commands import (
    AdjournMeeting,
    CloseMeeting,
    Command,
    FreezePlan,
    RecordAdjourn,
    RecordClose,
    RecordFreeze,
)
from meetings.decide import actor, decide
from meetings.errors import MeetingError
from meetings.events import Recorded
from meetings.ids import MeetingId, ParticipantId
from realtime.bus import keys
from realtime.bus.base import Bus, BusDown
from realtime.errors import CLOSE_UNAUTHENTICATED, ProtocolError
from realtime.ports import Clock, PlanKey, Seat
from tests.support.story import RECORD, SHA, Story, plan


class DeskDown(Exception):
    """The log cannot be reached."""


class MemoryDesk:
    """The log of one meeting, shared by every node that is given this object. `fail` makes the next calls fail."""

    def __init__(self, story: Story, bus: Bus, clock: Clock) -> None:
        self.log = list(story.events)
        self._bus = bus
        self._clock = clock
        self._turn = asyncio.Lock()
        self._failures = 0
        self._open = asyncio.Event()
        self._open.set()
        self.reads = 0

    @property
    def meeting_id(self) -> MeetingId:
        return fold(self.log).id

    def fail(self, times: int) -> None:
        """The next so many calls fail after nothing happened."""
        self._failures = times

    def hold(self) -> None:
        """Commands wait until `release`."""
        self._open.clear()

    def release(self) -> None:
        """Commands go on."""
        self._open.set()

    async def events_after(self, meeting_id: MeetingId, number: int) -> Sequence[Recorded]:
        await asyncio.sleep(0)
        self._check(meeting_id)
        self.reads += 1
        return self.log[number:]

    async def perform(self, meeting_id: MeetingId, command: Command, by: ParticipantId | None) -> Sequence[Recorded]:
        await self._open.wait()
        async with self._turn:
            await asyncio.sleep(0)
            self._check(meeting_id)
            recorded = self._append(command, by)
            if isinstance(command, FreezePlan) and by is not None:
                recorded = self._append(RecordFreeze(by=by, seq=41, sha256=SHA), None)
            elif isinstance(command, CloseMeeting) and by is not None:
                recorded = self._append(RecordClose(by=by, plan=plan(), sha256=SHA, record_id=RECORD), None)
            elif isinstance(command, AdjournMeeting) and by is not None:
                adjourn = RecordAdjourn(by=by, reason=command.reason, seq=41, sha256=SHA, record_id=RECORD)
                recorded = self._append(adjourn, None)
        for one in recorded:
            try:
                await self._bus.publish(keys.meeting_events(meeting_id), msgspec.json.encode(one))
            except BusDown:
                break
        return recorded

    async def plan_key(self, meeting_id: MeetingId) -> PlanKey:
        self._check(meeting_id)
        return PlanKey(plan_id=fold(self.log).plan_id, audience="everyone", epoch=1)

    def _append(self, command: Command, by: ParticipantId | None) -> list[Recorded]:
        now = self._clock.now()
        events = decide(fold(self.log), command, by, now)
        first = len(self.log) + 1
        who = actor(command, by)
        recorded = [Recorded(number=first + n, at=now, by=who, event=event) for n, event in enumerate(events)]
        self.log += recorded
        return recorded

    def _check(self, meeting_id: MeetingId) -> None:
        if self._failures:
            self._failures -= 1
            raise DeskDown
        if meeting_id != self.meeting_id:
            raise MeetingError("meeting.unknown", "There is no such meeting.")


class MemoryGate:
    """Tickets good for one entry each."""

    def __init__(self) -> None:
        self._seats: dict[str, Seat] = {}
        self._made = 0
        self.signed_out: set[Seat] = set()

    def ticket(self, seat: Seat) -> str:
        self._made += 1
        ticket = f"ticket-number-{self._made:032d}"
        self._seats[ticket] = seat
        return ticket

    async def redeem(self, ticket: str) -> Seat:
        await asyncio.sleep(0)
        seat = self._seats.pop(ticket, None)
        if seat is None:
            raise ProtocolError(CLOSE_UNAUTHENTICATED, "ticket.unknown")
        return seat

    async def still_valid(self, seat: Seat) -> bool:
        await asyncio.sleep(0)
        return seat not in self.signed_out
