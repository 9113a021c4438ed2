"""A web node's live layer on doubles of its ports, and people with tabs open on it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from meetings.apply import fold
from meetings.attendance import Mode
from meetings.commands import AdmitParticipant, PersonCommand
from meetings.entities import Entity, MeetingEntity
from meetings.meeting import Meeting
from meetings.participants import Participant
from realtime.bus.base import Bus, BusDown, Leases, Subscription
from realtime.bus.memory import MemoryBus, MemoryLeases
from realtime.messages import (
    Changed,
    Do,
    Done,
    Hello,
    MediaState,
    PlanResume,
    Presence,
    PresenceChanged,
    Refused,
    Welcome,
)
from realtime.ports import Seat
from realtime.rooms import Rooms
from tests.support.clock import HandClock
from tests.support.memory_desk import MemoryDesk, MemoryGate
from tests.support.memory_plan_log import MemoryPlanLog
from tests.support.story import SAM, Story, device, planned_story
from tests.support.wire_pair import WirePair


class Tab(WirePair):
    """One browser tab of one person, which folds what it is told as the web client does."""

    def __init__(self, house: "House", node: str, who: Participant, number: int = 1) -> None:
        super().__init__()
        self.house = house
        self.who = who
        self.device_id = device(who, number)
        self.second_device = number > 1
        self._ref = 0
        self.serving = asyncio.create_task(house.nodes[node].serve(self), name=f"serve-{who.id[-1]}")
        house.tabs.append(self)

    def hello(self, after: int | None = None, plan: tuple[PlanResume, ...] = ()) -> "Tab":
        seat = Seat(
            meeting_id=self.house.desk.meeting_id,
            participant_id=self.who.id,
            device_id=self.device_id,
            second_device=self.second_device,
        )
        self.say(Hello(ticket=self.house.gate.ticket(seat), after=after, plan=plan))
        return self

    async def welcomed(self) -> "Tab":
        """A welcome was got."""
        await self.until(lambda: self.of(Welcome))
        return self

    async def joined(self) -> "Tab":
        """Admitted and welcomed."""
        await self.until(lambda: "meeting" in self.entities)
        return self

    async def do(self, command: PersonCommand) -> Done | Refused:
        """Ask and wait for the answer."""
        self._ref += 1
        ref = self._ref
        self.say(Do(ref=ref, command=command))

        def answers() -> list[Any]:
            return [one for one in self.messages if isinstance(one, Done | Refused) and one.ref == ref]

        await self.until(answers)
        return answers()[0]

    async def admit(self, other: "Tab") -> None:
        """The facilitator lets the other's device in."""
        done = await self.do(AdmitParticipant(participant_id=other.who.id, device_id=other.device_id))
        assert isinstance(done, Done), done
        await other.joined()

    def media(self, mode: Mode = Mode.VIDEO) -> None:
        self.say(MediaState(camera=mode is Mode.VIDEO, microphone=mode is not Mode.TYPING, mode=mode))

    async def closed(self) -> int | None:
        """The socket's life is over; its close code."""
        async with asyncio.timeout(5):
            await self.serving
        return self.close_code

    async def lost(self) -> None:
        """The network goes away."""
        self.vanish()
        await self.closed()

    @property
    def entities(self) -> dict[str, Entity]:
        """What the client holds now."""
        held: dict[str, Entity] = {}
        for message in self.messages:
            if isinstance(message, Welcome) and message.fresh:
                held = {}
            if isinstance(message, Welcome | Changed):
                held.update(message.entities)
                for key in message.gone:
                    held.pop(key, None)
        return held

    @property
    def stage(self) -> int | None:
        """The stage shown."""
        meeting = self.entities["meeting"]
        assert isinstance(meeting, MeetingEntity)
        return meeting.stage

    @property
    def number(self) -> int:
        """The last event number told."""
        return max(message.number for message in self.messages if isinstance(message, Welcome | Changed))

    @property
    def here(self) -> dict[str, Presence]:
        """Who is here, as told."""
        held: dict[str, Presence] = {}
        for message in self.messages:
            if isinstance(message, Welcome):
                held = {one.participant_id: one for one in message.presence}
            elif isinstance(message, PresenceChanged):
                held.update({one.participant_id: one for one in message.here})
                for name in message.left:
                    held.pop(name, None)
        return held


