"""Messages for the bus, written in the transaction of what they tell, until a publisher has sent them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.persistence.tables import outbox


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One row. Per topic, ids rise in the order of the commits."""

    id: int
    topic: str
    payload: bytes

    def __repr__(self) -> str:
        """Payloads hold words of meetings: not printed."""
        return f"Message({self.id}, {len(self.payload)} bytes)"


async def add(connection: AsyncConnection, now: datetime, messages: Sequence[tuple[str, bytes]]) -> list[Message]:
    """Store messages (topic, payload) and return them with their ids."""
    stored = []
    for topic, payload in messages:
        added = await connection.execute(
            insert(outbox).values(topic=topic, payload=payload, created_at=now).returning(outbox.c.id)
        )
        stored.append(Message(id=added.scalar_one(), topic=topic, payload=payload))
    return stored


async def unpublished(connection: AsyncConnection, before: datetime, limit: int) -> list[Message]:
    """The oldest messages stored before then and not yet marked."""
    found = await connection.execute(
        select(outbox.c.id, outbox.c.topic, outbox.c.payload)
        .where(outbox.c.published_at.is_(None), outbox.c.created_at <= before)
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return [Message(id=row.id, topic=row.topic, payload=row.payload) for row in found]


async def mark_published(connection: AsyncConnection, ids: Sequence[int], now: datetime) -> None:
    """These are on the bus."""
    await connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(published_at=now))


async def forget_published(connection: AsyncConnection, before: datetime) -> None:
    """Drop what was published before then."""
    await connection.execute(delete(outbox).where(outbox.c.published_at < before))
