"""The import contracts of `pyproject.toml`: kept, complete, and each able to fail.

A contract nobody has seen fail may check nothing. So every one is broken here on purpose, in a copy of the sources.
"""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("meetings", "realtime", "server")
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

VIOLATIONS = [
    ("1", "meetings/consensus.py", "import realtime.errors"),
    ("1", "realtime/rates.py", "import server.errors"),
    ("2", "meetings/consensus.py", "import time"),
    ("2", "meetings/practice/tdm.py", "import uuid"),
    ("3", "realtime/plan/inspector.py", "import asyncio"),
    ("3", "realtime/media/forwarder.py", "import random"),
    ("3", "server/auth/cookies.py", "import secrets"),
    ("4", "realtime/room.py", "import sqlalchemy"),
    ("4", "realtime/link.py", "import litestar"),
    ("5", "realtime/messages.py", "import realtime.room"),
    ("5", "realtime/presence/roster.py", "import realtime.plan.live"),
    ("5", "realtime/odds_and_ends.py", ""),
    ("6", "server/persistence/links.py", "import server.services.links"),
    ("6", "server/config.py", "import server.errors"),
    ("6", "server/odds_and_ends.py", ""),
    ("7a", "realtime/media/peer.py", "import aiortc"),
    ("7a", "realtime/media/node.py", "import pylibsrtp"),
    ("7b", "realtime/plan/live.py", "import pycrdt"),
    ("7c", "server/lifespan.py", "import redis"),
    ("7d", "realtime/media/seam.py", "import av"),
]


def contracts() -> list[dict[str, object]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(settings["tool"]["importlinter"]["contracts"])


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT_IMPORTS, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copied_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_every_contract_is_kept() -> None:
    found = lint_imports(ROOT)
    assert found.returncode == 0, found.stdout


def test_every_contract_is_seen_to_fail_below() -> None:
    assert {str(one["name"]).split()[0] for one in contracts()} == {contract for contract, _, _ in VIOLATIONS}


@pytest.mark.parametrize(("contract", "path", "line"), VIOLATIONS)
def test_a_contract_can_fail(contract: str, path: str, line: str, copied_sources: Path) -> None:
    file = copied_sources / path
    before = file.read_text() if file.exists() else None
    file.write_text(f"{before or ''}\n{line}\n")
    try:
        found = lint_imports(copied_sources)
    finally:
        file.unlink() if before is None else file.write_text(before)
    broken = {row.split()[0] for row in found.stdout.splitlines() if row.endswith(" BROKEN")}
    assert (found.returncode, contract in broken) == (1, True), found.stdout


def test_the_files_marked_pure_are_those_of_contract_3() -> None:
    marked = set()
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        if "[pure]" in (ast.get_docstring(ast.parse(path.read_text())) or ""):
            marked.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    listed = next(one["source_modules"] for one in contracts() if str(one["name"]).startswith("3 "))
    assert sorted(marked) == listed


def test_no_pure_file_is_asynchronous() -> None:
    pure = next(one["source_modules"] for one in contracts() if str(one["name"]).startswith("3 "))
    assert isinstance(pure, list)
    files = [ROOT / (name.replace(".", "/") + ".py") for name in pure] + sorted((ROOT / "meetings").rglob("*.py"))
    asynchronous = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    walked = {
        path: [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, asynchronous)]
        for path in files
    }
    assert [str(path.relative_to(ROOT)) for path, nodes in walked.items() if nodes] == []
