"""A person with the plan open: a Yjs document (pycrdt) behind a `PlanSession`, saying what a browser says."""

import asyncio
from collections.abc import Callable
from typing import Any

from pycrdt import Doc, Map, Text

from meetings.ids import DeviceId, ParticipantId, PlanId
from realtime.messages import PlanResume
from realtime.plan import frames, sync
from realtime.plan.live import LivePlan
from realtime.plan.outline import ROOTS
from realtime.ports import PlanKey

KEY = PlanKey(plan_id=PlanId("f" * 32), audience="everyone", epoch=1)
CHANNEL = 0


def writes_as(participant_id: str) -> Callable[[str], bool]:
    """As a family member may: in every shared root, and in the own words."""
    return lambda root: root == f"words:{participant_id}" or not root.startswith("words:")


def plan_doc(client_id: int, participant_id: str) -> Doc[Any]:
    """An empty document with the roots of the outline."""
    doc: Doc[Any] = Doc(client_id=client_id)
    for root in ROOTS:
        if root.fields:
            doc.get(root.name, type=Map)
        else:
            doc.get(root.name, type=Text)
    doc.get(f"words:{participant_id}", type=Text)
    return doc


class PlanPeer:
    """One tab. What the server sends is applied at once; what is written goes out with `flush`."""

    channel = CHANNEL
    may_write = True

    def __init__(self, participant_id: str, device_id: str = "phone") -> None:
        self.participant_id = ParticipantId(participant_id)
        self.device_id = DeviceId(f"{participant_id}-{device_id}")
        self.client_id = 0
        self.doc: Doc[Any] = Doc()
        self.seq: int | None = None
        self.acked: list[tuple[int, int]] = []
        self.refusals: list[str] = []
        self.cursors: list[bytes] = []
        self.got: list[sync.SyncMessage] = []
        self.step_one: dict[int, int] | None = None
        self._changed = asyncio.Event()
        self._outgoing: list[bytes] = []
        self._is_applying = False
        self.may_write_root = writes_as(participant_id)

    def send_frame(self, frame: bytes) -> None:
        channel, message = frames.split(frame)
        assert channel == CHANNEL
        parsed = sync.parse(message)
        self.got.append(parsed)
        match parsed:
            case sync.StepTwo(update) | sync.Update(update):
                self._is_applying = True
                self.doc.apply_update(update)
                self._is_applying = False
            case sync.StepOne(state):
                self.step_one = state
            case sync.Awareness(update):
                self.cursors.append(update)
        self._changed.set()

    def saved(self, clock: int, seq: int) -> None:
        self.acked.append((clock, seq))
        self._changed.set()

    def refused(self, code: str) -> None:
        self.refusals.append(code)
        self._changed.set()

    def holds(self, seq: int) -> None:
        assert self.seq is None or seq >= self.seq
        self.seq = seq
        self._changed.set()

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait until something has come about; five seconds at most."""
        async with asyncio.timeout(5):
            while not seen():
                self._changed.clear()
                await self._changed.wait()

    async def arrive(self, plan: LivePlan) -> None:
        """Open the plan, or come back to it: take over the copy held, answer the server's step 1."""
        resume = None
        if self.seq is not None:
            resume = PlanResume(audience=KEY.audience, epoch=KEY.epoch, seq=self.seq, client_id=self.client_id)
        client_id, resumed = await plan.client_id(self.participant_id, self.device_id, resume)
        if not resumed:
            self._new_copy(client_id)
        self.step_one = None
        await plan.join(self, resume)

    def _new_copy(self, client_id: int) -> None:
        self.client_id = client_id
        self.seq = None
        self._outgoing.clear()
        self.doc = plan_doc(client_id, self.participant_id)
        self.doc.observe(lambda event: self._wrote(event.update))

    def _wrote(self, update: bytes) -> None:
        if not self._is_applying:
            self._outgoing.append(update)

    def unsent(self) -> bytes:
        """The answer to the server's last step 1: everything it does not hold."""
        assert self.step_one is not None
        self._outgoing.clear()
        return self.doc.get_update(sync.state_vector(self.step_one))

    def take_outgoing(self) -> list[bytes]:
        """The updates written since the last time."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    async def flush(self, plan: LivePlan) -> None:
        """Send what was written."""
        for update in self.take_outgoing():
            await plan.got(self, sync.update(update))

    async def say(self, plan: LivePlan, update: bytes) -> None:
        """Send any bytes as an update."""
        await plan.got(self, sync.update(update))

    def text(self, root: str) -> Text:
        """A shared text at the top."""
        return self.doc.get(root, type=Text)

    def cards(self, root: str) -> Map[Any]:
        """A shared map of cards."""
        return self.doc.get(root, type=Map)

    def add_card(self, root: str, card_id: str, order: str, **texts: str) -> None:
        """A card with all its texts."""
        fields = {name: Text(words) for name, words in texts.items()}
        self.cards(root)[card_id] = Map({"order": order, "by": str(self.participant_id), **fields})
