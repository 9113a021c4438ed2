"""Who is here now, on this node and on the others, and what changed since it was last told. [pure]"""

from datetime import datetime

import msgspec

from meetings.ids import DeviceId, ParticipantId
from realtime.messages import Presence, PresenceChanged

# Nodes tell each other at least this often, and forget one that has been silent for so long.
TELL_S = 5.0
FORGET_S = 12.0


class NodePresence(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="presence"):
    """What a node says of its sessions in one meeting. `number` is the last event it knows."""

    node_id: str
    number: int
    here: tuple[Presence, ...]
    waiting: tuple[tuple[ParticipantId, DeviceId], ...]


class SeatTaken(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="seat_taken"):
    """This person's socket on this device came to that node at `at` (epoch seconds): older ones close with 4411."""

    node_id: str
    participant_id: ParticipantId
    device_id: DeviceId
    at: float


class HandLowered(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="hand_lowered"):
    """The facilitator lowered this person's hand."""

    node_id: str
    participant_id: ParticipantId


NodeMessage = NodePresence | SeatTaken | HandLowered


class _Node(msgspec.Struct, frozen=True, kw_only=True):
    said: NodePresence
    heard_at: float
    seen_at: datetime


class Roster:
    """The merged presence of one meeting. Times: `now` monotonic seconds, `wall` aware UTC."""

    def __init__(self) -> None:
        self._own: dict[ParticipantId, Presence] = {}
        self._nodes: dict[str, _Node] = {}
        self._told: dict[ParticipantId, Presence] = {}
        self._seen_at: dict[ParticipantId, datetime] = {}

    def set_own(self, here: dict[ParticipantId, Presence]) -> None:
        """Everyone on this node."""
        self._own = here

    def got(self, said: NodePresence, now: float, wall: datetime) -> bool:
        """Another node's word. Whether that node was unknown until now: it does not know us either."""
        is_new = said.node_id not in self._nodes
        self._nodes[said.node_id] = _Node(said=said, heard_at=now, seen_at=wall)
        for one in said.here:
            if one.connection != "lost":
                self._seen_at[one.participant_id] = wall
        return is_new

    def forget_silent(self, now: float) -> None:
        """Nodes that have said nothing for 12 s are gone."""
        self._nodes = {name: node for name, node in self._nodes.items() if now - node.heard_at < FORGET_S}

    def remember(self, participant_id: ParticipantId, seen_at: datetime) -> None:
        """When a person was last known to be here; the latest counts."""
        known = self._seen_at.get(participant_id)
        self._seen_at[participant_id] = seen_at if known is None else max(known, seen_at)

    def seen_at(self, participant_id: ParticipantId) -> datetime | None:
        """When a person was last known to be here, by what other nodes said."""
        return self._seen_at.get(participant_id)

    def is_elsewhere(self, participant_id: ParticipantId) -> bool:
        """Whether another node has this person, also when only their socket there was lost a moment ago."""
        return any(one.participant_id == participant_id for node in self._nodes.values() for one in node.said.here)

    def waits_elsewhere(self, participant_id: ParticipantId, device_id: DeviceId) -> bool:
        """Whether another node has this waiting device."""
        return any((participant_id, device_id) in node.said.waiting for node in self._nodes.values())

    def here(self) -> dict[ParticipantId, Presence]:
        """Everyone here. Where two nodes have a person, the one whose socket is alive counts, this node first."""
        merged: dict[ParticipantId, Presence] = {}
        for node in self._nodes.values():
            for one in node.said.here:
                if one.participant_id not in merged or merged[one.participant_id].connection == "lost":
                    merged[one.participant_id] = one
        for participant_id, own in self._own.items():
            other = merged.get(participant_id)
            if own.connection != "lost" or other is None or other.connection == "lost":
                merged[participant_id] = own
        return merged

    def changes(self) -> PresenceChanged | None:
        """What changed since the last call; None when nothing did."""
        now_here = self.here()
        here = tuple(one for name, one in now_here.items() if self._told.get(name) != one)
        left = tuple(name for name in self._told if name not in now_here)
        self._told = now_here
        return PresenceChanged(here=here, left=left) if here or left else None
