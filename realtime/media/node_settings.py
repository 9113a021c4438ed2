"""The settings of a media node's process, from flags and the environment, checked before anything starts."""

import argparse
import ipaddress
import os
from collections.abc import Sequence

from realtime.bus.address import AddressError, check_redis, redis_address

DESCRIPTION = "The media node: forwards packets and is told over the bus for whom."


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The settings. Exits with 2 and one sentence, never a part of a password, where one cannot be used."""
    env = os.environ.get
    parser = argparse.ArgumentParser(prog="python -m realtime.media.node", description=DESCRIPTION)
    parser.add_argument(
        "--redis", help="Redis or Valkey URL [HEARTH_REDIS_URL, or HEARTH_REDIS_HOST, _PORT, _USER and _PASSWORD]"
    )
    parser.add_argument("--node-id", default=env("HEARTH_NODE_ID", "media-1"), help="[HEARTH_NODE_ID]")
    parser.add_argument(
        "--host",
        default=env("HEARTH_MEDIA_HOST", "auto"),
        help="addresses for clients, comma between; auto: this machine's own [HEARTH_MEDIA_HOST]",
    )
    parser.add_argument("--port", type=int, default=env("HEARTH_MEDIA_PORT", "8471"), help="[HEARTH_MEDIA_PORT]")
    parser.add_argument(
        "--bind",
        default=env("HEARTH_MEDIA_BIND", ""),
        help="addresses to listen on; default: those of --host this machine has, else all [HEARTH_MEDIA_BIND]",
    )
    parser.add_argument(
        "--status",
        default=env("HEARTH_STATUS", ""),
        help="HOST:PORT of /healthz, and of /metrics by HEARTH_METRICS_TOKEN; default: none [HEARTH_STATUS]",
    )
    parser.add_argument("--die-with-parent", action="store_true", help="end when standard input closes")
    settings = parser.parse_args(argv)
    settings.metrics_token = env("HEARTH_METRICS_TOKEN", "")
    _check(parser, settings)
    return settings


def _check(parser: argparse.ArgumentParser, settings: argparse.Namespace) -> None:
    try:
        settings.redis = settings.redis or redis_address(os.environ)
        if not settings.redis:
            parser.error("--redis, HEARTH_REDIS_URL or HEARTH_REDIS_HOST is needed")
        check_redis(settings.redis)
    except AddressError as error:
        parser.error(str(error))
    if not 0 <= settings.port <= 65535:
        parser.error("--port (HEARTH_MEDIA_PORT) must be between 0 and 65535")
    try:
        _ = [ipaddress.ip_address(host.strip()) for host in settings.host.split(",") if settings.host != "auto"]
    except ValueError:
        parser.error("--host (HEARTH_MEDIA_HOST) must be auto, or IP addresses with commas between")
    host, _, port = settings.status.rpartition(":")
    if settings.status and not (host and port.isdecimal() and int(port) <= 65535):
        parser.error("--status (HEARTH_STATUS) must be HOST:PORT, such as 127.0.0.1:8473")
