"""The whole test command: every check in order, one closing line. Run by `./run test`.

Steps run to the end even when one fails, so that one run tells everything. Nothing is skipped in silence: a skipped
test counts as failed. Arguments choose steps by name (`./run test unit e2e`).
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ARTEFACTS = ROOT / "artefacts"
BIN = ROOT / ".venv" / "bin"

CHECKS: dict[str, list[str]] = {
    "lint": [str(BIN / "ruff"), "check", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "types": [str(BIN / "mypy")],
    "imports": [str(BIN / "lint-imports"), "--no-cache"],
    "coverage": [str(BIN / "python"), "tests/coverage_of.py"],
    "web-check": ["npm", "--prefix", "web", "run", "--silent", "check"],
    "web-unit": ["npm", "--prefix", "web", "run", "--silent", "test"],
    "web-budget": ["npm", "--prefix", "web", "run", "--silent", "budget"],
}
SUITES: dict[str, list[str]] = {
    "unit": ["tests/unit", "tests/architecture"],
    "simulation": ["tests/simulation"],
    "contracts": ["tests/contracts"],
    "integration": ["tests/integration"],
    "security": ["tests/security"],
    "chaos": ["tests/chaos"],
    "e2e": ["tests/e2e"],
}
DEBUGGED = {"unit", "integration"}
"""Suites whose event loops watch themselves: coroutines never awaited, calls from the wrong thread, slow callbacks."""


def run_check(name: str, command: list[str]) -> tuple[int, int]:
    """Run one checker; counts as one test."""
    done = subprocess.run(command, cwd=ROOT, check=False)
    return (1, 0) if done.returncode == 0 else (0, 1)


def run_suite(name: str, paths: list[str]) -> tuple[int, int]:
    """Run one pytest suite; returns (passed, failed), where errors and skips count as failed."""
    report = ARTEFACTS / f"junit-{name}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "--durations=5", f"--junitxml={report}", *paths]
    environment = {**os.environ, "PYTHONASYNCIODEBUG": "1" if name in DEBUGGED else ""}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if not report.exists():
        return (0, 1)
    suite = ElementTree.parse(report).getroot().find("testsuite")
    assert suite is not None
    count = {key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")}
    failed = count["failures"] + count["errors"] + count["skipped"]
    if done.returncode != 0 and failed == 0:
        failed = 1
    return (max(count["tests"] - failed, 0), failed)


def main(wanted: list[str]) -> int:
    """Run the steps asked for (all by default) and print the closing line."""
    ARTEFACTS.mkdir(exist_ok=True)
    unknown = set(wanted) - set(CHECKS) - set(SUITES)
    if unknown:
        print(f"unknown steps: {', '.join(sorted(unknown))}; there are: {', '.join([*CHECKS, *SUITES])}")
        return 2
    rows: list[tuple[str, int, int, float]] = []
    for steps, runner in ((CHECKS, run_check), (SUITES, run_suite)):
        for name, what in steps.items():
            if wanted and name not in wanted:
                continue
            print(f"\n=== {name}", flush=True)
            began = time.monotonic()
            passed, failed = runner(name, what)
            rows.append((name, passed, failed, time.monotonic() - began))
    print("\nstep          passed  failed  seconds")
    for name, passed, failed, seconds in rows:
        print(f"{name:<12} {passed:>7} {failed:>7} {seconds:>8.0f}")
    failed = sum(row[2] for row in rows)
    print(f"\n{sum(row[1] for row in rows)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
