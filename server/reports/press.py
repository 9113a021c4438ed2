"""HTML to accessible PDF: the only place that knows WeasyPrint. Import it late: it needs the system's Pango."""

from pathlib import Path
from typing import Any

from server.reports.fonts import shipped_only
from server.reports.tagging import finish

with shipped_only():  # it looks for fonts when it is imported, and once more for each set of fonts
    from weasyprint import HTML  # type: ignore[import-untyped]  # it has no types
    from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
    from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]

    _FONTS = FontConfiguration()


class _OwnFilesOnly(URLFetcher):  # type: ignore[misc]
    """Fetches files below one folder: a page can reach neither the network nor the rest of the disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False, fail_on_errors=True)
        self._root = folder.resolve().as_uri() + "/"

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        """The file's response. Raises ValueError for anything else."""
        if not url.startswith(self._root) or ".." in url:
            raise ValueError("a printed page reaches only its own files")
        return super().fetch(url, headers)


def pdf_ua(html: str, folder: Path) -> bytes:
    """The page as PDF/UA-1 bytes; relative addresses are files of `folder`. One call at a time: the fonts are shared.

    Raises `FatalURLFetchingError` where the page asks for anything else: a page that does is our mistake.
    """
    page = HTML(string=html, base_url=f"{folder.resolve().as_uri()}/", url_fetcher=_OwnFilesOnly(folder))
    pdf = page.write_pdf(pdf_variant="pdf/ua-1", font_config=_FONTS, finisher=lambda document, pdf: finish(pdf))
    assert isinstance(pdf, bytes)
    return pdf
