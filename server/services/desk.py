"""The meeting's event log: load, decide, append, in one transaction (`realtime.ports.Desk`).

Freezing, closing and adjourning also read the plan. Its document is read outside any transaction, by a child process,
and the result is only written if the log has not moved since.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.apply import apply
from meetings.commands import (
    AdjournMeeting,
    CloseMeeting,
    Command,
    FreezePlan,
    RecordAdjourn,
    RecordClose,
    RecordFreeze,
    ThawPlan,
)
from meetings.decide import actor, decide
from meetings.errors import MeetingError
from meetings.events import Recorded
from meetings.ids import MeetingId, ParticipantId, RecordId
from meetings.meeting import Meeting
from meetings.plan import CasePlan
from realtime.ports import Clock, NewId, PlanKey
from server.persistence import meetings, plans
from server.persistence.engine import Database
from server.persistence.outbox import Message
from server.persistence.unit_of_work import attempted, reading, writing
from server.services import case_record
from server.services.recording import Written, record

EVERYONE = "everyone"
FIRST_EPOCH = 1
ENGINE_S = 20.0  # less than plans.FREEZING_S, so that a freeze still running is never taken for one cut off
CACHED = 64  # folded meetings kept; more memory, fewer folds from the first event

log = structlog.get_logger(__name__)

Also = Callable[[AsyncConnection, Written], Awaitable[None]]


class PlanReader(Protocol):
    """Reads a plan document (`realtime.plan.engine`)."""

    async def read(self, updates: Sequence[bytes]) -> tuple[CasePlan, str]:
        """The plan these updates make, and the SHA-256 of its canonical bytes."""
        ...


class StoredDesk:
    """Meetings in the database. `announce` is told of the outbox rows of each commit; `printed` says which letters a
    record can be printed with; guest sessions last `guest_after_meeting_s` seconds beyond the end of their meeting."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        new_id: NewId,
        reader: PlanReader,
        announce: Callable[[Sequence[Message]], None],
        printed: case_record.Printed,
        *,
        guest_after_meeting_s: float = 900,
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._reader = reader
        self._announce = announce
        self._printed = printed
        self._guests_stay = timedelta(seconds=guest_after_meeting_s)
        self._folded: OrderedDict[MeetingId, Meeting] = OrderedDict()
        self._turns: WeakValueDictionary[MeetingId, asyncio.Lock] = WeakValueDictionary()

    async def events_after(self, meeting_id: MeetingId, number: int) -> Sequence[Recorded]:
        """All events with a higher number, in order. Unknown meeting: MeetingError `meeting.unknown`."""
        async with reading(self._database) as connection:
            found = await meetings.after(connection, meeting_id, number)
            if not found and not await meetings.exists(connection, meeting_id):
                raise _unknown()
        return found

    async def perform(self, meeting_id: MeetingId, command: Command, by: ParticipantId | None) -> Sequence[Recorded]:
        """Decide and append. Raises MeetingError where the rules refuse, StorageUnavailable where storing failed."""
        if isinstance(command, FreezePlan):
            return await self._freeze(meeting_id, command, by)
        if isinstance(command, CloseMeeting):
            return await self._close(meeting_id, command, by)
        if isinstance(command, AdjournMeeting):
            return await self._adjourn(meeting_id, command, by)
        if isinstance(command, ThawPlan):
            return await self._record(meeting_id, command, by, _thaw)
        return await self._record(meeting_id, command, by)

    async def plan_key(self, meeting_id: MeetingId) -> PlanKey:
        """The shared document of the audience "everyone". Unknown meeting: MeetingError `meeting.unknown`."""
        async with reading(self._database) as connection:
            plan_id = await meetings.plan_id(connection, meeting_id)
        if plan_id is None:
            raise _unknown()
        return PlanKey(plan_id=plan_id, audience=EVERYONE, epoch=FIRST_EPOCH)

    async def _record(
        self, meeting_id: MeetingId, command: Command, by: ParticipantId | None, also: Also | None = None
    ) -> tuple[Recorded, ...]:
        """Decide on the newest state and append, again when others were faster. `also` joins the transaction."""

        async def once() -> Written | None:
            # Here one at a time for each meeting, so that a busy meeting holds one connection and not the whole pool.
            async with self._turn(meeting_id), writing(self._database) as connection:
                await meetings.lock(connection, meeting_id)
                now = self._clock.now()
                meeting = await self._current(connection, meeting_id)
                events = decide(meeting, command, by, now)
                if not events:
                    return None
                written = await record(
                    connection,
                    meeting,
                    events,
                    meeting_id=meeting_id,
                    by=actor(command, by),
                    now=now,
                    guests_stay=self._guests_stay,
                )
                if also is not None:
                    await also(connection, written)
            self._keep(written.meeting)
            self._announce(written.messages)
            return written

        written = await attempted(once)
        return () if written is None else written.recorded

    async def _freeze(
        self, meeting_id: MeetingId, command: FreezePlan, by: ParticipantId | None
    ) -> tuple[Recorded, ...]:
        plan = await self.plan_key(meeting_id)

        async def finish(connection: AsyncConnection, written: Written) -> None:
            if not await plans.finish_freeze(connection, plan, seq, sha256):
                raise _changed()
            await plans.anchor(connection, meeting_id, written.recorded[-1].at)

        async with self._stopped(meeting_id, command, by, plan) as seq:
            _, sha256 = await self._read(plan, seq)
            freeze = RecordFreeze(by=_someone(by), seq=seq, sha256=sha256)
            return await self._record(meeting_id, freeze, None, finish)

    async def _adjourn(
        self, meeting_id: MeetingId, command: AdjournMeeting, by: ParticipantId | None
    ) -> tuple[Recorded, ...]:
        plan = await self.plan_key(meeting_id)
        letters = await case_record.letters(self._printed)

        async def file(connection: AsyncConnection, written: Written) -> None:
            # Locked here and now, or locked before and still so: else the plan has moved on from what was read.
            is_locked_now = await plans.finish_freeze(connection, plan, seq, sha256)
            if not is_locked_now and await plans.freeze_of(connection, plan) != (seq, sha256):
                raise _changed()
            at = written.recorded[-1].at
            await case_record.file(connection, written.meeting, case_plan, sha256, at, letters)

        async with self._stopped(meeting_id, command, by, plan) as seq:
            case_plan, sha256 = await self._read(plan, seq)
            adjourn = RecordAdjourn(
                by=_someone(by), reason=command.reason, seq=seq, sha256=sha256, record_id=RecordId(self._new_id())
            )
            return await self._record(meeting_id, adjourn, None, file)

    @asynccontextmanager
    async def _stopped(
        self, meeting_id: MeetingId, command: Command, by: ParticipantId | None, plan: PlanKey
    ) -> AsyncIterator[int]:
        """The plan's log stands still at this number for a command that is allowed; it goes on if the block fails."""

        async def begin() -> int:
            async with writing(self._database) as connection:
                meeting = await self._current(connection, meeting_id)
                decide(meeting, command, by, self._clock.now())
                return await plans.begin_freeze(connection, plan, self._clock.now())

        async def give_up() -> None:
            async with writing(self._database) as connection:
                await plans.give_up_freeze(connection, plan, seq)

        seq = await attempted(begin)
        try:
            yield seq
        except Exception:
            await attempted(give_up)
            raise

    async def _close(
        self, meeting_id: MeetingId, command: CloseMeeting, by: ParticipantId | None
    ) -> tuple[Recorded, ...]:
        plan = await self.plan_key(meeting_id)
        async with reading(self._database) as connection:
            meeting = await self._current(connection, meeting_id)
            decide(meeting, command, by, self._clock.now())
            frozen = await plans.freeze_of(connection, plan)
        if frozen is None:
            raise MeetingError("plan.not_frozen", "The plan is not locked.")
        case_plan, sha256 = await self._read(plan, frozen[0])
        if sha256 != frozen[1]:
            log.error("plan.hash_differs", meeting_id=meeting_id, seq=frozen[0])
            raise MeetingError("plan.changed", "The plan is not the one that was locked. Lock it again.")
        letters = await case_record.letters(self._printed)
        record_id = RecordId(self._new_id())
        close = RecordClose(by=_someone(by), plan=case_plan, sha256=sha256, record_id=record_id)

        async def file(connection: AsyncConnection, written: Written) -> None:
            at = written.recorded[-1].at
            await case_record.file(connection, written.meeting, case_plan, sha256, at, letters)

        return await self._record(meeting_id, close, None, file)

    async def _read(self, plan: PlanKey, through: int) -> tuple[CasePlan, str]:
        """The plan as of log number `through`, read from the stored updates by the engine."""
        async with reading(self._database) as connection:
            base = await plans.snapshot(connection, plan, through)
            tail = await plans.after(connection, plan, base.seq if base else 0, through)
        updates = ([base.update] if base else []) + [stored.update for stored in tail]
        try:
            async with asyncio.timeout(ENGINE_S):
                return await self._reader.read(updates)
        except Exception as error:
            log.error("plan.engine_failed", plan_id=plan.plan_id, through=through, kind=type(error).__name__)
            raise MeetingError(
                "plan.engine_unavailable", "The plan could not be read just now. Nothing is lost; please try again."
            ) from error

    async def _current(self, connection: AsyncConnection, meeting_id: MeetingId) -> Meeting:
        """The folded meeting as this transaction sees it."""
        meeting = self._folded.get(meeting_id)
        for entry in await meetings.after(connection, meeting_id, meeting.number if meeting else 0):
            meeting = apply(meeting, entry)
        if meeting is None:
            raise _unknown()
        self._keep(meeting)
        return meeting

    def _turn(self, meeting_id: MeetingId) -> asyncio.Lock:
        turn = self._turns.get(meeting_id)
        if turn is None:
            turn = self._turns[meeting_id] = asyncio.Lock()
        return turn

    def _keep(self, meeting: Meeting) -> None:
        held = self._folded.get(meeting.id)
        if held is None or held.number < meeting.number:
            self._folded[meeting.id] = meeting
        self._folded.move_to_end(meeting.id)
        if len(self._folded) > CACHED:
            self._folded.popitem(last=False)


async def _thaw(connection: AsyncConnection, written: Written) -> None:
    plan = PlanKey(plan_id=written.meeting.plan_id, audience=EVERYONE, epoch=FIRST_EPOCH)
    await plans.thaw(connection, plan)


def _someone(by: ParticipantId | None) -> ParticipantId:
    if by is None:
        raise MeetingError("participant.unknown", "Only a person may do this.")
    return by


def _changed() -> MeetingError:
    return MeetingError("plan.changed", "The plan changed while it was being locked. Please try again.")


def _unknown() -> MeetingError:
    return MeetingError("meeting.unknown", "There is no such meeting.")
