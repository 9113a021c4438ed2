"""Every setting of Hearth with its default and unit; those that differ between installations come from `HEARTH_*`.

Law: a web node is set up from here and nowhere else; `docker-compose.yml` uses the names and ports written here. (A
media node is a process of its own below this package and reads its few itself: `realtime/media/node.py`.)
"""

import os
import re
import secrets
import socket
import ssl
from collections.abc import Mapping, Sequence
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from server.bounds import Bounds

DEFAULT_PORT = 8470
DEFAULT_MEDIA_PORT = 8471
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
_PHONE = re.compile(r"\+?[0-9()./x -]+")
# Options of a Redis address that may be chosen; others are unknown to the client or set by us (its time limits).
_REDIS_OPTIONS = ("db", "client_name", "health_check_interval", "socket_keepalive")


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
    openapi: bool = False

    def __repr__(self) -> str:
        """Addresses may carry passwords: only the place and node are printed."""
        return f"Settings({self.node_id}, {self.public_url})"

    @property
    def unset(self) -> tuple[str, ...]:
        """The variables of the agency that nobody has set yet, in the order of the file; empty when all are."""
        return tuple(variable for variable in AGENCY if not getattr(self, ENVIRONMENT[variable]))

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


ENVIRONMENT = {
    "HEARTH_HOST": "host",
    "HEARTH_PORT": "port",
    "HEARTH_PUBLIC_URL": "public_url",
    "HEARTH_CERTIFICATE": "certificate",
    "HEARTH_CERTIFICATE_KEY": "certificate_key",
    "HEARTH_TRUSTED_PROXIES": "trusted_proxies",
    "HEARTH_NODE_ID": "node_id",
    "HEARTH_DATA_DIR": "data_dir",
    "HEARTH_DATABASE_URL": "database_url",
    "HEARTH_REDIS_URL": "redis_url",
    "HEARTH_MEDIA": "media",
    "HEARTH_MEDIA_HOST": "media_host",
    "HEARTH_MEDIA_PORT": "media_port",
    "HEARTH_OFFICE_PHONE": "office_phone",
    "HEARTH_QUICK_EXIT_URL": "quick_exit_url",
    "HEARTH_TIME_ZONE": "practice_time_zone",
    "HEARTH_CONNECTIONS": "connections",
    "HEARTH_LOG_LEVEL": "log_level",
    "HEARTH_OPENAPI": "openapi",
}

AGENCY = ("HEARTH_OFFICE_PHONE", "HEARTH_QUICK_EXIT_URL", "HEARTH_TIME_ZONE")


def line_to_set(variables: Sequence[str]) -> str:
    """One line for the environment that sets these, with what to write in words: nothing that could be copied as is."""
    return " ".join(f"{variable}=<{_MEANINGS[variable]}>" for variable in variables)


_MEANINGS = dict(
    zip(AGENCY, ("the number families call", "https address of a dull page", "time zone, such as UTC"), strict=True)
)


def from_environment(environ: Mapping[str, str] | None = None, **chosen: object) -> Settings:
    """Settings from the environment, with `chosen` (command line; None means "not given") on top.

    Raises ConfigError with the name of the setting that cannot be used.
    """
    environ = os.environ if environ is None else environ
    found: dict[str, object] = {}
    for variable, field in ENVIRONMENT.items():
        if text := environ.get(variable, "").strip():
            found[field] = _split(text) if field == "trusted_proxies" else text
    found |= {field: value for field, value in chosen.items() if value is not None}
    found.setdefault("node_id", f"{socket.gethostname()}-{secrets.token_hex(3)}")
    try:
        settings = msgspec.convert(found, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise ConfigError(f"A setting cannot be used: {error}") from error
    return _checked(settings, has_public_url="public_url" in found)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _decode(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value)).expanduser()
    raise NotImplementedError(kind)


def _checked(settings: Settings, has_public_url: bool) -> Settings:
    if not has_public_url:
        settings = at_port(settings, settings.port)
    for check in (
        _check_ports,
        _check_public_url,
        _check_certificate,
        _check_redis,
        _check_agency,
        _check_words,
        _check_networks,
    ):
        check(settings)
    return msgspec.structs.replace(settings, public_url=settings.public_url.rstrip("/"))


