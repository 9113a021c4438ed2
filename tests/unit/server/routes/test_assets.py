import json
from pathlib import Path

import pytest

from server.routes.assets import Assets, best_encoding


@pytest.fixture
def build(tmp_path: Path) -> Path:
    manifest = {
        "src/main-join.ts": {
            "file": "join-1.js",
            "isEntry": True,
            "css": ["join-1.css"],
            "imports": ["_shared.js"],
            "dynamicImports": ["src/late.ts"],
        },
        "_shared.js": {
            "file": "shared-1.js",
            "css": ["shared-1.css"],
            "dynamicImports": ["src/i18n/gen/join.en.ts", "src/i18n/gen/join.es.ts", "src/i18n/gen/ui.es.ts"],
        },
        "src/late.ts": {"file": "late-1.js", "dynamicImports": ["src/i18n/gen/late.en.ts"]},
        **{f"src/i18n/gen/{name}.ts": {"file": f"{name}-1.js"} for name in ("join.en", "join.es", "ui.es", "late.en")},
    }
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "join-1.js").write_bytes(b"plain")
    (tmp_path / "join-1.js.br").write_bytes(b"br")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "a.woff2").write_bytes(b"font")
    return tmp_path


def test_an_entry_names_its_script_styles_and_what_it_imports_at_once(build: Path) -> None:
    entry = Assets.found((build,)).entry("src/main-join.ts")
    assert entry is not None
    assert entry.script == "/assets/join-1.js"
    assert entry.styles == ("/assets/join-1.css", "/assets/shared-1.css")
    assert entry.preloads == ("/assets/shared-1.js",)
    assert entry.words == {"en": ("/assets/join.en-1.js",), "es": ("/assets/join.es-1.js", "/assets/ui.es-1.js")}


def test_files_keep_their_packed_forms_and_the_manifest_is_not_served(build: Path) -> None:
    assets = Assets.found((build,))
    script = assets.file("join-1.js")
    font = assets.file("fonts/a.woff2")
    assert script is not None and font is not None
    assert script.bodies == {"": b"plain", "br": b"br"}
    assert script.media_type.startswith("text/javascript")
    assert font.media_type == "font/woff2"
    assert assets.file("join-1.js.br") is None
    assert assets.file(".vite/manifest.json") is None
    assert assets.file("../secret") is None


def test_without_a_build_there_is_nothing(tmp_path: Path) -> None:
    assets = Assets.found((tmp_path,))
    assert assets.entry("src/main-join.ts") is None and assets.file("join-1.js") is None


def test_the_first_place_with_a_build_is_taken(build: Path, tmp_path: Path) -> None:
    assert Assets.found((tmp_path / "none", build)).entry("src/main-join.ts") is not None


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.0", ""),
        ("", ""),
        ("identity", ""),
        ("BR", "br"),
    ],
)
def test_the_smallest_encoding_the_browser_takes(accepted: str, expected: str) -> None:
    assert best_encoding(accepted, frozenset({"", "br", "gzip"})) == expected


def test_an_encoding_that_is_not_there_is_not_promised() -> None:
    assert best_encoding("br, gzip", frozenset({""})) == ""
