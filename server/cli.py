"""The command line: `demo` (an invented case and a meeting that begins now), `start` (your settings), `dev`."""

import asyncio
import os
import socket
import sys
from pathlib import Path
from typing import Annotated, Any

import cyclopts
import msgspec
import segno
import uvloop
from cyclopts import Parameter

from server import audit_command, certificate
from server.app import create_app
from server.auth.exchange import FloodExchange
from server.auth.limits import Limits
from server.auth.peers import require_trusted_proxy
from server.config import ConfigError, Settings, at_port, folder_refused, line_to_set
from server.environment import from_environment
from server.hints import called
from server.lifespan import REFUSALS, Lifespan, Parts
from server.listener import Listener, PortTaken, bind, uvicorn_config
from server.observability.logging import begin_logging
from server.routes.readiness import Readiness
from server.services.demo import Demo, demonstrated, seed_demo

CANNOT_START = 2
PART_LOST = 1  # whoever started the server (compose, systemd) should start it again

app = cyclopts.App(
    name="hearth",
    help="Family team meetings by video beside a live case plan.",
    usage=f"Usage: {called('COMMAND')}",
    version="0.1.0",
)
app.command(audit_command.app)

Port = Annotated[int | None, Parameter(help="TCP port of the pages; 0 picks a free one. [HEARTH_PORT, 8470]")]
MediaPort = Annotated[int | None, Parameter(help="UDP port of sound and picture; 0 picks a free one. [8471]")]
Data = Annotated[Path | None, Parameter(name="--data", help="Folder of the database. [HEARTH_DATA_DIR]")]
DatabaseUrl = Annotated[str | None, Parameter(name="--database", help="postgresql://... or sqlite:///...")]
RedisUrl = Annotated[str | None, Parameter(name="--redis", help="redis://... [default: an embedded one]")]
Host = Annotated[str | None, Parameter(help="Address to listen on. [HEARTH_HOST, 127.0.0.1]")]
Lan = Annotated[bool, Parameter(negative=(), help="HTTPS on the local network with a self-made certificate.")]
AsJson = Annotated[bool, Parameter(name="--json", negative=(), help="Print one line of JSON when ready.")]


@app.command
def demo(
    *,
    json: AsJson = False,
    port: Port = None,
    data: Data = None,
    database: DatabaseUrl = None,
    redis: RedisUrl = None,
    media_port: MediaPort = None,
    lan: Lan = False,
    host: Host = None,
) -> int:
    """Start with an invented case and a meeting that begins now; print the sign-ins and everyone's link."""
    chosen = _chosen(port, data, database, redis, media_port, host)
    if "HEARTH_DATA_DIR" not in os.environ:
        chosen.setdefault("data_dir", Settings().data_dir / "demo")
    return _run(chosen, lan=lan, is_demo=True, as_json=json)


@app.command
def start(
    *,
    port: Port = None,
    data: Data = None,
    database: DatabaseUrl = None,
    redis: RedisUrl = None,
    media_port: MediaPort = None,
    lan: Lan = False,
    host: Host = None,
) -> int:
    """Start with your settings (environment variables HEARTH_*, see server/config.py)."""
    return _run(_chosen(port, data, database, redis, media_port, host), lan=lan, is_demo=False, as_json=False)


@app.command
def dev(*, port: Port = None, data: Data = None) -> int:
    """As `demo`, with verbose logs and the API's description at /schema."""
    chosen = _chosen(port, data, None, None, None, None)
    chosen.setdefault("data_dir", Settings().data_dir / "dev")
    return _run({**chosen, "openapi": True, "log_level": "debug"}, lan=False, is_demo=True, as_json=False)


def _chosen(
    port: int | None,
    data: Path | None,
    database: str | None,
    redis: str | None,
    media_port: int | None,
    host: str | None,
) -> dict[str, Any]:
    given = {
        "port": port,
        "data_dir": data.expanduser().resolve() if data else None,
        "database_url": database,
        "redis_url": redis,
        "media_port": media_port,
        "host": host,
    }
    return {name: value for name, value in given.items() if value is not None}


