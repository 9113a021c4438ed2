"""`./run` in a checkout that is built: nothing is written, and `./run hearth` is what the wheel installs."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import ROOT

# Instead of installing and building: the stamps of what is there already.
STAMPS = """
. ./functions
python_env() { sum_of "$1"; }
printf '%s' "$(sum_of requirements-dev.lock)" >.venv/.installed-requirements-dev.lock
printf '%s' "$(web_sources | tr '\\n' '\\0' | xargs -0 cat | cksum | tr -d ' ')" >web/dist/.built
"""


@pytest.fixture(scope="module")
def checkout() -> Iterator[Path]:
    """A copy of the tracked files, with an environment that is this one, and pages. Others may read it."""
    with tempfile.TemporaryDirectory(prefix="hearth-checkout-") as made:
        Path(made).chmod(0o755)
        _copy(Path(made))
        yield Path(made)


def _copy(folder: Path) -> None:
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    tracked = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in tracked.split("\0"):
        if name and (ROOT / name).exists() and not name.startswith(("tests/", "artefacts/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv/bin").mkdir(parents=True)
    # Not a link to the interpreter: it would take the folder for an environment of its own.
    python = folder / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (folder / "web/dist").mkdir(exist_ok=True)
    script = (ROOT / "run").read_text()
    (folder / "functions").write_text(script[script.index("ROOT=") : script.index("\nverb=")])
    subprocess.run(["sh", "-euc", STAMPS], cwd=folder, check=True)
    (folder / "functions").unlink()


def run(folder: Path, *arguments: str, data: Path, unprivileged: bool = False) -> subprocess.CompletedProcess[str]:
    """`./run ARGUMENTS`, also as somebody whom the modes of the files bind."""
    command, environment = prepared(folder, *arguments, data=data, unprivileged=unprivileged)
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def run_until_ready(folder: Path, data: Path) -> str:
    """The first line of `./run start`, which is stopped then, as somebody whom the modes of the files bind."""
    chosen = ("start", "--port", "0", "--media-port", "0")
    command, environment = prepared(folder, *chosen, data=data, unprivileged=True)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        server.terminate()
    return said


def prepared(folder: Path, *arguments: str, data: Path, unprivileged: bool) -> tuple[list[str], dict[str, str]]:
    """A command and its environment."""
    command = [str(folder / "run"), *arguments]
    if unprivileged and os.geteuid() == 0:
        # Root without the right to pass over modes: the interpreter may be closed to anybody else.
        rights = "-dac_override,-dac_read_search,-fowner"
        command = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}", *command]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "HEARTH_DATA_DIR": str(data), "HOME": str(data)}
    return command, environment


def state(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


def test_a_checkout_that_is_built_is_left_as_it_is(checkout: Path, tmp_path: Path) -> None:
    before = state(checkout)
    done = run(checkout, "hearth", "start", "--log-level", data=tmp_path)
    assert "hearth: installing" not in done.stderr and "hearth: building" not in done.stderr
    assert state(checkout) == before


def test_it_runs_where_nothing_can_be_written(checkout: Path, tmp_path: Path) -> None:
    modes = {path: path.stat().st_mode for path in (checkout, *checkout.rglob("*")) if not path.is_symlink()}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        tried = run(checkout, "hearth", "--version", data=tmp_path, unprivileged=True)
        started = run_until_ready(checkout, data=tmp_path)
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    assert "cannot be written" not in tried.stderr and "installing" not in tried.stderr
    assert (tried.returncode, tried.stdout.strip()) == (0, "0.1.0"), tried.stderr
    assert started.startswith("Hearth is ready at http://127.0.0.1:")


def test_what_the_build_writes_is_no_news_at_the_next_start(checkout: Path, tmp_path: Path) -> None:
    for made in ("web/src/i18n/gen/ui.en.ts", "web/src/ui/icons.gen.ts"):
        (checkout / made).parent.mkdir(parents=True, exist_ok=True)
        (checkout / made).write_text("export {};\n")
    assert "building" not in run(checkout, "hearth", "--version", data=tmp_path).stderr


def test_hearth_in_a_checkout_is_the_wheels(checkout: Path, tmp_path: Path) -> None:
    done = run(checkout, "hearth", "audit", "verify", data=tmp_path)
    assert done.returncode == 2 and done.stderr.startswith("hearth: ")
    assert run(checkout, "hearth", "--help", data=tmp_path).stdout.lstrip().startswith("Usage: ./run hearth ")


def test_where_nothing_can_be_written_a_missing_build_is_said(checkout: Path, tmp_path: Path) -> None:
    stamp = checkout / ".venv/.installed-requirements-dev.lock"
    kept = stamp.read_text()
    stamp.write_text("of another time")
    checkout.chmod(0o555)
    try:
        done = run(checkout, "hearth", "--version", data=tmp_path, unprivileged=True)
        assert done.returncode == 1
        assert done.stderr.endswith("cannot be written. Run ./run setup where it can be.\n")
    finally:
        checkout.chmod(0o755)
        stamp.write_text(kept)
