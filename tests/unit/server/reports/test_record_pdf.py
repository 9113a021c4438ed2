import io
import sys
import time

import pytest
from msgspec.structs import replace
from pypdf import PdfReader

from server.errors import HttpError
from server.reports.record_pdf import record_pdf
from tests.support.records import agreed_record, disagreed_record
from tests.support.story import DISSENT


@pytest.fixture(scope="module")
def dissenting() -> PdfReader:
    return PdfReader(io.BytesIO(record_pdf(disagreed_record(), "en")))


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_file_says_what_it_is(dissenting: PdfReader) -> None:
    catalog = dissenting.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert dissenting.metadata is not None
    assert dissenting.metadata.title == "Case record: Reyes family team meeting, November 23, 2026"
    about = catalog["/Metadata"].get_data().decode()
    assert "pdfuaid:part" in about
    assert "Reyes family team meeting" in about


def test_dissent_is_printed_word_for_word(dissenting: PdfReader) -> None:
    assert DISSENT in text_of(dissenting)


def test_pages_are_letter_and_numbered(dissenting: PdfReader) -> None:
    count = len(dissenting.pages)
    for number, page in enumerate(dissenting.pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (612, 792)
        assert f"Page {number} of {count}" in " ".join(page.extract_text().split())


def test_bookmarks_follow_the_headings(dissenting: PdfReader) -> None:
    top = [one.title for one in dissenting.outline if not isinstance(one, list)]
    assert top == ["Reyes family team meeting"]


def test_all_fonts_are_inside_the_file(dissenting: PdfReader) -> None:
    for page in dissenting.pages:
        for font in page["/Resources"]["/Font"].values():
            (inner,) = font["/DescendantFonts"]
            descriptor = inner["/FontDescriptor"]
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
            assert "Noto-Sans" in font["/BaseFont"]


def test_the_spanish_record_is_spanish() -> None:
    reader = PdfReader(io.BytesIO(record_pdf(agreed_record(), "es")))
    assert reader.trailer["/Root"]["/Lang"] == "es"
    assert "El equipo estuvo de acuerdo." in text_of(reader)
    assert "Página 1 de" in text_of(reader)


def test_without_pango_the_refusal_is_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoPango:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name == "server.reports.press":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.delitem(sys.modules, "server.reports.press", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])
    with pytest.raises(HttpError) as refusal:
        record_pdf(agreed_record(), "en")
    assert (refusal.value.status, refusal.value.code) == (503, "record.press_missing")


def test_the_longest_reasons_print_whole() -> None:
    """Words without a space once took WeasyPrint half a minute a table; nothing may be cut off either."""
    record = disagreed_record()
    (decision,) = record.decisions
    longest = [replace(one, reason=f"{'x' * 1990} end{number}") for number, one in enumerate(decision.positions)]
    began = time.process_time()
    pdf = record_pdf(replace(record, decisions=(replace(decision, positions=tuple(longest)),)), "en")
    assert time.process_time() - began < 10
    words = text_of(PdfReader(io.BytesIO(pdf)))
    assert all(f"end{number}" in words for number in range(len(longest)))
