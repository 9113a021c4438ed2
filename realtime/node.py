"""What every room of this web node works with."""

from dataclasses import dataclass

from realtime.bus.base import Bus, Leases
from realtime.media_nodes import MediaNodes
from realtime.plan.live import Compact
from realtime.ports import Clock, Desk, Gate, NewId, PlanLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every room of this node works with."""

    node_id: str
    desk: Desk
    gate: Gate
    plan_log: PlanLog
    bus: Bus
    leases: Leases
    clock: Clock
    new_id: NewId
    media_nodes: MediaNodes
    compact: Compact | None
