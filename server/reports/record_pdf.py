"""The case record as an accessible, print-ready PDF."""

from meetings.record import CaseRecord
from server.errors import HttpError
from server.reports.record_page import TEMPLATES, record_html

__all__ = ["record_html", "record_pdf"]


def record_pdf(record: CaseRecord, language: str, chain_head: str | None = None) -> bytes:
    """PDF/UA-1 of the record in the language ("en" or "es"), US Letter. Call it in a thread: it takes about a second.

    Raises HttpError 503 `record.press_missing` where the system has no Pango.
    """
    try:
        # late: the rest of the server starts and works without the system libraries that printing needs
        from server.reports.press import pdf_ua
    except OSError as missing:
        raise HttpError(
            503, "record.press_missing", "This server cannot make PDF files: Pango is missing."
        ) from missing
    return pdf_ua(record_html(record, language, chain_head), TEMPLATES)
