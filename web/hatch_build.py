"""Build hook: a wheel always carries the built pages, so that installing Hearth needs no Node."""

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("src", "i18n", "scripts", "package-lock.json", "vite.config.ts")


class PagesBuildHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Builds web/dist when it is missing or older than a source, and puts it into the wheel as server/static."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by the builder before files are collected. Raises CalledProcessError where npm fails."""
        web = Path(self.root) / "web"
        dist = web / "dist"
        if is_stale(web, dist / ".vite" / "manifest.json"):
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=web, check=True)  # noqa: S607
            subprocess.run(["npm", "run", "build"], cwd=web, check=True)  # noqa: S607
        build_data.setdefault("force_include", {})[str(dist)] = "server/static"


def is_stale(web: Path, manifest: Path) -> bool:
    """Whether the build is missing or any hand-written source is newer than it."""
    if not manifest.exists():
        return True
    built_at = manifest.stat().st_mtime
    roots = [web / name for name in SOURCES]
    files = [path for root in roots for path in ([root] if root.is_file() else root.rglob("*"))]
    written = [path for path in files if path.is_file() and "gen" not in path.parts and ".gen." not in path.name]
    return any(path.stat().st_mtime > built_at for path in written)
