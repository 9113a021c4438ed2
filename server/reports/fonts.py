"""The fonts of printed pages: one whole file a script, brought by two packages, and which letters they have.

Whole files, because WeasyPrint prints other letters out of fonts sliced by `unicode-range`. Only these, because a page
is to look the same on every machine and a letter that is missing is to be known: what the machine has is not asked.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it has no types

from meetings import words

_NOTO, _CJK = "manimgx_fonts", "justmytype_intl_cjk"
_BRAHMIC = (
    "Devanagari",
    "Bengali",
    "Gurmukhi",
    "Gujarati",
    "Oriya",
    "Tamil",
    "Telugu",
    "Kannada",
    "Malayalam",
    "Sinhala",
)
_OTHERS = ("Arabic", "Hebrew", "Armenian", "Georgian", "Ethiopic", "Khmer", "Myanmar", "Thai", "Lao")
_CONFIGURATION = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>{folders}<cachedir>{cache}</cachedir></fontconfig>"""


class Face(NamedTuple):
    """A variable font (weights 100 to 900): its family as CSS names it, and its file."""

    family: str
    package: str
    file: str

    @property
    def path(self) -> Path:
        """Where it is installed."""
        return _folder(self.package) / self.file


def _noto(script: str) -> Face:
    return Face(f"Noto Sans {script}".strip(), _NOTO, f"NotoSans{script}[wght].ttf")


def _han(region: str) -> Face:
    return Face(f"Noto Sans {region}", _CJK, f"fonts/ofl/notosans{region.lower()}/NotoSans{region}[wght].ttf")


FACES = (
    _noto(""),  # Latin with Vietnamese, Greek, Cyrillic
    *(_noto(script) for script in (*_BRAHMIC, *_OTHERS)),
    *(_han(region) for region in ("SC", "TC", "JP", "KR")),
    _noto("Symbols"),
    Face("Noto Emoji", _NOTO, "NotoEmoji[wght].ttf"),
)
"""A letter is drawn by the first of these that has it."""


def families(first: str = "") -> str:
    """The families for CSS `font-family`, in order; the one named `first` right after Latin."""
    rest = [face.family for face in FACES[1:]]
    return ", ".join(f'"{one}"' for one in [FACES[0].family, *sorted(rest, key=lambda one: one != first)])


def unprintable(text: str) -> tuple[str, ...]:
    """The characters of a text that no font here has, each once, in order. Only other than Latin reads the fonts."""
    return () if max(text, default="") <= "\u00ff" else words.unprintable(text, printed())


@cache
def printed() -> frozenset[int]:
    """The code points that have a glyph. Call it in a thread: the first time, all fonts are read (about a second)."""
    codes: set[int] = set()
    for face in FACES:
        with TTFont(face.path, lazy=True) as font:
            codes.update(font.getBestCmap())
    return frozenset(codes)


@contextmanager
def shipped_only() -> Iterator[None]:
    """Fontconfig finds these fonts and no others while this lasts. What is made meanwhile keeps them."""
    before = os.environ.get("FONTCONFIG_FILE")
    with TemporaryDirectory(prefix="hearth-fonts-") as folder:
        configuration = Path(folder, "fonts.conf")
        folders = "".join(f"<dir>{escape(str(one))}</dir>" for one in _folders())
        configuration.write_text(_CONFIGURATION.format(folders=folders, cache=escape(folder)))
        os.environ["FONTCONFIG_FILE"] = str(configuration)
        try:
            yield
        finally:
            del os.environ["FONTCONFIG_FILE"]
            if before is not None:
                os.environ["FONTCONFIG_FILE"] = before


def _folders() -> Iterable[Path]:
    return dict.fromkeys(face.path.parent for face in FACES)


@cache
def _folder(package: str) -> Path:
    """Where a package of fonts is, without importing it: one of them would import what we do not need."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise OSError(f"the fonts of {package} are not installed")
    return Path(found.submodule_search_locations[0])
