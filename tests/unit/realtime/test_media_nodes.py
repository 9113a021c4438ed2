import msgspec

from realtime.bus import keys
from realtime.bus.memory import MemoryLeases
from realtime.media.control import NodeCard
from realtime.media_nodes import MediaNodes
from tests.support.clock import HandClock


async def put(leases: MemoryLeases, node_id: str, generation: str = "one", peers: int = 0, ttl_s: float = 3.0) -> None:
    card = NodeCard(node_id=node_id, generation=generation, host="127.0.0.1", port=40000, peers=peers)
    await leases.put(keys.media_card(node_id), msgspec.msgpack.encode(card), ttl_s)


async def test_the_node_with_the_fewest_peers_is_best() -> None:
    leases = MemoryLeases(HandClock())
    nodes = MediaNodes(leases)
    assert nodes.best() is None
    await put(leases, "media-1", peers=4)
    await put(leases, "media-2", peers=1)
    await leases.put(keys.media_card("media-3"), b"not a card", 3.0)
    await nodes.refresh()
    best = nodes.best()
    assert best is not None and best.node_id == "media-2"


async def test_a_card_must_be_missing_twice_and_another_generation_counts_at_once() -> None:
    clock = HandClock()
    leases = MemoryLeases(clock)
    nodes = MediaNodes(leases)
    await put(leases, "media-1")
    await nodes.refresh()
    clock.forward(3)
    await nodes.refresh()
    assert nodes.is_live("media-1/one")
    await nodes.refresh()
    assert not nodes.is_live("media-1/one")
    await put(leases, "media-1", "two")
    await nodes.refresh()
    assert nodes.is_live("media-1/two") and not nodes.is_live("media-1/one")
