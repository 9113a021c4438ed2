"""The settings of one installation, from `HEARTH_*` variables and the command line, checked before anything starts.

A setting that cannot be used is named in one sentence. No sentence holds a part of an address that may be a password.
"""

import os
import re
import secrets
import socket
import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from realtime.bus.address import AddressError, check_reading, check_redis, placed, redis_address, split
from server.config import ConfigError, Settings, at_port

SHORTEST_TOKEN = 16
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
_PHONE = re.compile(r"\+?[0-9()./x -]+")

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
    "HEARTH_METRICS_TOKEN": "metrics_token",
    "HEARTH_OPENAPI": "openapi",
}

# Instead of a URL: parts that may hold any character.
DATABASE_PARTS = tuple(f"HEARTH_DATABASE_{part}" for part in ("HOST", "PORT", "NAME", "USER", "PASSWORD"))
_SECRETS = ("USER", "PASSWORD", "NAME")


def from_environment(environ: Mapping[str, str] | None = None, **chosen: object) -> Settings:
    """Settings from the environment, with `chosen` (command line; None means "not given") on top.

    Raises ConfigError with the name of the setting that cannot be used.
    """
    environ = os.environ if environ is None else environ
    found: dict[str, object] = {}
    for variable, field in ENVIRONMENT.items():
        if text := environ.get(variable, "").strip():
            found[field] = _split(text) if field == "trusted_proxies" else text
    try:
        found |= {name: url for name, url in _stores(environ).items() if url}
        found |= {field: value for field, value in chosen.items() if value is not None}
        found.setdefault("node_id", f"{socket.gethostname()}-{secrets.token_hex(3)}")
        settings = msgspec.convert(found, Settings, strict=False, dec_hook=_decode)
        return _checked(settings, has_public_url="public_url" in found)
    except msgspec.ValidationError as error:
        raise ConfigError(f"A setting cannot be used: {error}") from error
    except AddressError as error:
        raise ConfigError(str(error)) from error


def _stores(environ: Mapping[str, str]) -> dict[str, str]:
    """The addresses of the database and of Redis where they are set by their parts, with user and password quoted."""
    place = placed(environ, "HEARTH_DATABASE", "5432")
    user, password, name = (quote(environ.get(f"HEARTH_DATABASE_{part}", ""), safe="") for part in _SECRETS)
    database = f"postgresql://{user or 'hearth'}:{password}@{place}/{name or 'hearth'}" if place else ""
    return {"database_url": database, "redis_url": redis_address(environ)}


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
        _check_stores,
        _check_agency,
        _check_words,
        _check_networks,
    ):
        check(settings)
    return msgspec.structs.replace(settings, public_url=settings.public_url.rstrip("/"))


def _check_public_url(settings: Settings) -> None:
    parts = split(settings.public_url)
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


def _check_stores(settings: Settings) -> None:
    url = settings.database_url
    if "://" in url and not url.startswith("sqlite"):
        check_reading(url, "HEARTH_DATABASE_URL (--database)", "HEARTH_DATABASE")
    if settings.redis_url:
        check_redis(settings.redis_url)


def _check_words(settings: Settings) -> None:
    if settings.log_level.lower() not in LOG_LEVELS:
        raise ConfigError(f"HEARTH_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}.")
    token = settings.metrics_token
    if token and not (len(token) >= SHORTEST_TOKEN and token.isascii() and token.isprintable()):
        raise ConfigError(f"HEARTH_METRICS_TOKEN must be {SHORTEST_TOKEN} characters or more, in plain letters.")


def _check_agency(settings: Settings) -> None:
    phone, away = settings.office_phone, settings.quick_exit_url
    if phone and not (_PHONE.fullmatch(phone) and 3 <= sum(map(str.isdigit, phone)) <= 20):
        raise ConfigError("HEARTH_OFFICE_PHONE must be a telephone number: digits, with + ( ) - . / x and spaces.")
    parts = split(away)
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
