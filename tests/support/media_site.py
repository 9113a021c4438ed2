"""Peers, uplinks and downlinks without a network: what is sent is kept as plain packets."""

import asyncio
from dataclasses import dataclass, field

from meetings.ids import ParticipantId
from realtime.media import control, seam
from realtime.media.endpoint import Endpoint
from realtime.media.peer import Peer
from realtime.media.stage import Site
from realtime.media.uplink import Uplink
from realtime.signalling.negotiation import read_publish_offer
from tests.support.media_client import publish_offer

FINGERPRINT = ":".join(["AB"] * 32)
_CERTIFICATE = seam.new_certificate()


class PlainPeer(Peer):
    """A connected peer whose packets are kept instead of protected and sent."""

    def __init__(self) -> None:
        super().__init__(Endpoint(), _CERTIFICATE)
        self.is_connected = True
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []

    def send_rtp(self, size: int) -> None:
        self.rtp.append(bytes(seam.OUT[:size]))

    def send_rtcp(self, compound: bytes) -> None:
        self.rtcp.append(compound)


def uplink(who: str = "dana") -> tuple[Uplink, PlainPeer, list[int]]:
    """An uplink, its peer, and the levels it tells."""
    peer, levels = PlainPeer(), []
    return Uplink(peer, ParticipantId(who), read_publish_offer(publish_offer(FINGERPRINT)), levels.append), peer, levels


@dataclass
class Listening:
    """A site and the reports made there."""

    reports: list[control.Report] = field(default_factory=list)

    def site(self) -> Site:
        return Site("media-1", Endpoint(), _CERTIFICATE, ("127.0.0.1",), 1, False, ntp, self.reports.append)


def ntp(now: float) -> int:
    return int(now * 2**32)


async def settle() -> None:
    """Let what was started or cancelled run."""
    for _ in range(5):
        await asyncio.sleep(0)
