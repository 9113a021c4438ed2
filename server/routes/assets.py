"""The built front end: files in memory under their hashed names, with Vite's manifest, compressed ahead of time.

They come with the wheel (`server/static`), or from the checkout (`web/dist`) after `npm run build`.
"""

import mimetypes
import re
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from server.auth.headers import IMMUTABLE
from server.errors import HttpError

BUILD_COMMAND = "npm --prefix web ci && npm --prefix web run build"

BASE = "/assets/"

_SERVER = Path(__file__).resolve().parent.parent
PLACES = (_SERVER / "static", _SERVER.parent / "web" / "dist")

_CATALOGUE = re.compile(r"/gen/[a-z_]+\.([a-z]{2})\.ts$")
_PACKED = {".br": "br", ".gz": "gzip"}
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".wasm": "application/wasm",
}


class Asset(msgspec.Struct, frozen=True):
    """One file: its type and its bytes by content encoding ("" is plain)."""

    media_type: str
    bodies: dict[str, bytes]


class Entry(msgspec.Struct, frozen=True):
    """What a page loads: the module, its styles, the modules it needs at once, and the words of its first screens by
    language. All are absolute paths."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]
    words: dict[str, tuple[str, ...]]


class _Chunk(msgspec.Struct, frozen=True):
    file: str
    css: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    dynamicImports: tuple[str, ...] = ()  # as Vite writes it


class Assets:
    """The files of one build, read once. Without a build it is empty and pages say how to make one."""

    def __init__(self, files: dict[str, Asset], chunks: dict[str, _Chunk]) -> None:
        self._files = files
        self._chunks = chunks

    @classmethod
    def found(cls, places: tuple[Path, ...] = PLACES) -> "Assets":
        """The build in the first of `places` that holds one."""
        for place in places:
            manifest = place / ".vite" / "manifest.json"
            if manifest.is_file():
                chunks = msgspec.json.decode(manifest.read_bytes(), type=dict[str, _Chunk])
                return cls(_read(place), chunks)
        return cls({}, {})

    def file(self, path: str) -> Asset | None:
        """The file at `path` below /assets/ ("join-AbC.js")."""
        return self._files.get(path)

    def entry(self, source: str) -> Entry | None:
        """What a page loads for the entry `source` ("src/main-join.ts"); None when it was not built."""
        if source not in self._chunks:
            return None
        seen: dict[str, None] = {}
        self._walk(source, seen)
        chunks = [self._chunks[name] for name in seen]
        styles = dict.fromkeys(f"{BASE}{style}" for chunk in chunks for style in chunk.css)
        preloads = tuple(f"{BASE}{chunk.file}" for chunk in chunks[1:])
        return Entry(f"{BASE}{chunks[0].file}", tuple(styles), preloads, self._words(chunks))

    def _words(self, chunks: list[_Chunk]) -> dict[str, tuple[str, ...]]:
        """The catalogues these chunks ask for as soon as they run, which follow the language and not the imports."""
        found: dict[str, dict[str, None]] = {}
        for source in (source for chunk in chunks for source in chunk.dynamicImports):
            if catalogue := _CATALOGUE.search(source):
                found.setdefault(catalogue[1], {})[f"{BASE}{self._chunks[source].file}"] = None
        return {language: tuple(files) for language, files in found.items()}

    def _walk(self, name: str, seen: dict[str, None]) -> None:
        if name not in seen and name in self._chunks:
            seen[name] = None
            for imported in self._chunks[name].imports:
                self._walk(imported, seen)


def _read(place: Path) -> dict[str, Asset]:
    files: dict[str, Asset] = {}
    for path in sorted(place.rglob("*")):
        if path.is_file() and path.suffix not in _PACKED and ".vite" not in path.parts:
            bodies = {"": path.read_bytes()}
            for suffix, encoding in _PACKED.items():
                packed = path.with_name(path.name + suffix)
                if packed.is_file():
                    bodies[encoding] = packed.read_bytes()
            kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            files[path.relative_to(place).as_posix()] = Asset(kind, bodies)
    return files


def best_encoding(accepted: str, available: frozenset[str]) -> str:
    """The smallest encoding the browser takes and we hold; "" is plain. `q=0` means "not that one"."""
    wanted = set()
    for part in accepted.lower().split(","):
        name, _, parameter = part.strip().partition(";")
        if not re.fullmatch(r"\s*q=0(\.0*)?\s*", parameter):
            wanted.add(name.strip())
    return next((name for name in ("br", "gzip") if name in wanted and name in available), "")


@get("/assets/{path:path}", include_in_schema=False)
async def asset(
    request: Request[Any, Any, Any], path: FromPath[Path], assets: NamedDependency[Assets]
) -> Response[bytes]:
    """One file of the front end; its name changes with its content, so that it may be kept for ever."""
    found = assets.file(path.as_posix().lstrip("/"))
    if found is None:
        raise HttpError(404)
    encoding = best_encoding(request.headers.get("accept-encoding", ""), frozenset(found.bodies))
    headers = {"cache-control": IMMUTABLE, "vary": "accept-encoding"}
    if encoding:
        headers["content-encoding"] = encoding
    return Response(found.bodies[encoding], media_type=found.media_type, headers=headers)
