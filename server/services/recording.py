"""Writing events, in the caller's transaction: log, audit trail, outbox and the rows lists are made of."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.apply import apply
from meetings.events import Event, MeetingMoved, ParticipantReadmitted, ParticipantRemoved, Recorded
from meetings.ids import MeetingId, ParticipantId
from meetings.meeting import Meeting
from realtime.bus import keys
from server.persistence import audit, links, meetings, outbox, sessions
from server.persistence.audit import AuditEntry
from server.persistence.outbox import Message

_json = msgspec.json.Encoder()


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What one transaction will have written: the meeting after it, its new events, its messages for the bus."""

    meeting: Meeting
    recorded: tuple[Recorded, ...]
    messages: tuple[Message, ...]


async def record(
    connection: AsyncConnection,
    meeting: Meeting | None,
    events: Sequence[Event],
    *,
    meeting_id: MeetingId,
    by: ParticipantId | None,
    now: datetime,
    guests_stay: timedelta = timedelta(0),
) -> Written:
    """Append `events` after `meeting` (None: the first). Guest sessions last `guests_stay` beyond the meeting's end.
    Raises StaleWrite when others were faster."""
    before = 0 if meeting is None else meeting.number
    recorded = tuple(
        Recorded(number=number, at=now, by=by, event=event) for number, event in enumerate(events, before + 1)
    )
    then = meeting
    for entry in recorded:
        then = apply(then, entry)
    if then is None:
        raise ValueError("nothing to record")
    await meetings.append(connection, meeting_id, before, recorded)
    await _project(connection, meeting, then, recorded, now, now + guests_stay)
    await audit.append(connection, meeting_id, now, [_audit_entry(meeting_id, entry) for entry in recorded])
    topic = keys.meeting_events(meeting_id)
    if then.is_over and not (meeting is not None and meeting.is_over):
        await audit.seal(connection, meeting_id, now)
    messages = await outbox.add(connection, now, [(topic, _json.encode(entry)) for entry in recorded])
    return Written(meeting=then, recorded=recorded, messages=tuple(messages))


async def _project(
    connection: AsyncConnection,
    before: Meeting | None,
    then: Meeting,
    recorded: Sequence[Recorded],
    now: datetime,
    guests_until: datetime,
) -> None:
    """Rows that follow from the events: what lists show, and which links and sessions still stand."""
    was = (None, 0) if before is None else (before.phase, len(before.waiting))
    if was != (then.phase, len(then.waiting)):
        await meetings.project(connection, then.id, phase=then.phase, waiting=len(then.waiting))
    for entry in recorded:
        if isinstance(entry.event, ParticipantRemoved):
            await meetings.mark_removed(connection, entry.event.participant_id, now)
            await links.revoke(connection, entry.event.participant_id, now)
        if isinstance(entry.event, ParticipantReadmitted):
            removed_at = await meetings.mark_readmitted(connection, entry.event.participant_id)
            if removed_at is not None:
                await links.restore(connection, entry.event.participant_id, removed_at)
        if isinstance(entry.event, MeetingMoved) and then.moved_from is not None:
            await meetings.move(connection, then.id, then.scheduled_at, then.moved_from)
            await links.move(connection, then.id, then.scheduled_at - then.moved_from)
    if then.is_over and before is not None and not before.is_over:
        await sessions.shorten_guests(connection, then.id, guests_until)


def _audit_entry(meeting_id: MeetingId, entry: Recorded) -> AuditEntry:
    """The row names the event and covers its content by hash; the words stay in the log."""
    return AuditEntry(
        actor="server" if entry.by is None else f"participant/{entry.by}",
        action=str(entry.event.__struct_config__.tag),
        object=f"meeting/{meeting_id}/event/{entry.number}",
        detail=audit.event_detail(_json.encode(entry.event)),
    )
