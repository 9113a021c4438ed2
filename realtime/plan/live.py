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

import asyncio
import functools
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from meetings.ids import DeviceId, ParticipantId
from realtime.bus import keys
from realtime.bus.base import Bus
from realtime.errors import CLOSE_BAD_MESSAGE, CLOSE_RATE, CLOSE_TOO_SLOW, ProtocolError
from realtime.messages import PlanResume
from realtime.plan import awareness, news, sync
from realtime.plan.commits import Answers, Commits, Waiting, new_update, stored
from realtime.plan.herald import Herald
from realtime.plan.inspector import Inspected, Sender
from realtime.plan.member import Member, PlanSession
from realtime.plan.refusals import (
    FULL,
    GAP,
    MISSING,
    NOT_SAVED,
    OTHER_CLIENT,
    READ_ONLY,
    RESYNC,
    PlanUpdateError,
)
from realtime.plan.replica import Replica
from realtime.plan.structs import LIVE, STEP_TWO, Limits
from realtime.ports import Clock, NewUpdate, PlanKey, PlanLog, Snapshot, StoredUpdate

# Higher: a phone takes longer to join and a frozen plan longer to read. Lower: a long meeting may fill its plan.
MAX_DOCUMENT_BYTES = 2 * 2**20
# Higher: joiners are sent more. Lower: the engine works more often.
COMPACT_AFTER_ROWS = 500
COMPACT_AFTER_BYTES = 262_144
COMPACT_PAUSE_S = 30.0

_MAY_BE_BEHIND = frozenset({MISSING, GAP, OTHER_CLIENT})
_NOBODY: Mapping[int, Answers] = {}

Compact = Callable[[PlanKey, Snapshot | None, Sequence[StoredUpdate]], Awaitable[Snapshot | None]]

log = structlog.get_logger(__name__)


