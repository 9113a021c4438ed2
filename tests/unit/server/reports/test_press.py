import io
from pathlib import Path

import pytest
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from server.reports.press import pdf_ua

PAGE = '<html lang="en"><head><title>Note</title>{head}</head><body><h1>Note</h1><p>Ruth is there.</p></body></html>'


@pytest.mark.parametrize("address", ["file:///etc/passwd", "https://example.org/x.css", "../up.css", "data:text/css,"])
def test_a_page_reaches_only_its_own_files(tmp_path: Path, address: str) -> None:
    (tmp_path / "up.css").write_text("p { display: none }")
    folder = tmp_path / "own"
    folder.mkdir()
    head = f'<link rel="stylesheet" href="{address}">'
    with pytest.raises(FatalURLFetchingError, match="Error fetching"):
        pdf_ua(PAGE.format(head=head), folder)


def test_its_own_files_it_reaches(tmp_path: Path) -> None:
    (tmp_path / "own.css").write_text("p { display: none }")
    pdf = pdf_ua(PAGE.format(head='<link rel="stylesheet" href="own.css">'), tmp_path)
    assert "Ruth is there." not in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
