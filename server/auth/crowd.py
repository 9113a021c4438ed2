"""The connections that keep the server waiting (a head or body under way, or nothing asked), each in its place's share.

A place is a session where one came along, else an address. Behind a trusted proxy the connections are the proxy's own:
there people are counted by request (`server.auth.doorway`).
"""

from collections.abc import Hashable
from typing import NamedTuple

from server.auth.limits import Headers, Limits
from server.auth.peers import household, is_proxy
from server.auth.shares import Shares, Unfinished
from server.config import Settings


class Place(NamedTuple):
    """Who a connection belongs to."""

    key: Hashable
    has_session: bool


class Crowd:
    """All waiting connections of this server. Strangers hold at most half of all, sessions have a quarter of their own;
    what is left is for requests that are being answered and for meeting sockets."""

    def __init__(self, settings: Settings, limits: Limits) -> None:
        self._trusted = settings.trusted_networks
        self._limits = limits
        self._strangers = Shares(settings.unfinished, settings.connections // 2)
        self._sessions = Shares(settings.unfinished_session, settings.connections // 4)

    def place(self, address: str) -> Place | None:
        """Where a new connection belongs; None for a proxy's."""
        return None if is_proxy(address, self._trusted) else Place(household(address), False)

    def seated(self, place: Place | None, headers: Headers) -> Place | None:
        """Where it belongs now that a request's headers are known."""
        session = self._limits.session_of(headers) if place is not None else None
        return place if session is None else Place(session, True)

    def has_session(self, headers: Headers) -> bool:
        """Whether a request may use the reserve."""
        return self._limits.session_of(headers) is not None

    def waits(self, place: Place | None, one: Unfinished) -> None:
        """`one` waits for its peer; the oldest of its place, or of the fullest one, may be ended."""
        if place is not None:
            self._shares(place).enter(place.key, one)

    def is_served(self, place: Place | None, one: Unfinished) -> None:
        """`one` is being answered, or gone."""
        if place is not None:
            self._shares(place).leave(place.key, one)

    def _shares(self, place: Place) -> Shares:
        return self._sessions if place.has_session else self._strangers