class LivePlan:
    """One plan document on this node. `compact` makes a shorter history of a long one (`realtime.plan.compaction`)."""

    def __init__(self, key: PlanKey, plan_log: PlanLog, bus: Bus, clock: Clock, compact: Compact | None = None) -> None:
        self.key = key
        self._log = plan_log
        self._bus = bus
        self._clock = clock
        self._compact = compact
        self._topic = keys.plan_updates(key.plan_id, key.audience, key.epoch)
        self._herald = Herald(bus, self._topic)
        self._commits = Commits(key, plan_log)
        self._replica = Replica(key, plan_log)
        self._members: dict[int, Member] = {}
        self._cursors = awareness.Cursors()
        self._is_long = asyncio.Event()

    @property
    def seq(self) -> int:
        """The last log number delivered here."""
        return self._replica.seq

    async def open(self) -> None:
        """Load snapshot and tail once; who comes meanwhile waits for the same load. Raises what the log raises."""
        await self._replica.open()

    async def run(self) -> None:
        """Commit what is queued and follow the bus, until cancelled."""
        await self.open()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._commits.run(self._landed, self._failed))
            tasks.create_task(self._herald.run())
            tasks.create_task(self._follow())
            if self._compact is not None:
                tasks.create_task(self._shorten(self._compact))

    async def catch_up(self) -> None:
        """Take in what the log holds beyond what is here: for a bus that is away. Raises what the log raises."""
        await self.open()
        self._deliver(await self._replica.missed())

    async def close(self) -> None:
        """Wait until everything queued is on disk or refused."""
        await self._commits.settled()

    async def client_id(
        self, participant_id: ParticipantId, device_id: DeviceId, resume: PlanResume | None
    ) -> tuple[int, bool]:
        """The Yjs client id to write with, and whether the client's copy is of this document and may be resumed.

        A returning tab keeps the id it names if that id was issued to the same person on the same device.
        """
        await self.open()
        if resume is not None and self._is_same(resume):
            issued = await self._log.client_ids(self.key)
            if issued.get(resume.client_id) == (participant_id, device_id):
                return resume.client_id, True
        return await self._log.issue_client_id(self.key, participant_id, device_id), False

    def _is_same(self, resume: PlanResume) -> bool:
        return (resume.audience, resume.epoch) == (self.key.audience, self.key.epoch)

    async def join(self, session: PlanSession, resume: PlanResume | None) -> None:
        """Send what the client does not hold, `holds`, the others' cursors and our step 1; then fan out to it."""
        await self.open()
        issued = await self._log.client_ids(self.key)
        held = None
        if resume is not None and self._is_same(resume) and resume.client_id == session.client_id:
            held = resume.seq
            if held > self.seq:
                self._deliver(await self._replica.missed())
        who = (session.participant_id, session.device_id)
        own = frozenset(client_id for client_id, to in issued.items() if to == who)
        member = self._members[id(session)] = Member(session, own, self._clock.monotonic())
        self._send_history(member, held)
        if others := self._cursors.shown():
            member.send(sync.awareness(awareness.encode(*others)))
        self._ask(member)

    def _send_history(self, member: Member, held: int | None) -> None:
        for message in self._replica.history.messages(held):
            member.send(message)
        member.session.holds(self.seq)

    def _ask(self, member: Member) -> None:
        """Our step 1. Only what is durable counts as held: the rest may still have to be sent again."""
        member.send(sync.step_one(self._replica.durable))

    def leave(self, session: PlanSession) -> None:
        """Stop sending to it; the others see its cursor go."""
        member = self._members.pop(id(session), None)
        if member is not None and member.cursor is not None and member.cursor.state is not None:
            self._move(awareness.gone(member.cursor), None)

    async def got(self, session: PlanSession, message: bytes) -> None:
        """A y-protocols message of this session.

        Raises ProtocolError: 4400 malformed, 4429 too fast or refused too often, 4408 when the log cannot keep up.
        """
        member = self._members.get(id(session))
        if member is None:
            return
        try:
            parsed = sync.parse(message)
        except PlanUpdateError as error:
            raise ProtocolError(CLOSE_BAD_MESSAGE, error.code) from None
        match parsed:
            case sync.Update(update):
                await self._got_update(member, update, LIVE)
            case sync.StepTwo(update):
                await self._got_update(member, update, STEP_TWO)
            case sync.StepOne():
                if not member.pace.step_one(self._clock.monotonic()):
                    raise ProtocolError(CLOSE_RATE, "plan.rate")
                self._send_history(member, None)
            case sync.Awareness(update):
                self._got_cursor(member, update)

    async def _got_update(self, member: Member, update: bytes, limits: Limits) -> None:
        now = self._clock.monotonic()
        if not member.pace.update(len(update), now):
            raise ProtocolError(CLOSE_RATE, "plan.rate")
        if self._commits.is_full:
            raise ProtocolError(CLOSE_TOO_SLOW, "plan.busy")
        session = member.session
        try:
            rows = await self._inspect(member, update, limits)
        except PlanUpdateError as error:
            log.info("plan.refused", plan_id=self.key.plan_id, participant_id=session.participant_id, code=error.code)
            if not member.pace.refusal(now):
                raise ProtocolError(CLOSE_RATE, error.code) from None
            self._commits.put(Waiting(session, code=error.code))
        else:
            self._commits.put(Waiting(session, tuple(new_update(row, session.participant_id) for row in rows)))

    async def _inspect(self, member: Member, update: bytes, limits: Limits) -> tuple[Inspected, ...]:
        """Inspect; what another node may have committed meanwhile is read from the log once before saying no."""
        try:
            return self._inspect_once(member, update, limits)
        except PlanUpdateError as error:
            if error.code not in _MAY_BE_BEHIND:
                raise
            missed = await self._replica.missed()
            if not missed:
                raise
        self._deliver(missed)
        return self._inspect_once(member, update, limits)

    def _inspect_once(self, member: Member, update: bytes, limits: Limits) -> tuple[Inspected, ...]:
        session, inspector = member.session, self._replica.inspector
        if not session.may_write:
            if inspector.holds(update, limits):
                return ()
            raise PlanUpdateError(READ_ONLY)
        if self._replica.history.size + self._commits.waiting_bytes + len(update) > MAX_DOCUMENT_BYTES:
            raise PlanUpdateError(FULL)
        sender = Sender(
            client_id=session.client_id,
            client_ids=member.client_ids,
            may_write=functools.cache(session.may_write_root),
        )
        return inspector.inspect(update, sender, limits)

    def _got_cursor(self, member: Member, update: bytes) -> None:
        """A cursor is passed on at once. Too many are dropped: the next one says it all."""
        if not member.pace.cursor(self._clock.monotonic()):
            return
        client_id = member.session.client_id
        last = member.cursor or self._cursors.of(client_id)
        last_clock = last.clock if last else 0
        try:
            cursor = awareness.inspect(update, client_id, last_clock)
        except PlanUpdateError as error:
            raise ProtocolError(CLOSE_BAD_MESSAGE, error.code) from None
        if cursor.clock >= last_clock:
            member.cursor = cursor
            self._move(cursor, member)

    def _move(self, cursor: awareness.Cursor, author: Member | None) -> None:
        self._show(cursor, author)
        self._herald.tell(news.Moved(cursor))

    def _show(self, cursor: awareness.Cursor, author: Member | None) -> None:
        self._cursors.put(cursor)
        message = sync.awareness(awareness.encode(cursor))
        for member in self._members.values():
            if member is not author:
                member.send(message)

    async def _landed(self, batch: list[Waiting], rows: list[NewUpdate], numbers: Sequence[int | None]) -> None:
        """A batch is on disk: deliver in log order, answer the authors, tell the other nodes."""
        authors = [item.author for item in batch if item.code is None for _ in item.rows]
        fresh = [stored(row, seq) for row, seq in zip(rows, numbers, strict=True) if seq is not None]
        by_seq = {seq: author for seq, author in zip(numbers, authors, strict=True) if seq is not None}
        if len(fresh) < len(rows) or (fresh and fresh[0].seq > self.seq + 1):
            self._deliver(await self._replica.missed_at_last(), by_seq)
        self._deliver(fresh, by_seq)
        for item in batch:
            self._answer(item)
        if fresh:
            self._herald.tell(news.Rows(tuple(fresh)))
        elif rows:  # an append that failed may have landed after all: nobody else was told of it
            self._herald.tell(news.Through(self.seq))

    def _answer(self, item: Waiting) -> None:
        durable = self._replica.durable
        code = item.code
        if code is None and all(row.clock_to <= durable.get(row.client_id, 0) for row in item.rows):
            item.author.saved(durable.get(item.author.client_id, 0), self.seq)
            return
        item.author.refused(code or NOT_SAVED)
        member = self._members.get(id(item.author))
        if member is not None and (code or NOT_SAVED) in RESYNC:
            self._ask(member)

    def _failed(self, items: list[Waiting], code: str) -> None:
        """Nothing of these is on disk: forget them and tell the authors."""
        self._replica.begin_again()
        for item in items:
            self._answer(Waiting(item.author, code=item.code or code))

    def _deliver(self, rows: Sequence[StoredUpdate], authors: Mapping[int, Answers] = _NOBODY) -> bool:
        """Take in rows in log order, send them to all but their author. False: rows before these are missing."""
        before = self.seq
        for row in rows:
            author = authors.get(row.seq)
            if self._replica.take(row, was_inspected_here=author is not None):
                message = sync.update(row.update)
                for member in self._members.values():
                    if member.session is not author:
                        member.send(message)
        if self.seq > before:
            for member in self._members.values():
                member.session.holds(self.seq)
            history = self._replica.history
            if len(history.tail) >= COMPACT_AFTER_ROWS or history.tail_bytes >= COMPACT_AFTER_BYTES:
                self._is_long.set()
        return not rows or rows[-1].seq <= self.seq

    async def _follow(self) -> None:
        """Take in what other nodes committed; a gap, or a bus that was away, is filled from the log."""
        async with self._bus.subscribe(self._topic) as messages:
            self._deliver(await self._replica.missed_at_last())
            async for _, payload in messages:
                match None if payload is None else news.decode(payload):
                    case news.Rows(rows):
                        is_whole = self._deliver(rows)
                    case news.Through(seq):
                        is_whole = seq <= self.seq
                    case news.Moved(cursor):
                        is_whole = True
                        if all(member.session.client_id != cursor.client_id for member in self._members.values()):
                            self._show(cursor, None)
                    case _:
                        is_whole = False
                if not is_whole:
                    self._deliver(await self._replica.missed_at_last())

    async def _shorten(self, compact: Compact) -> None:
        """Compact when the tail is long; at most every half minute."""
        while True:
            await self._is_long.wait()
            history = self._replica.history
            try:
                snapshot = await compact(self.key, history.snapshot, tuple(history.tail))
            except Exception as error:
                log.error("plan.compaction_failed", plan_id=self.key.plan_id, kind=type(error).__name__)
            else:
                if snapshot is not None:
                    history.rebase(snapshot)
            self._is_long.clear()
            await asyncio.sleep(COMPACT_PAUSE_S)
