"""docker-compose.yml as processes of this machine, so that it cannot rot unseen. Mapping: tests/support/compose.py."""

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from realtime.bus.address import PARTS as REDIS_PARTS
from realtime.bus.address import redis_address
from realtime.bus.redis_bus import pool
from realtime.media import node_settings
from server.config import DEFAULT_MEDIA_PORT, DEFAULT_PORT, Settings
from server.environment import DATABASE_PARTS, ENVIRONMENT, from_environment
from tests.support.compose import DOCKERFILE, ROOT, Service, compose_file, composed, image_environment, services
from tests.support.visitor import Visitor

VARIABLES = {
    "HEARTH_DOMAIN": "meet.example.org",
    "HEARTH_MEDIA_HOST": "203.0.113.10",
    "HEARTH_OFFICE_PHONE": "(608) 266-1234",
    "HEARTH_QUICK_EXIT_URL": "https://dull.example/",
    "HEARTH_TIME_ZONE": "America/Chicago",
    "POSTGRES_PASSWORD": "of/the #database@ ?%41:'\"$",
    "REDIS_PASSWORD": "of/the #bus@ ?%41:'\"$",
}
WEB, MEDIA = ("web-1", "web-2"), ("media-1", "media-2")


@pytest.fixture(scope="module")
def found() -> dict[str, Service]:
    """The file's services."""
    return services(VARIABLES)


def probe(service: Service) -> str:
    """The address a service's health check asks."""
    address = re.search(r"urlopen\('([^']+)'", service.raw["healthcheck"]["test"][-1])
    assert address is not None
    return address[1]


def test_every_service_of_the_issue_is_there(found: dict[str, Service]) -> None:
    assert set(found) == {"proxy", *WEB, *MEDIA, "postgres", "redis"}


@pytest.mark.parametrize("name", WEB)
def test_a_web_node_is_set_only_what_the_configuration_knows(found: dict[str, Service], name: str) -> None:
    service = found[name]
    assert service.command == ("python", "-m", "server.cli", "start")
    assert set(service.environment) <= {*ENVIRONMENT, *DATABASE_PARTS, *REDIS_PARTS}
    assert int(service.environment["HEARTH_PORT"]) == DEFAULT_PORT == Settings().port
    assert service.environment["HEARTH_NODE_ID"] == name
    assert probe(service) == f"http://127.0.0.1:{DEFAULT_PORT}/readyz"
    assert service.stop_grace_s >= 2 * Settings().drain_s, "connections are drained, then the parts stop"


@pytest.mark.parametrize(("name", "port"), [("media-1", DEFAULT_MEDIA_PORT), ("media-2", DEFAULT_MEDIA_PORT + 1)])
def test_a_media_node_is_set_only_what_it_reads(found: dict[str, Service], name: str, port: int) -> None:
    service = found[name]
    assert service.command == ("python", "-m", "realtime.media.node")
    known = {*re.findall(r"\b(HEARTH_\w+)", inspect.getsource(node_settings)), *REDIS_PARTS}
    assert set(service.environment) <= known <= {*ENVIRONMENT, *REDIS_PARTS, "HEARTH_MEDIA_BIND", "HEARTH_STATUS"}
    assert probe(service) == f"http://127.0.0.1:{service.environment['HEARTH_STATUS'].rpartition(':')[2]}/healthz"
    assert service.environment["HEARTH_NODE_ID"] == name
    assert int(service.environment["HEARTH_MEDIA_PORT"]) == port
    assert service.raw["ports"] == [f"{port}:{port}/udp", f"{port}:{port}/tcp"]


def test_the_proxy_sends_people_to_the_web_nodes(found: dict[str, Service]) -> None:
    caddy = compose_config("caddyfile")
    upstreams = re.search(r"reverse_proxy ([^{]+)\{", caddy)
    assert upstreams is not None
    assert upstreams[1].split() == [f"{name}:{found[name].environment['HEARTH_PORT']}" for name in WEB]
    assert re.search(rf"^{re.escape(VARIABLES['HEARTH_DOMAIN'])} {{$", caddy, re.MULTILINE)
    assert "health_uri /readyz" in caddy
    assert set(found["proxy"].raw["depends_on"]) == set(WEB)


def test_the_proxy_waits_no_longer_and_for_no_more_than_a_node() -> None:
    caddy, node = compose_config("caddyfile"), Settings()
    assert f"read_header {node.header_s:.0f}s" in caddy
    assert f"max_header_size {node.header_bytes // 1024}KB" in caddy
    assert f"max_size {node.json_body_bytes // 1024}KiB" in caddy
    idle = re.search(r"idle (\d+)s", caddy)
    assert idle is not None and int(idle[1]) <= 30
    assert "read_body" not in caddy  # it would cut meeting sockets too


