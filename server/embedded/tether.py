"""Becomes another program that dies with the process that started it: `tether.py PARENT_PID PROGRAM ARG...`.

A program of its own, because the wish must be made between fork and exec, where a threaded server may run no Python.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask the kernel (Linux) to end us with our parent, then become the program."""
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):  # it died before we asked
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606  a fixed program, no shell


if __name__ == "__main__":
    main()
