"""The full numbers behind tests of which `./run test` takes a slice. Run by `./run soak NAME`; prints what it measured.

Each name is the tests it runs and the settings that make them long.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SOAKS: dict[str, tuple[dict[str, str], list[str]]] = {
    # A known e-mail hammered from a hundred addresses for two minutes; then every flood at once for as long.
    "floods": (
        {"HEARTH_TEST_ATTACK_S": "120"},
        ["tests/security/test_sign_in_attack.py", "tests/security/test_all_floods_at_once.py"],
    ),
}


def main(arguments: list[str]) -> int:
    """Run one soak; more arguments go to pytest. Returns its exit code, 2 where there is no such soak."""
    name, *more = arguments or [""]
    if name not in SOAKS:
        print(f"which soak? There are: {', '.join(SOAKS)}")
        return 2
    settings, tests = SOAKS[name]
    command = [sys.executable, "-m", "pytest", "-q", "-s", *tests, *more]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
