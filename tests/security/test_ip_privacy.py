"""No participant learns another's address: not from the socket, the SDP, presence, or a refusal; nor does the log."""

import asyncio
import re

from meetings.commands import OpenMeeting
from realtime.messages import MediaJoin
from tests.support.media_client import publish_offer
from tests.support.server import HearthServer, hearth_server
from tests.support.visitor import Visitor
from tests.support.wire import WireSeat

RUTH_SOCKET = "127.0.0.77"
RUTH_CANDIDATES = ("192.0.2.44", "2001:db8::44", "ruths-laptop.local")
FINGERPRINT = ":".join(["AB"] * 32)


def offer_with_addresses() -> str:
    """An offer as a careless browser writes it: its own addresses in origin, connection and candidates."""
    lines = [f"a=candidate:{n} 1 udp 2122260223 {host} 5{n}000 typ host" for n, host in enumerate(RUTH_CANDIDATES, 1)]
    sdp = publish_offer(FINGERPRINT)
    sdp = re.sub(r"c=IN IP4 \S+", f"c=IN IP4 {RUTH_CANDIDATES[0]}", sdp)
    return sdp.rstrip("\r\n") + "\r\n" + "\r\n".join(lines) + "\r\n"


async def family(server: HearthServer, role: str, source: str | None = None) -> WireSeat:
    visitor = Visitor(server)
    reply = await asyncio.to_thread(visitor.spend, server.link(role).token)
    assert reply.status == 200
    seat = WireSeat(visitor, None, source)
    await seat.enter()
    return seat


async def test_nothing_sent_to_dana_holds_an_address_of_ruth() -> None:
    with hearth_server() as server:
        visitor = Visitor(server)
        await asyncio.to_thread(visitor.sign_in, server.sign_in("facilitator"))
        sam = WireSeat(visitor, server.announced.meeting_id)
        await sam.enter()
        dana, ruth = await family(server, "parent"), await family(server, "kin", RUTH_SOCKET)
        await sam.admit_everyone(2)
        await sam.do(OpenMeeting())
        for seat in (dana, ruth):
            await seat.in_session()
        await ruth.send(MediaJoin(ref=900, offer=offer_with_addresses(), video_slots=2))
        await dana.send(MediaJoin(ref=901, offer=publish_offer(FINGERPRINT), video_slots=2))
        await ruth.until(lambda: heard(ruth, "media.ready"))
        await dana.until(lambda: heard(dana, "media.ready"))
        await ruth.add_card("cards:strengths", "ruth0001")
        await dana.until(lambda: "ruth0001" in dana.cards("cards:strengths"))
        secrets = (RUTH_SOCKET, *RUTH_CANDIDATES)
        for seat in (dana, sam):
            everything = b"\n".join(one if isinstance(one, bytes) else one.encode() for one in seat.raw)
            assert [one for one in secrets if one.encode() in everything] == []
        assert [one for one in secrets if one in server.log_text()] == []
        for seat in (sam, dana, ruth):
            await seat.leave()


def heard(seat: WireSeat, kind: str) -> bool:
    """Whether a message of this type has come."""
    return any(isinstance(one, str) and f'"type":"{kind}"' in one for one in seat.raw)