def test_the_stores_have_the_names_and_secrets_the_nodes_use(found: dict[str, Service]) -> None:
    database = found["postgres"].environment
    for name in WEB:
        address = make_url(from_environment(found[name].environment).sqlalchemy_url)
        assert (address.host, address.port) == ("postgres", 5432)
        assert (address.username, address.password, address.database) == tuple(
            database[f"POSTGRES_{part}"] for part in ("USER", "PASSWORD", "DB")
        )
    for name in (*WEB, *MEDIA):
        options = pool(redis_address(found[name].environment)).connection_kwargs
        assert (options["host"], options["port"], options["db"]) == ("redis", 6379, 0)
        assert options["password"] == VARIABLES["REDIS_PASSWORD"]
    redis = found["redis"].command
    assert redis[redis.index("--requirepass") + 1] == VARIABLES["REDIS_PASSWORD"]


def test_the_proxys_network_is_the_one_whose_forwarded_addresses_are_believed(found: dict[str, Service]) -> None:
    subnet = compose()["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert [found[name].environment["HEARTH_TRUSTED_PROXIES"] for name in WEB] == [subnet, subnet]


def test_the_image_holds_what_it_copies_and_what_prints() -> None:
    text = DOCKERFILE.read_text()
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists(), source
    assert {key for key in image_environment() if key.startswith("HEARTH_")} <= set(ENVIRONMENT)
    last = text.rpartition("\nFROM ")[2]
    for package in ("libpango-1.0-0", "libpangoft2-1.0-0"):
        assert package in last
    assert f"EXPOSE {DEFAULT_PORT}/tcp {DEFAULT_MEDIA_PORT}/udp" in text


def test_every_service_says_whether_it_is_well(found: dict[str, Service]) -> None:
    assert [name for name, service in found.items() if "healthcheck" not in service.raw] == []
    assert "http://127.0.0.1:2019/" in found["proxy"].raw["healthcheck"]["test"][-1]


def test_only_the_proxy_and_sound_and_picture_are_reached_from_outside(found: dict[str, Service]) -> None:
    open_ports = {name: service.raw["ports"] for name, service in found.items() if "ports" in service.raw}
    assert set(open_ports) == {"proxy", *MEDIA}
    assert open_ports["proxy"] == ["80:80", "443:443"]
    assert "respond /metrics 404" in compose_config("caddyfile")


def test_a_missing_secret_stops_compose_before_anything_starts() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in VARIABLES:
        assert f"${{{name}:?" in text, f"{name} has no check"


def test_all_four_nodes_start_answer_and_stop(postgres_url: str, tmp_path: Path) -> None:
    with composed(postgres_url, tmp_path) as hearth:
        hearth.start(*WEB, *MEDIA)  # both web nodes find an empty database, and one of them makes the tables
        for name in WEB:
            answer = subprocess.run(
                [sys.executable, "-c", health_check(hearth[name].service, hearth[name].port)], check=False
            )
            assert answer.returncode == 0, hearth[name].log_text()[-2000:]
            person = Visitor(hearth.public_url, "203.0.113.7", hearth[name].address)
            assert person.get("/healthz").body == b"alive\n"
            assert person.get("/j").status == 200
            assert Visitor(f"http://{hearth[name].address}").get("/readyz").status == 200
            assert Visitor("https://elsewhere.example", node=hearth[name].address).get("/j").code == "host.unknown"
            assert Visitor(f"http://{hearth[name].address}").get("/metrics").code == "page.unknown"
        for name in MEDIA:
            status = Visitor(f"http://{hearth[name].environment['HEARTH_STATUS']}")
            assert status.get("/healthz").body == b"alive\n"
            assert status.get("/metrics").status == 404
        for name in (*WEB, *MEDIA):
            code, _ = hearth[name].stop()
            assert code == 0, f"{name}: exit {code}"
            assert "Traceback" not in hearth[name].log_text()


def health_check(service: Service, port: int) -> str:
    """The program compose runs in the container, at the mapped port."""
    program: str = service.raw["healthcheck"]["test"][-1]
    return program.replace(f":{DEFAULT_PORT}/", f":{port}/")


def compose() -> dict[str, Any]:
    return compose_file(VARIABLES)


def compose_config(name: str) -> str:
    content: str = compose()["configs"][name]["content"]
    return content
