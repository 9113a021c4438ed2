"""The durable log of plan updates (`realtime.ports.PlanLog`)."""

import secrets
from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from meetings.ids import DeviceId, ParticipantId
from realtime.ports import Clock, NewUpdate, PlanKey, Snapshot, StoredUpdate
from server.persistence import plans
from server.persistence.engine import Database
from server.persistence.unit_of_work import attempted, reading, writing

CLIENT_ID_TRIES = 5


class StoredPlanLog:
    """Keeps plan updates in the database. Every method that writes returns after COMMIT."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def append(self, plan: PlanKey, updates: Sequence[NewUpdate]) -> Sequence[int | None]:
        """Write all or none; the log number of each, None for a resend. Raises PlanFrozenError, StorageUnavailable."""
        if not updates:
            return []

        async def once() -> list[int | None]:
            async with writing(self._database) as connection:
                return await plans.append(connection, plan, updates, self._clock.now())

        return await attempted(once)

    async def after(self, plan: PlanKey, seq: int) -> Sequence[StoredUpdate]:
        """Updates with a higher log number, in order."""
        async with reading(self._database) as connection:
            return await plans.after(connection, plan, seq)

    async def snapshot(self, plan: PlanKey) -> Snapshot | None:
        """The newest snapshot."""
        async with reading(self._database) as connection:
            return await plans.snapshot(connection, plan)

    async def store_snapshot(self, plan: PlanKey, snapshot: Snapshot) -> None:
        """Keep a snapshot that was read back and compared; the one before it stays too."""

        async def once() -> None:
            async with writing(self._database) as connection:
                await plans.add_snapshot(connection, plan, snapshot, self._clock.now())

        await attempted(once)

    async def issue_client_id(self, plan: PlanKey, participant_id: ParticipantId, device_id: DeviceId) -> int:
        """A client id nobody had in this document."""
        for attempt in range(1, CLIENT_ID_TRIES + 1):
            client_id = secrets.randbelow(2**32 - 1) + 1
            try:
                async with writing(self._database) as connection:
                    await plans.add_client_id(connection, plan, client_id, participant_id, device_id)
                return client_id
            except IntegrityError:
                if attempt == CLIENT_ID_TRIES:
                    raise
        raise AssertionError("unreachable")

    async def client_ids(self, plan: PlanKey) -> dict[int, tuple[ParticipantId, DeviceId]]:
        """Every client id issued, and to whom."""
        async with reading(self._database) as connection:
            return await plans.client_ids(connection, plan)
