"""Starts every part in order and stops them in reverse: database, bus, plan engine, media node, services, rooms."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from urllib.parse import urlsplit

import msgspec
import structlog
from litestar import Litestar
from litestar.datastructures import State

from realtime.bus.base import Bus, BusDown, Leases
from realtime.bus.lease import RedisLeases
from realtime.bus.redis_bus import RedisBus
from realtime.plan.compaction import Compaction
from realtime.plan.engine import PlanEngine
from realtime.rooms import Rooms
from realtime.supervision import Supervisor
from server.config import ConfigError, MediaMode, Settings, folder_refused, line_to_set
from server.embedded.child import ChildFailed
from server.embedded.media import MediaChild
from server.embedded.valkey import EmbeddedValkey
from server.hints import called
from server.observability.logging import without_traceback_of_uvicorn
from server.persistence import audit_proof
from server.persistence.engine import Database, migrate, open_database
from server.persistence.probe import WriteProbe
from server.persistence.refusal import DatabaseRefused, StaleWrite, StorageUnavailable, in_its_words
from server.persistence.unit_of_work import attempted
from server.reports.fonts import printed
from server.routes.readiness import Readiness
from server.services.case_record import CaseRecords
from server.services.clock import SystemClock, new_id
from server.services.desk import StoredDesk
from server.services.directory import Directory
from server.services.gate import TicketGate
from server.services.links import Links
from server.services.plan_log import StoredPlanLog
from server.services.publisher import Publisher
from server.services.scheduling import Scheduling
from server.services.sign_in import StaffSessions

# Why a start is refused, in words for the person who starts the server.
REFUSALS = (ChildFailed, ConfigError, DatabaseRefused)

_log = structlog.get_logger("hearth.lifespan")


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that runs, for the routes (by field name) and for whoever seeds a demonstration."""

    database: Database
    clock: SystemClock
    bus: Bus
    leases: Leases
    publisher: Publisher
    desk: StoredDesk
    gate: TicketGate
    links: Links
    staff_sessions: StaffSessions
    directory: Directory
    scheduling: Scheduling
    records: CaseRecords
    plan_log: StoredPlanLog
    rooms: Rooms


class Lifespan:
    """The app's lifespan. `prepare` runs when everything is up, before anyone is let in."""

    def __init__(self, settings: Settings, readiness: Readiness, prepare: Callable[[Parts], Awaitable[None]]) -> None:
        self._settings = settings
        self._readiness = readiness
        self._prepare = prepare
        self._parts: Parts | None = None
        self.supervisor = Supervisor()
        self.failure: Exception | None = None

    @asynccontextmanager
    async def __call__(self, app: Litestar) -> AsyncIterator[None]:
        """Start, serve, stop."""
        async with AsyncExitStack() as stack:
            try:
                parts = await self._prepared(stack)
            except REFUSALS as error:
                self.failure = error  # told in one sentence by whoever started the server
                without_traceback_of_uvicorn()
                raise
            except Exception as error:
                self.failure = error
                _log.error("start.failed", kind=type(error).__name__, exc_info=error)
                raise
            self._parts = parts
            _publish_to(app.state, parts)
            probe = WriteProbe(parts.database)
            stack.push_async_callback(probe.close)
            await self._prove(parts.database)
            self._readiness.opened(lambda: self.supervisor.down, database=probe)
            _log.info("start.ready", node_id=self._settings.node_id)
            if unset := self._settings.unset:
                _log.warning("start.agency_unset", then="no meeting can be scheduled", set=line_to_set(unset))
            yield
            self._readiness.draining()
        _log.info("stop.done", node_id=self._settings.node_id)

    async def _prepared(self, stack: AsyncExitStack) -> Parts:
        try:
            parts = await _start(self._settings, stack, self.supervisor)
            await self._prepare(parts)
        except (StorageUnavailable, OSError) as error:
            raise ConfigError(
                f"Hearth cannot write what it needs to start: {in_its_words(error)}. "
                f"Look at the database, and at the disk of {self._settings.data_dir}."
            ) from error
        return parts

    async def _prove(self, database: Database) -> None:
        """Say whether the record is as it was written. It does not stop the start: a family's meeting goes on, and
        whoever runs the server is told here and at `/readyz`."""
        try:
            proof = await attempted(lambda: audit_proof.newest(database))
        except StorageUnavailable as error:
            _log.error("audit.not_looked_at", why=str(error))
            self._readiness.warn("audit: not looked at")
            return
        if proof.broken is None:
            _log.info("audit.whole", chains=proof.chains, rows=proof.rows, head=proof.head.in_halves)
            return
        _log.error("audit.broken", chain=proof.broken.chain, what=proof.broken.what, look_with=called("audit verify"))
        self._readiness.warn("audit: broken")

    async def drain(self) -> None:
        """Before the sockets close: refuse new people, send everyone a `closing`, publish what is left."""
        self._readiness.draining()
        if self._parts is not None:
            await self._parts.rooms.drain()
            try:
                await self._parts.publisher.flush()
            except (BusDown, StorageUnavailable, StaleWrite) as error:
                _log.warning("stop.unpublished", kind=type(error).__name__)  # the other nodes, or the next start, do it