def _check_public_url(settings: Settings) -> None:
    parts = _split_url(settings.public_url)
    if (
        parts is None
        or parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path not in ("", "/")
        or parts.query
    ):
        raise ConfigError("HEARTH_PUBLIC_URL must be an address such as https://meet.example.org, without a path.")


def _check_ports(settings: Settings) -> None:
    for name, port in (("HEARTH_PORT", settings.port), ("HEARTH_MEDIA_PORT", settings.media_port)):
        if not 0 <= port <= 65535:
            raise ConfigError(f"{name} must be between 0 and 65535.")


def _check_certificate(settings: Settings) -> None:
    if (settings.certificate is None) != (settings.certificate_key is None):
        raise ConfigError("HEARTH_CERTIFICATE and HEARTH_CERTIFICATE_KEY must be given together.")
    if settings.certificate is None:
        return
    try:
        # A key behind a passphrase would ask the terminal for it, where nobody may sit.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            settings.certificate, settings.certificate_key, password=""
        )
    except (OSError, ValueError) as error:
        why = "they do not fit together or are not PEM" if isinstance(error, ssl.SSLError) else str(error)
        raise ConfigError(f"HEARTH_CERTIFICATE and HEARTH_CERTIFICATE_KEY cannot be used: {why}.") from error


def _check_redis(settings: Settings) -> None:
    if not settings.redis_url:
        return
    parts = _split_url(settings.redis_url)
    if parts is None or parts.scheme not in ("redis", "rediss", "unix"):
        raise ConfigError("HEARTH_REDIS_URL (--redis) must be an address such as redis://:password@host:6379/0.")
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        is_known = name in _REDIS_OPTIONS or (name.startswith("ssl_") and parts.scheme == "rediss")
        if not is_known or (name == "db" and not value.isdecimal()):
            raise ConfigError(f"HEARTH_REDIS_URL (--redis) has an option that cannot be used: {name}.")


def _check_words(settings: Settings) -> None:
    if settings.log_level.lower() not in LOG_LEVELS:
        raise ConfigError(f"HEARTH_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}.")


def _check_agency(settings: Settings) -> None:
    phone, away = settings.office_phone, settings.quick_exit_url
    if phone and not (_PHONE.fullmatch(phone) and 3 <= sum(map(str.isdigit, phone)) <= 20):
        raise ConfigError("HEARTH_OFFICE_PHONE must be a telephone number: digits, with + ( ) - . / x and spaces.")
    parts = _split_url(away)
    if away and (parts is None or parts.scheme not in ("http", "https") or not parts.hostname):
        raise ConfigError("HEARTH_QUICK_EXIT_URL must be an address that begins with https:// or http://.")
    if settings.practice_time_zone:
        _check_time_zone(settings.practice_time_zone)


def _check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError("HEARTH_TIME_ZONE must be the name of a time zone such as America/New_York.") from error


def _check_networks(settings: Settings) -> None:
    try:
        _ = settings.trusted_networks
    except ValueError as error:
        raise ConfigError(f"HEARTH_TRUSTED_PROXIES must be networks such as 10.0.0.0/8: {error}.") from error
    hosts = [host.strip() for host in settings.media_host.split(",") if host.strip()]
    try:
        for host in hosts if hosts != ["auto"] else []:
            ip_address(host)
    except ValueError as error:
        raise ConfigError("HEARTH_MEDIA_HOST must be auto, or IP addresses with commas between.") from error
    if not hosts:
        raise ConfigError("HEARTH_MEDIA_HOST must be auto, or IP addresses with commas between.")


def _split_url(url: str) -> SplitResult | None:
    """The parts of an address whose port is one; None for what is no address."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def at_port(settings: Settings, port: int, host: str | None = None) -> Settings:
    """The same settings, listening at `port`, with the public address following it."""
    scheme = "https" if settings.certificate else "http"
    host = host or (settings.host if settings.host not in ("0.0.0.0", "::", "") else "127.0.0.1")  # noqa: S104
    shown = f"[{host}]" if ":" in host else host
    return msgspec.structs.replace(settings, port=port, public_url=f"{scheme}://{shown}:{port}")


def folder_refused(settings: Settings, error: OSError) -> ConfigError:
    """Why the data folder cannot be used, for whoever found out."""
    return ConfigError(
        f"The folder {settings.data_dir} cannot be written ({error.strerror}). Choose another one with --data."
    )
