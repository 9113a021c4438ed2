"""Build hook: a wheel or sdist always carries the built pages, so that installing Hearth needs no Node."""

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesBuildHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Builds web/dist when it is missing and puts it into the wheel as server/static."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by the builder before files are collected. Raises CalledProcessError where npm fails."""
        web = Path(self.root) / "web"
        dist = web / "dist"
        if not (dist / ".vite" / "manifest.json").exists():
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=web, check=True)  # noqa: S607
            subprocess.run(["npm", "run", "build"], cwd=web, check=True)  # noqa: S607
        build_data.setdefault("force_include", {})[str(dist)] = "server/static"