def _publish_to(state: State, parts: Parts) -> None:
    for name in parts.__struct_fields__:
        state[name] = getattr(parts, name)


async def _start(settings: Settings, stack: AsyncExitStack, supervisor: Supervisor) -> Parts:
    clock = SystemClock()
    _make_folder(settings)
    database = await open_database(settings.sqlalchemy_url)
    stack.push_async_callback(database.close)
    await migrate(database)
    redis_url = settings.redis_url or await stack.enter_async_context(EmbeddedValkey(settings.data_dir, supervisor))
    bus, leases = RedisBus(redis_url, supervisor), RedisLeases(redis_url)
    stack.push_async_callback(bus.close)
    stack.push_async_callback(leases.close)
    await _reach(settings, leases)
    engine = await stack.enter_async_context(PlanEngine())
    if settings.media is MediaMode.EMBEDDED:
        await stack.enter_async_context(MediaChild(settings, redis_url, supervisor))
    publisher = Publisher(database, bus, clock)
    publishing = supervisor.keep("publisher", publisher.run)
    stack.push_async_callback(_stopped, publishing)
    return await _services(settings, stack, database, clock, bus, leases, publisher, engine, supervisor)


def _make_folder(settings: Settings) -> None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=settings.data_dir):
            pass
    except OSError as error:
        raise folder_refused(settings, error) from error


async def _reach(settings: Settings, leases: Leases) -> None:
    """A bus that is away later is lived with; one that never answered is a wrong address or password."""
    try:
        await leases.holder(f"start/{settings.node_id}")
    except BusDown as error:
        place = urlsplit(settings.redis_url).netloc.rpartition("@")[2] or "the embedded Valkey"
        raise ConfigError(
            f"Redis at {place} does not answer or refuses the password. Check HEARTH_REDIS_… (--redis)."
        ) from error


async def _services(
    settings: Settings,
    stack: AsyncExitStack,
    database: Database,
    clock: SystemClock,
    bus: Bus,
    leases: Leases,
    publisher: Publisher,
    engine: PlanEngine,
    supervisor: Supervisor,
) -> Parts:
    desk = StoredDesk(
        database,
        clock,
        new_id,
        engine,
        publisher.announce,
        printed,
        guest_after_meeting_s=settings.guest_after_meeting_s,
    )
    gate = TicketGate(database, clock, ticket_s=settings.ticket_s, idle_s=settings.staff_idle_s)
    plan_log = StoredPlanLog(database, clock)
    links = Links(
        database,
        clock,
        new_id,
        public_url=settings.public_url,
        before_s=settings.link_before_s,
        session_s=settings.guest_session_s,
    )
    rooms = Rooms(
        desk=desk,
        gate=gate,
        plan_log=plan_log,
        bus=bus,
        leases=leases,
        clock=clock,
        new_id=new_id,
        node_id=settings.node_id,
        compact=Compaction(engine, plan_log),
        supervisor=supervisor,
    )
    return Parts(
        database=database,
        clock=clock,
        bus=bus,
        leases=leases,
        publisher=publisher,
        desk=desk,
        gate=gate,
        links=links,
        staff_sessions=StaffSessions(
            database,
            clock,
            new_id,
            idle_s=settings.staff_idle_s,
            absolute_s=settings.staff_absolute_s,
            most=settings.staff_sessions,
        ),
        directory=Directory(database),
        scheduling=Scheduling(database, clock, new_id, links, publisher),
        records=CaseRecords(database),
        plan_log=plan_log,
        rooms=await stack.enter_async_context(rooms),
    )


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
