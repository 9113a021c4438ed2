"""People write, vanish and come back on two nodes while log and bus fail: all read the same in the end."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest
from pycrdt import Text

from realtime.bus.memory import MemoryBus
from realtime.plan import schema, sync
from realtime.plan.compaction import Compaction
from realtime.plan.live import LivePlan
from tests.support.clock import HandClock
from tests.support.memory_plan_log import MemoryPlanLog
from tests.support.plan_peer import KEY, PlanPeer

STEPS = 400
PEOPLE = ("dana", "ruth", "lee", "priya")
QUESTION = "text:decision_question"
WORRIES = "cards:worries"


class HereEngine:
    """The engine's work without its process."""

    async def compact(self, updates: Sequence[bytes]) -> tuple[bytes, str]:
        doc = schema.document(updates)
        return doc.get_update(), schema.content_sha256(doc)

    async def verify(self, updates: Sequence[bytes]) -> str:
        return schema.content_sha256(schema.document(updates))


class Table:
    """The meeting around one plan, played by a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.log, self.bus, self.clock = MemoryPlanLog(), MemoryBus(), HandClock()
        compaction = Compaction(HereEngine(), self.log)
        self.nodes = [LivePlan(KEY, self.log, self.bus, self.clock, compaction) for _ in range(2)]
        self.peers = [PlanPeer(name) for name in PEOPLE]
        self.at: dict[PlanPeer, LivePlan] = {}
        self.edits: Counter[str] = Counter()
        self.tokens: dict[str, tuple[PlanPeer, int]] = {}

    async def play(self) -> None:
        for peer in self.peers:
            await self.come(peer)
        for _ in range(STEPS):
            self.clock.forward(0.5)
            await self.step()
            for _ in range(self.random.randrange(4)):
                await asyncio.sleep(0)

    async def step(self) -> None:
        peer = self.random.choice(self.peers)
        match self.random.randrange(24):
            case 0:
                self.log.hold()
            case 1 | 2:
                self.log.release()
            case 3:
                self.bus.cut()
            case 4 | 5:
                self.bus.mend()
            case 6 | 7 if peer in self.at:
                self.at.pop(peer).leave(peer)
            case 8 | 9 | 10 if peer not in self.at:
                await self.come(peer)
            case _:
                self.edit(peer)
                if peer in self.at and self.random.random() < 0.8:
                    await peer.flush(self.at[peer])

    async def come(self, peer: PlanPeer) -> None:
        node = self.random.choice(self.nodes)
        await peer.arrive(node)
        self.at[peer] = node
        self.clock.forward(1)
        await node.got(peer, sync.step_two(peer.unsent()))

    def edit(self, peer: PlanPeer) -> None:
        kind = self.random.choice(("words", "question", "question", "erase", "card", "field", "field", "order", "drop"))
        cards = peer.cards(WORRIES)
        ids = sorted(cards.keys())
        if kind == "words":
            self.write_token(peer)
        elif kind == "question":
            self.insert(peer.text(QUESTION))
        elif kind == "erase":
            self.erase(peer.text(QUESTION))
        elif kind == "card" or not ids:
            kind = "card"
            card_id = f"c{self.random.randrange(10**6)}"
            peer.add_card(WORRIES, card_id, f"a{self.random.randrange(9)}", text="worry")
        elif kind == "field":
            self.insert(cards[self.random.choice(ids)]["text"])
        elif kind == "order":
            cards[self.random.choice(ids)]["order"] = f"b{self.random.randrange(9)}"
        else:
            del cards[self.random.choice(ids)]
        self.edits[kind] += 1

    def write_token(self, peer: PlanPeer) -> None:
        """Own words are only ever added to, each once."""
        token = f"<{len(self.tokens)}>"
        words = peer.text(f"words:{peer.participant_id}")
        words.insert(self.random.choice((0, len(str(words)))), token)
        self.tokens[token] = (peer, peer.client_id)

    def insert(self, text: Text) -> None:
        # ASCII only: pycrdt counts bytes where it writes, and only browsers write in production.
        text.insert(self.random.randint(0, len(str(text))), self.random.choice(("a", "bc", "e", "def ")))

    def erase(self, text: Text) -> None:
        length = len(str(text))
        if length:
            start = self.random.randrange(length)
            del text[start : min(length, start + self.random.randint(1, 4))]

    async def heal(self) -> None:
        self.log.release()
        self.bus.mend()
        for peer in self.peers:
            if peer in self.at:
                self.at.pop(peer).leave(peer)
            self.clock.forward(60)
            await self.come(peer)
        for node in self.nodes:
            await node.close()
        last = len(self.log.rows(KEY))
        for peer in self.peers:
            await peer.until(lambda peer=peer: peer.seq == last)


@pytest.mark.parametrize("seed", range(20))
async def test_all_read_the_same_after_the_storm(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.plan.live.COMPACT_AFTER_ROWS", 30)
    monkeypatch.setattr("realtime.plan.live.COMPACT_PAUSE_S", 0)
    table = Table(seed)
    running = [asyncio.create_task(node.run()) for node in table.nodes]
    await table.play()
    await table.heal()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)

    print(f"seed {seed}: {dict(table.edits)}, {len(table.log.rows(KEY))} rows")
    assert sum(table.edits.values()) > STEPS / 4 and all(
        table.edits[kind] for kind in ("words", "card", "field", "drop")
    )
    assert [peer.refusals for peer in table.peers] == [[]] * len(PEOPLE)
    told = schema.document([row.update for row in table.log.rows(KEY)])
    expected = schema.content_sha256(told)
    assert [schema.content_sha256(peer.doc) for peer in table.peers] == [expected] * len(PEOPLE)
    words = "".join(text for name, text in schema.contents(told).items() if name.startswith("words:"))
    assert table.tokens and {token: words.count(token) for token in table.tokens} == dict.fromkeys(table.tokens, 1)
    snapshot = await table.log.snapshot(KEY)
    assert snapshot is not None
    tail = await table.log.after(KEY, snapshot.seq)
    again = schema.document([snapshot.update, *(row.update for row in tail)])
    assert schema.content_sha256(again) == expected
