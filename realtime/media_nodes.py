"""The media nodes alive, by their cards: read once a second by a web node for all its rooms."""

import msgspec

from realtime.bus import keys
from realtime.bus.base import BusDown, Leases
from realtime.media import control

# Looks at the cards in a row without seeing one before its node counts as gone (a restarted Redis forgets them).
MISSES = 2


class MediaNodes:
    """The cards of the media nodes, read once a second for all rooms."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self._misses: dict[str, int] = {}
        self.cards: dict[str, control.NodeCard] = {}

    async def refresh(self) -> None:
        """Read the cards. When the bus is down the old ones stay: media goes on without us."""
        try:
            values = await self._leases.all(keys.MEDIA_CARDS)
        except BusDown:
            return
        seen = {card.node_id: card for card in (_card(value) for value in values.values()) if card is not None}
        self._misses = {name: self._misses.get(name, 0) + 1 for name in self.cards if name not in seen}
        kept = {name: card for name, card in self.cards.items() if 0 < self._misses.get(name, 0) < MISSES}
        self.cards = kept | seen

    def is_live(self, holder: str) -> bool:
        """Whether the node of this lease holder still runs, in the same generation."""
        node_id, _, generation = holder.partition("/")
        card = self.cards.get(node_id)
        return card is not None and card.generation == generation

    def best(self) -> control.NodeCard | None:
        """The node with the fewest peers."""
        return min(self.cards.values(), key=lambda card: (card.peers, card.node_id), default=None)


def _card(value: bytes) -> control.NodeCard | None:
    try:
        return msgspec.msgpack.decode(value, type=control.NodeCard)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
