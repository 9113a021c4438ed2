"""No refusal prints a piece of a password, however it was written into a setting and whatever refuses it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.redis import private_redis
from tests.support.server import ROOT

HEAD, TAIL = "canaryhead", "canarytail"
SIGNS = ("/", "#", "?", "@", "@x:1/", "?sslmode=")
PROGRAMS = {
    "web": ["server.cli", "start", "--port", "0", "--media-port", "0"],
    "media": ["realtime.media.node", "--port", "0", "--host", "127.0.0.1"],
}


def said(folder: Path, program: str, environment: dict[str, str]) -> str:
    """Everything it printed before it gave up."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HEARTH_")}
    done = subprocess.run(
        [sys.executable, "-m", *PROGRAMS[program]],
        cwd=ROOT,
        env={**clean, "HEARTH_DATA_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("store", ["DATABASE", "REDIS"])
def test_a_password_in_a_line_that_cannot_be_used(tmp_path: Path, sign: str, store: str) -> None:
    scheme, rest = {"DATABASE": ("postgresql://hearth", "/hearth"), "REDIS": ("redis://", "/0")}[store]
    told = said(tmp_path, "web", {f"HEARTH_{store}_URL": f"{scheme}:{HEAD}{sign}{TAIL}@127.0.0.1:1{rest}"})
    assert HEAD not in told and TAIL not in told
    assert f"HEARTH_{store}" in told or "127.0.0.1:1" in told


@pytest.mark.parametrize("sign", SIGNS)
def test_a_password_of_its_own_where_nobody_answers(tmp_path: Path, sign: str) -> None:
    for store in ("DATABASE", "REDIS"):
        parts = {"HOST": "127.0.0.1", "PORT": "1", "PASSWORD": f"{HEAD}{sign}{TAIL}"}
        told = said(tmp_path, "web", {f"HEARTH_{store}_{name}": value for name, value in parts.items()})
        assert HEAD not in told and TAIL not in told and "127.0.0.1:1" in told


@pytest.mark.parametrize("sign", ["/", "#", "@"])
def test_a_media_node_tells_none_either(tmp_path: Path, sign: str) -> None:
    told = said(tmp_path, "media", {"HEARTH_REDIS_URL": f"redis://:{HEAD}{sign}{TAIL}@127.0.0.1:1/0"})
    assert HEAD not in told and TAIL not in told and "HEARTH_REDIS" in told


def test_a_wrong_password_of_its_own(tmp_path: Path) -> None:
    with private_redis(password="the/right#one@all") as redis:
        parts = {"HOST": "127.0.0.1", "PORT": str(redis.port), "PASSWORD": f"{HEAD}@{TAIL}"}
        told = said(tmp_path, "web", {f"HEARTH_REDIS_{name}": value for name, value in parts.items()})
    assert HEAD not in told and TAIL not in told and "refuses the password" in told