class NodeBus:
    """One node's wire to the bus, which can be cut."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.is_cut = False

    async def publish(self, topic: str, payload: bytes) -> None:
        if self.is_cut:
            raise BusDown
        await self._bus.publish(topic, payload)

    def subscribe(self, *topics: str) -> AbstractAsyncContextManager[Subscription]:
        return self._bus.subscribe(*topics)

    async def close(self) -> None:
        await self._bus.close()


class House:
    """One log, one bus, one clock; one or two nodes."""

    def __init__(self, story: Story, bus: Bus, leases: Callable[[HandClock], Leases]) -> None:
        self.clock = HandClock(story.now)
        self.bus = bus
        self.leases = leases(self.clock)
        self.desk = MemoryDesk(story, bus, self.clock)
        self.gate = MemoryGate()
        self.plan_log = MemoryPlanLog()
        self.nodes: dict[str, Rooms] = {}
        self.dead: list[Rooms] = []
        self._wires: dict[str, NodeBus] = {}
        self.tabs: list[Tab] = []
        self._ids = 0

    @property
    def meeting(self) -> Meeting:
        return fold(self.desk.log)

    def new_id(self) -> str:
        self._ids += 1
        return f"e{self._ids:031x}"

    def node(self, name: str) -> Rooms:
        return Rooms(
            desk=self.desk,
            gate=self.gate,
            plan_log=self.plan_log,
            bus=self._wires.setdefault(name, NodeBus(self.bus)),
            leases=self.leases,
            clock=self.clock,
            new_id=self.new_id,
            node_id=name,
            chance=lambda: 0.5,
            tick_s=None,
        )

    def kill(self, name: str) -> None:
        """From now on this node does nothing by itself and says nothing."""
        self.dead.append(self.nodes.pop(name))
        self._wires[name].is_cut = True

    def tab(self, who: Participant, node: str = "web-1", number: int = 1) -> Tab:
        return Tab(self, node, who, number)

    async def sam(self, node: str = "web-1") -> Tab:
        """The facilitator, in."""
        return await self.tab(SAM, node).hello().joined()

    async def come_in(self, sam: Tab, who: Participant, node: str = "web-1") -> Tab:
        """Arrives, waits, is admitted."""
        tab = await self.tab(who, node).hello().welcomed()
        await self.until(lambda: any(one.participant_id == who.id for one in self.meeting.waiting))
        await sam.admit(tab)
        return tab

    async def pass_time(self, seconds: float, step: float = 1.0) -> None:
        """Time passes, second by second, with everybody alive saying so."""
        left = seconds
        while left > 0:
            self.clock.forward(min(step, left))
            left -= step
            for tab in self.tabs:
                if not tab.serving.done():
                    tab.say('{"type":"beat"}')
            await settled()
            for node in self.nodes.values():
                await node.tick()
            await settled()

    async def until(self, seen: Callable[[], object]) -> None:
        """Wait until something has come about; five seconds at most."""
        async with asyncio.timeout(5):
            while not seen():
                await asyncio.sleep(0)


async def settled(turns: int = 60) -> None:
    """Let every task that can run, run."""
    for _ in range(turns):
        await asyncio.sleep(0)


@asynccontextmanager
async def live_house(
    *nodes: str,
    story: Story | None = None,
    bus: Bus | None = None,
    leases: Callable[[HandClock], Leases] = MemoryLeases,
) -> AsyncIterator[House]:
    """Nodes running on one log; everything is closed at the end."""
    house = House(story or planned_story(), bus or MemoryBus(), leases)
    for name in nodes or ("web-1",):
        house.nodes[name] = await house.node(name).__aenter__()
    try:
        yield house
    finally:
        for tab in house.tabs:
            tab.read_again()
            if not tab.serving.done():
                tab.vanish()
        for rooms in (*house.nodes.values(), *house.dead):
            await rooms.__aexit__(None, None, None)
        await asyncio.gather(*(tab.serving for tab in house.tabs))
