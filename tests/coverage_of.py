"""Every branch of the domain and of the live layer's pure files is taken by their own tests. Run by `tests/all.py`.

"Own" means the tests that mirror them: what a simulation or a browser happens to pass through does not count, since it
does not say what should have come out. Nor do the random examples of Hypothesis, which are others each time. Which
files are pure is read from import contract 3.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def pure_files() -> list[Path]:
    """The live layer's files that contract 3 lists, relative to the checkout."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    pure = next(one["source_modules"] for one in contracts if one["name"].startswith("3 "))
    return [Path(*name.split(".")).with_suffix(".py") for name in pure if name.startswith("realtime.")]


def mirror(source: Path) -> Path:
    """The test file of a source file."""
    return Path("tests/unit") / source.with_name(f"test_{source.name}")


def main() -> int:
    """Run the mirrored tests under coverage and print what they leave out; 0 when nothing is."""
    sources = pure_files()
    tests = ["tests/unit/meetings", *(str(mirror(one)) for one in sources if (ROOT / mirror(one)).exists())]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "COVERAGE_FILE": str(Path(folder) / "data")}
        coverage = [sys.executable, "-m", "coverage"]
        run = [*coverage, "run", "--branch", "--source=meetings,realtime", "-m", "pytest", "-q", "-m", "not hypothesis"]
        if subprocess.run([*run, *tests], cwd=ROOT, env=environment, check=False).returncode != 0:
            return 1
        include = ",".join(["meetings/*", *map(str, sources)])
        report = [*coverage, "report", "-m", "--skip-covered", f"--include={include}", "--fail-under=100"]
        return subprocess.run(report, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
