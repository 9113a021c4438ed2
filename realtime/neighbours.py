"""What a room hears from and says to the same meeting's room on other nodes, and what it leaves behind if it dies."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime

import msgspec
import structlog

from meetings.events import Recorded
from meetings.ids import MeetingId, ParticipantId
from realtime.bus import keys
from realtime.bus.base import Bus, BusDown, Leases, Subscription
from realtime.presence.roster import NodeMessage

log = structlog.get_logger(__name__)

# As long as any meeting: who was last seen when must outlive the node that saw it.
SEEN_KEEP_S = 6 * 3600.0

_node_messages = msgspec.json.Decoder(NodeMessage)
_recorded = msgspec.json.Decoder(Recorded)
_seen = msgspec.json.Decoder(dict[ParticipantId, datetime])


class Missed(msgspec.Struct, frozen=True):
    """Messages may have been lost, or one could not be read: catch up from the log."""


class MediaReport(msgspec.Struct, frozen=True):
    """A report of a media node, still encoded."""

    payload: bytes


Heard = Recorded | NodeMessage | MediaReport | Missed


class Neighbours:
    """One meeting's topics on the bus."""

    def __init__(self, meeting_id: MeetingId, node_id: str, bus: Bus, leases: Leases) -> None:
        self._meeting_id = meeting_id
        self._node_id = node_id
        self._bus = bus
        self._leases = leases
        self._events = keys.meeting_events(meeting_id)
        self._presence = keys.meeting_presence(meeting_id)
        self._media = keys.media_meeting(meeting_id)
        self.is_down = False

    @asynccontextmanager
    async def subscription(self) -> AsyncIterator[Subscription]:
        """From now on nothing is lost without `Missed`."""
        async with self._bus.subscribe(self._events, self._presence, self._media) as subscription:
            yield subscription

    def read(self, topic: str, payload: bytes | None) -> Heard | None:
        """What came, decoded; None for our own words."""
        if payload is None:
            return Missed()
        if topic == self._media:
            return MediaReport(payload)
        try:
            if topic == self._events:
                return _recorded.decode(payload)
            message: NodeMessage = _node_messages.decode(payload)
        except (msgspec.DecodeError, msgspec.ValidationError):
            log.warning("bus.unreadable", topic=topic, size=len(payload))
            return Missed() if topic == self._events else None
        return None if message.node_id == self._node_id else message

    async def tell(self, message: NodeMessage) -> None:
        """Say something to the other nodes, if they can be reached."""
        try:
            await self._bus.publish(self._presence, msgspec.json.encode(message))
            self.is_down = False
        except BusDown:
            self.is_down = True

    async def remember(self, people: Iterable[ParticipantId], wall: datetime) -> None:
        """These people are here now; should this node die, the next one knows until when."""
        value = msgspec.json.encode(dict.fromkeys(people, wall))
        try:
            await self._leases.put(keys.meeting_seen(self._meeting_id, self._node_id), value, SEEN_KEEP_S)
        except BusDown:
            self.is_down = True

    async def last_seen(self) -> dict[ParticipantId, datetime]:
        """When each person was last seen by any node, as far as anybody still knows."""
        seen: dict[ParticipantId, datetime] = {}
        try:
            values = await self._leases.all(keys.meeting_seen_prefix(self._meeting_id))
        except BusDown:
            return seen
        for value in values.values():
            for person, at in _seen.decode(value).items():
                seen[person] = max(at, seen.get(person, at))
        return seen
