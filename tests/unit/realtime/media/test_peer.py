import asyncio

from realtime.media import seam
from realtime.media.endpoint import Address, Endpoint
from realtime.media.peer import ADDRESSES_LIMIT, CONSENT_S, Peer

HOME, TRAIN = ("198.51.100.7", 4000), ("198.51.100.8", 5000)


class Wire:
    def __init__(self) -> None:
        self.sent: list[tuple[Address, bytes]] = []

    def send(self, datagram: bytes | memoryview, address: Address) -> None:
        self.sent.append((address, bytes(datagram)))


def made() -> Peer:
    return Peer(Endpoint(), seam.new_certificate())


async def test_credentials_are_long_enough_and_never_the_same() -> None:
    one, other = made(), made()
    assert len(one.ufrag) * 4 >= 48
    assert len(one.pwd) * 4 >= 128
    assert {one.ufrag, one.pwd}.isdisjoint({other.ufrag, other.pwd})


async def test_the_nominated_address_is_the_way_to_send() -> None:
    peer, wire = made(), Wire()
    peer.got_check(wire, HOME, nominates=False, now=1.0)
    peer.got_check(wire, TRAIN, nominates=False, now=1.1)
    peer._send(memoryview(b"x"))
    peer.got_check(wire, TRAIN, nominates=True, now=1.2)
    peer._send(memoryview(b"y"))
    assert wire.sent == [(HOME, b"x"), (TRAIN, b"y")]
    assert peer.sent_bytes == 2


async def test_addresses_are_few_and_old_ones_are_given_up() -> None:
    peer, wire = made(), Wire()
    peer.got_check(wire, HOME, nominates=True, now=0.0)
    gone = [peer.got_check(wire, ("198.51.100.9", port), nominates=False, now=1.0) for port in range(20)]
    assert sum(len(one) for one in gone) == 20 + 1 - ADDRESSES_LIMIT
    assert (wire, HOME) not in [route for one in gone for route in one]
    late = peer.got_check(wire, TRAIN, nominates=True, now=2.0 + CONSENT_S)
    assert len(late) == ADDRESSES_LIMIT


async def test_consent_expires() -> None:
    peer, closed = made(), []
    peer.closed = lambda: closed.append(True)
    peer.tick(1000.0)
    peer.got_check(Wire(), HOME, nominates=True, now=1000.0)
    peer.tick(1000.0 + CONSENT_S)
    assert not peer.is_closed
    peer.tick(1000.1 + CONSENT_S)
    peer.close()
    assert (peer.is_closed, closed) == (True, [True])
    await asyncio.sleep(0)


async def test_nothing_is_sent_or_taken_before_the_keys_are_there() -> None:
    peer, wire = made(), Wire()
    peer.send_rtp(20)
    peer.send_rtcp(b"x")
    peer.got_check(wire, HOME, nominates=True, now=1.0)
    peer.send_rtp(20)
    peer.send_rtcp(b"x")
    peer.got_datagram(b"\x80" * 40, 1.0)
    peer.got_datagram(b"\x80\xc8" + bytes(40), 1.0)
    assert wire.sent == []
