"""The rooms of this node: the one door through which a socket comes in.

rooms = Rooms(desk=..., gate=..., plan_log=..., bus=..., leases=..., clock=..., new_id=..., node_id=...)
async with rooms:                 # runs its tasks; leaving drains what is left
    await rooms.serve(link)       # the whole life of one socket; returns when it is closed, never raises for its sake
    await rooms.drain()           # says `closing`, closes every socket with 1012; nobody leaves the meeting by it
"""

from realtime.bus.base import Bus, Leases
from realtime.link import Link
from realtime.ports import Clock, Desk, Gate, NewId, PlanLog


class Rooms:
    """All live meetings on this node."""

    def __init__(
        self,
        *,
        desk: Desk,
        gate: Gate,
        plan_log: PlanLog,
        bus: Bus,
        leases: Leases,
        clock: Clock,
        new_id: NewId,
        node_id: str,
    ) -> None:
        self._desk = desk
        self._gate = gate
        self._plan_log = plan_log
        self._bus = bus
        self._leases = leases
        self._clock = clock
        self._new_id = new_id
        self._node_id = node_id

    async def __aenter__(self) -> "Rooms":
        """Start the tasks of this node."""
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Drain, then stop."""

    async def serve(self, link: Link) -> None:
        """The whole life of one socket, from `hello` to its close. The link is closed when this returns."""
        raise NotImplementedError

    async def drain(self) -> None:
        """Ask every client to come back elsewhere: `closing`, then close 1012. New sockets are refused the same way."""
        raise NotImplementedError

    @property
    def session_count(self) -> int:
        """Open sessions on this node."""
        return 0

    @property
    def room_count(self) -> int:
        """Meetings live on this node."""
        return 0
