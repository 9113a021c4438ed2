"""Every setting of Hearth with its default and unit; those that differ between installations come from `HEARTH_*`
(`server.environment`).

Law: a web node is set up from here and nowhere else; `docker-compose.yml` uses the names and ports written here. (A
media node is a process of its own below this package and reads its few itself: `realtime/media/node_settings.py`.)
"""

from collections.abc import Sequence
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from server.bounds import Bounds

DEFAULT_PORT = 8470
DEFAULT_MEDIA_PORT = 8471


class ConfigError(Exception):
    """A setting cannot be used. The text names the setting and says what to write instead."""


class MediaMode(StrEnum):
    """Where the media node runs."""

    EMBEDDED = "embedded"  # a supervised child process of this server
    EXTERNAL = "external"  # its own process, found over the bus


class Settings(Bounds, frozen=True, kw_only=True):
    """One server's settings, its bounds among them. Times end in `_s` (seconds), sizes in `_bytes`."""

    # Where it listens, and under which address people reach it.
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    public_url: str = f"http://127.0.0.1:{DEFAULT_PORT}"
    certificate: Path | None = None  # PEM chain; with `certificate_key` the server speaks HTTPS itself
    certificate_key: Path | None = None
    self_made_certificate: bool = False  # then no HSTS: nobody could get past the browser's warning
    trusted_proxies: tuple[str, ...] = ()  # networks whose X-Forwarded-For is believed, one hop
    node_id: str = "web-1"

    # Where things are kept.
    data_dir: Path = Path.home() / ".local" / "share" / "hearth"
    database_url: str = ""  # empty: SQLite in the data folder
    redis_url: str = ""  # empty: an embedded Valkey, or the in-process bus where none can run

    # Media.
    media: MediaMode = MediaMode.EMBEDDED
    media_host: str = "auto"  # addresses in ICE candidates, reachable from the phones; auto: all of this machine
    media_port: int = DEFAULT_MEDIA_PORT  # UDP; 0 picks a free one

    # The agency. Families are shown these, so none is invented here: without them no meeting can be scheduled.
    office_phone: str = ""  # a person answers there
    quick_exit_url: str = ""  # where "Leave this page" goes: dull, and nobody asks why
    practice_time_zone: str = ""  # the one a new meeting is first shown in

    # Sessions, links, tickets.
    staff_idle_s: float = 1800
    staff_absolute_s: float = 12 * 3600
    staff_sessions: int = 3
    guest_session_s: float = 8 * 3600  # of one browser; its link outlasts it, and opens again
    guest_after_meeting_s: float = 900  # time to read the last page
    link_before_s: float = 1800  # from then until the meeting ends or the link is revoked a link works
    ticket_s: float = 30

    # Observability.
    log_level: str = "info"
    metrics_token: str = ""  # what a scraper of /metrics shows as its Bearer; empty: nobody may read them
    openapi: bool = False

    def __repr__(self) -> str:
        """Addresses may carry passwords: only the place and node are printed."""
        return f"Settings({self.node_id}, {self.public_url})"

    @property
    def unset(self) -> tuple[str, ...]:
        """The variables of the agency that nobody has set yet, in the order of the file; empty when all are."""
        return tuple(variable for variable, (field, _) in _AGENCY.items() if not getattr(self, field))

    @property
    def is_https(self) -> bool:
        """Whether people reach the server over HTTPS (own certificate or a proxy's)."""
        return self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """The one origin pages and sockets are served from, as browsers write it."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def public_host(self) -> str:
        """Host and port of `origin`, as in a Host header."""
        return urlsplit(self.public_url).netloc.lower()

    @property
    def sqlalchemy_url(self) -> str:
        """The database's address for SQLAlchemy's async drivers."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{self.data_dir / 'hearth.sqlite3'}"
        for plain, driver in (
            ("postgresql://", "postgresql+asyncpg://"),
            ("postgres://", "postgresql+asyncpg://"),
            ("sqlite://", "sqlite+aiosqlite://"),
        ):
            if self.database_url.startswith(plain):
                return driver + self.database_url.removeprefix(plain)
        return self.database_url

    @property
    def trusted_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """`trusted_proxies` as networks."""
        return tuple(ip_network(text, strict=False) for text in self.trusted_proxies)


_AGENCY = {
    "HEARTH_OFFICE_PHONE": ("office_phone", "the number families call"),
    "HEARTH_QUICK_EXIT_URL": ("quick_exit_url", "https address of a dull page"),
    "HEARTH_TIME_ZONE": ("practice_time_zone", "time zone, such as UTC"),
}


def line_to_set(variables: Sequence[str]) -> str:
    """One line for the environment that sets these, with what to write in words: nothing that could be copied as is."""
    return " ".join(f"{variable}=<{_AGENCY[variable][1]}>" for variable in variables)


def at_port(settings: Settings, port: int, host: str | None = None) -> Settings:
    """The same settings, listening at `port`, with the public address following it."""
    scheme = "https" if settings.certificate else "http"
    host = host or (settings.host if settings.host not in ("0.0.0.0", "::", "") else "127.0.0.1")  # noqa: S104
    shown = f"[{host}]" if ":" in host else host
    return msgspec.structs.replace(settings, port=port, public_url=f"{scheme}://{shown}:{port}")


def folder_refused(settings: Settings, error: OSError) -> ConfigError:
    """Why the data folder cannot be used, for whoever found out."""
    return ConfigError(
        f"The folder {settings.data_dir} cannot be written ({error.strerror}). "
        "Choose another one with --data (HEARTH_DATA_DIR)."
    )
