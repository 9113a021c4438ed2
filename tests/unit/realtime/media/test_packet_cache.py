from realtime.media.packet import Packet, Vp8
from realtime.media.packet_cache import CACHE_PACKETS, REPLAY_PACKETS, PacketCache


def packet(seq: int, *, is_keyframe: bool = False) -> Packet:
    return Packet(seq, 0, True, b"", Vp8(is_keyframe, 0, 0, False, 0, 0))


def test_a_packet_is_kept_once_and_found() -> None:
    cache = PacketCache()
    assert cache.put(packet(1000))
    assert not cache.put(packet(1000))
    assert cache.get(1000) is not None
    assert cache.get(1001) is None


def test_an_old_packet_gives_way_and_is_not_taken_back() -> None:
    cache = PacketCache()
    cache.put(packet(1000))
    cache.put(packet(1000 + CACHE_PACKETS))
    assert cache.get(1000) is None
    assert not cache.put(packet(1000))


def test_replay_begins_with_the_newest_keyframe() -> None:
    cache = PacketCache()
    for seq in range(1000, 1010):
        cache.put(packet(seq, is_keyframe=seq in (1002, 1006)))
    assert [one.seq for one in cache.since_keyframe()] == [1006, 1007, 1008, 1009]


def test_no_replay_without_a_keyframe_with_a_hole_or_when_too_long() -> None:
    assert PacketCache().since_keyframe() == []
    holed = PacketCache()
    holed.put(packet(1000, is_keyframe=True))
    holed.put(packet(1002))
    assert holed.since_keyframe() == []
    long = PacketCache()
    for seq in range(1000, 1001 + REPLAY_PACKETS):
        long.put(packet(seq, is_keyframe=seq == 1000))
    assert long.since_keyframe() == []