def _run(chosen: dict[str, Any], *, lan: bool, is_demo: bool, as_json: bool) -> int:
    try:
        settings = from_environment(**chosen)
        if is_demo:
            settings = demonstrated(settings)
        if lan:
            settings = _on_lan(settings, chosen)
        if "HEARTH_PUBLIC_URL" in os.environ:
            require_trusted_proxy(settings)
        listening = bind(settings.host, settings.port)
    except (ConfigError, PortTaken) as error:
        return _refused(str(error))
    if not settings.port or "HEARTH_PUBLIC_URL" not in os.environ:
        shown = certificate.lan_address() if lan else None
        settings = at_port(settings, listening.getsockname()[1], shown)
    begin_logging(settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(settings, listening, is_demo=is_demo, as_json=as_json))


def _on_lan(settings: Settings, chosen: dict[str, Any]) -> Settings:
    address = certificate.lan_address()
    try:
        made, key = certificate.self_made(settings.data_dir, [address, "127.0.0.1"])
    except OSError as error:
        raise folder_refused(settings, error) from error
    return msgspec.structs.replace(
        settings,
        host=chosen.get("host", "0.0.0.0"),  # noqa: S104  the phone on the same network must reach it
        certificate=made,
        certificate_key=key,
        self_made_certificate=True,
        media_host=os.environ.get("HEARTH_MEDIA_HOST") or address,
    )


async def _serve(settings: Settings, listening: socket.socket, *, is_demo: bool, as_json: bool) -> int:
    readiness = Readiness()
    seeded: list[Demo] = []

    async def seed(parts: Parts) -> None:
        if is_demo:
            seeded.append(await seed_demo(parts, settings))

    def ready() -> None:
        _announce(settings, seeded[0] if seeded else None, as_json)

    lifespan = Lifespan(settings, readiness, seed)
    floods = FloodExchange(Limits(settings), settings.node_id, lifespan.supervisor)
    config = uvicorn_config(create_app(settings, lifespan, readiness, floods), settings, floods.limits)
    listener = Listener(config, on_ready=ready, on_drain=lifespan.drain)
    lifespan.supervisor.on_lost = listener.give_up
    try:
        await listener.serve(sockets=[listening])
    except SystemExit:
        # So uvicorn says that the start failed. Why: `lifespan.failure`.
        if lifespan.failure is None:
            raise
    finally:
        listening.close()
    return _outcome(lifespan)


def _outcome(lifespan: Lifespan) -> int:
    """The exit code of a server that has ended; why it is not 0 is said in a sentence."""
    if isinstance(lifespan.failure, REFUSALS):
        return _refused(str(lifespan.failure))
    if lifespan.failure is not None:
        return _refused("Hearth could not start; the reason is in the log above.")
    if lost := lifespan.supervisor.lost:
        sys.stderr.write(
            f"hearth: A part of the server ({lost}) died and could not be started again; see the log above.\n"
        )
        return PART_LOST
    return 0


def _refused(sentence: str) -> int:
    sys.stderr.write(f"hearth: {sentence}\n")
    return CANNOT_START


def _announce(settings: Settings, demo: Demo | None, as_json: bool) -> None:
    if demo is None:
        sys.stdout.write(f"Hearth is ready at {settings.public_url}\n")
        if settings.unset:
            sys.stdout.write(f"No meeting can be scheduled until this is set: {line_to_set(settings.unset)}\n")
    elif as_json:
        sys.stdout.write(msgspec.json.encode({"url": settings.public_url, **demo.as_dict()}).decode() + "\n")
    else:
        _print_demo(settings, demo)
    sys.stdout.flush()


def _print_demo(settings: Settings, demo: Demo) -> None:
    say = sys.stdout.write
    say(f"\nHearth is ready. Staff sign in at {settings.public_url}/app\n\n")
    for one in demo.staff:
        say(f"  {one.name:<16} {one.role:<12} {one.email:<28} {one.password}\n")
    say("\nPersonal links (each is for one person; the first browser that opens it keeps it):\n")
    for link in demo.links:
        say(f"\n  {link.name} ({link.role})\n  {link.url}\n")
        segno.make(link.url, error="l").terminal(out=sys.stdout, compact=True, border=2)
    say("\nStop with Ctrl-C. Everything stays on disk.\n")


def main() -> None:
    """Entry point of `hearth` and `python -m server.cli`."""
    code = app(result_action="return_value")
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
