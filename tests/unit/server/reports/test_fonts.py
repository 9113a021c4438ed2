import os
import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from server.reports.fonts import FACES, families, shipped_only, unprintable
from server.reports.wording import catalog


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.family)
def test_every_font_is_one_whole_file_with_its_licence(face) -> None:
    with TTFont(face.path, lazy=True) as font:
        names = font["name"]
        assert face.family in (names.getDebugName(1), names.getDebugName(16))
        assert "wght" in {axis.axisTag for axis in font["fvar"].axes}
        assert "SIL Open Font License" in names.getDebugName(13)


def test_latin_comes_first_and_a_language_may_have_its_own_next() -> None:
    assert families().startswith('"Noto Sans", "Noto Sans Devanagari"')
    assert families("Noto Sans JP").startswith('"Noto Sans", "Noto Sans JP", "Noto Sans Devanagari"')
    assert sorted(families("Noto Sans JP").split(", ")) == sorted(families().split(", "))


@pytest.mark.parametrize(
    "text",
    [
        "Dana Reyes, ñ ¿ – “quoted” …\n\t",
        "Nguyễn Шевченко Ελένη حسین\u200cعلی שָׁלוֹם क्षत्रिय",
        "বাংলা 陈伟 臺灣 ひらがな 葛\U000e0100 김민준 ខ្មែរ ကျော် አበበ กำลัง ລາວ",
        "👨\u200d👩\u200d👧 👍🏽 ❤\ufe0f 🇲🇽 🏴\U000e0067\U000e0062\U000e007f → ✓",
    ],
)
def test_what_the_fonts_have_can_be_printed(text: str) -> None:
    assert unprintable(text) == ()


def test_what_no_font_has_is_named_once_in_order() -> None:
    assert unprintable("Ꮳ and \U0001e900, and Ꮳ again \ue000") == ("Ꮳ", "\U0001e900", "\ue000")


@pytest.mark.parametrize("language", ["en", "es"])
def test_our_own_words_can_be_printed(language: str) -> None:
    assert unprintable("".join(catalog(language).values())) == ()


def test_what_fontconfig_was_told_before_it_is_told_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "/before")
    with shipped_only():
        during = Path(os.environ["FONTCONFIG_FILE"])
        assert during.exists()
    assert (os.environ["FONTCONFIG_FILE"], during.exists()) == ("/before", False)
    monkeypatch.delenv("FONTCONFIG_FILE")
    with shipped_only():
        pass
    assert "FONTCONFIG_FILE" not in os.environ


def test_a_machine_without_fonts_prints_the_same_ones(tmp_path: Path) -> None:
    """Neither a missing font nor another one of the machine changes a page."""
    nothing = tmp_path / "fonts.conf"
    nothing.write_text('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig/>')
    program = (
        "import sys, io, re\n"
        "from pathlib import Path\n"
        "from pypdf import PdfReader\n"
        "from server.reports.fonts import families\n"
        "from server.reports.press import pdf_ua\n"
        "page = f'<html lang=en><style>p {{ font-family: {families()} }}</style><p>Dana 陈伟 አበበ 👍'\n"
        "fonts = PdfReader(io.BytesIO(pdf_ua(page, Path('.')))).pages[0]['/Resources']['/Font'].values()\n"
        "print(sorted(one['/BaseFont'].partition('+')[2] for one in fonts))\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-W", "error::UserWarning", "-c", program],
            env=os.environ | more,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for more in ({}, {"FONTCONFIG_FILE": str(nothing)})
    }
    assert printed == {"['Noto-Emoji', 'Noto-Sans', 'Noto-Sans-Ethiopic', 'Noto-Sans-SC']\n"}


def test_a_font_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    face = FACES[0]._replace(package="no_such_fonts")
    with pytest.raises(OSError, match="no_such_fonts"):
        _ = face.path
