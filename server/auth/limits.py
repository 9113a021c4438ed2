"""The rates of this server, each a bucket with its key (numbers: `server.bounds`).

Law: a person is counted by what only that person has (session, link, known browser). An address may be a shelter, a
school or a mobile carrier: it has coarse limits that are meant for floods, shared with the other nodes
(`server.auth.exchange`), and keys of its own that no neighbour can use up.
"""

import time
from collections.abc import Iterable

from server.auth import cookies
from server.auth.rates import GrowingWait, OpenCount, Recent, Thinned, TokenBuckets
from server.auth.shares import Shares
from server.config import Settings

Headers = Iterable[tuple[bytes, bytes]]

KNOWN_S = 600.0
"""A session that was good so long ago still has its own budget (never its rights: those are looked up each time)."""


class Limits:
    """Every rate that is counted. `shared` are those by address and account, under the names the nodes use."""

    def __init__(self, settings: Settings) -> None:
        self.link_by_token = _by_minute(settings.link_code_rate_per_min)
        self.link_by_peer = _by_minute(settings.link_rate_per_min)
        self.sign_in_by_peer = _by_minute(settings.sign_in_rate_per_min)
        self.sign_in_fresh = TokenBuckets(settings.sign_in_fresh_per_min / 60, settings.sign_in_fresh_burst)
        self.sign_in_again = _by_minute(settings.sign_in_again_per_min)
        self.sign_in_wait = GrowingWait(settings.sign_in_burst, settings.sign_in_slowest_s)
        self.device_wait = GrowingWait(settings.sign_in_burst, settings.sign_in_slowest_s)
        self.traces = Thinned(settings.traces_per_min / 60, settings.traces_per_min)
        self.api = TokenBuckets(settings.api_rate_per_s, settings.api_burst)
        self.csp = _by_minute(settings.csp_rate_per_min)
        self.requests = TokenBuckets(settings.request_rate_per_s, settings.request_burst)
        self.flood = TokenBuckets(settings.flood_rate_per_s, settings.flood_burst)
        self.sockets = _by_minute(settings.sockets_per_min)
        self.sockets_by_peer = _by_minute(settings.sockets_per_min_stranger)
        self.open_sockets = OpenCount()
        self.under_way = OpenCount()
        self.bodies = Shares(settings.unfinished_bodies, settings.connections // 4)
        self.known = Recent(KNOWN_S)
        self.shared = {
            "flood": self.flood,
            "link": self.link_by_peer,
            "sign-in": self.sign_in_by_peer,
            "fresh": self.sign_in_fresh,
            "again": self.sign_in_again,
            "sockets": self.sockets_by_peer,
        }

    def know(self, secret: str) -> None:
        """This session was looked up and is good."""
        self.known.add(cookies.digest(secret), time.monotonic())

    def session_of(self, headers: Headers) -> str | None:
        """The digest of a session that came along and was good not long ago, without asking the database."""
        now = time.monotonic()
        for name in (cookies.STAFF, cookies.GUEST):
            secret = cookies.read(headers, name)
            if secret and self.known.has(digest := cookies.digest(secret), now):
                return digest
        return None

    def pause(self, peer: str, session: str | None) -> float:
        """Count one request: by its session, else by its address. Seconds until there is room; 0 is now."""
        now = time.monotonic()
        return self.requests.take(session, now) if session else self.flood.take(peer, now)


def _by_minute(count: int) -> TokenBuckets:
    return TokenBuckets(count / 60, count)
