"""The rates of this server, each a bucket with its key (numbers: `server.config`)."""

from server.auth.rates import GrowingWait, OpenCount, TokenBuckets
from server.config import Settings


class Limits:
    """Every rate that is counted. Keys: peers for links, sign-in and sockets; session digests for the API."""

    def __init__(self, settings: Settings) -> None:
        self.link_by_peer = TokenBuckets(settings.link_rate_per_min / 60, settings.link_rate_per_min)
        self.link_by_token = TokenBuckets(settings.link_code_rate_per_min / 60, settings.link_code_rate_per_min)
        self.sign_in_by_peer = GrowingWait(settings.sign_in_burst, settings.sign_in_slowest_s)
        # An e-mail is something anyone may type: its wait stays short, so that nobody can be locked out for long.
        self.sign_in_by_email = GrowingWait(settings.sign_in_burst, min(60.0, settings.sign_in_slowest_s))
        self.api = TokenBuckets(settings.api_rate_per_s, settings.api_burst)
        self.csp = TokenBuckets(settings.csp_rate_per_min / 60, settings.csp_rate_per_min)
        self.sockets = TokenBuckets(settings.sockets_per_min / 60, settings.sockets_per_min)
        self.sockets_staff = TokenBuckets(settings.sockets_per_min_staff / 60, settings.sockets_per_min_staff)
        self.open_sockets = OpenCount()
