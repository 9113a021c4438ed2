"""The layout's rules as a program: sizes, mirrors, who may say what."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("meetings", "realtime", "server")
MAX_LINES = 350


def python_files(*packages: str) -> list[Path]:
    """Every source file of the packages, without migrations."""
    found = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts and "__pycache__" not in path.parts]


def web_files() -> list[Path]:
    """Every hand-written front-end source."""
    found = [*(ROOT / "web/src").rglob("*.ts"), *(ROOT / "web/src").rglob("*.svelte")]
    return [path for path in sorted(found) if ".gen." not in path.name]


@pytest.mark.parametrize("path", python_files(*PACKAGES) + web_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_at_most_350_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_LINES


def test_every_domain_and_live_file_has_a_test_that_mirrors_it() -> None:
    tests = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    sources = [path for path in python_files("meetings", "realtime") if path.name != "__init__.py"]
    missing = [str(path.relative_to(ROOT)) for path in sources if f"test_{path.name}" not in tests]
    assert missing == []


def test_only_persistence_writes_queries() -> None:
    pattern = re.compile(
        r"\b(?:select|insert|update|delete)\(\s*tables\.|\bsqlalchemy\.select\b|^\s*select\(", re.MULTILINE
    )
    outside = [path for path in python_files("server") if "persistence" not in path.parts]
    assert [str(path.relative_to(ROOT)) for path in outside if pattern.search(path.read_text())] == []


def test_no_file_is_called_after_nothing() -> None:
    vague = {"utils.py", "helpers.py", "common.py", "misc.py", "manager.py", "utils.ts", "helpers.ts"}
    assert [path for path in python_files(*PACKAGES) + web_files() if path.name in vague] == []


def test_lock_files_hold_no_download_address() -> None:
    locks = [*ROOT.glob("requirements*.lock"), ROOT / "web/package-lock.json"]
    assert len(locks) == 4
    holding = [
        path.name for path in locks if re.search(r"https?://(?!opencollective|github|tidelift)", path.read_text())
    ]
    assert holding == []


def test_no_test_waits_by_sleeping() -> None:
    pattern = re.compile(r"\b(?:time|asyncio)\.sleep\(0*[1-9.]|wait_for_timeout\(")
    tests = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    assert [str(path.relative_to(ROOT)) for path in tests if pattern.search(path.read_text())] == []


def test_nothing_is_swallowed_or_left_for_later() -> None:
    pattern = re.compile(r"except(?: Exception| BaseException)?:\s*\n\s*pass\b|\bTODO\b|\bFIXME\b|\bXXX\b")
    files = python_files(*PACKAGES) + web_files()
    assert [str(path.relative_to(ROOT)) for path in files if pattern.search(path.read_text())] == []
