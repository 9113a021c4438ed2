"""Case records as JSON (the very bytes that were filed) and as PDF, and the schema they follow."""

import asyncio
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from meetings.ids import RecordId
from meetings.record import record_schema
from server.errors import HttpError
from server.reports.record_pdf import record_pdf
from server.routes.pages import language_of
from server.services.case_record import CaseRecords, FiledRecord
from server.services.sign_in import StaffSession

AnyRequest = Request[Any, Any, Any]

# Making a PDF takes a core for about a second: one at a time leaves the other to the meetings.
_PRESS = asyncio.Semaphore(1)


@get("/api/records/{record_id:str}")
async def record(
    request: AnyRequest,
    record_id: FromPath[str],
    staff: NamedDependency[StaffSession],
    records: NamedDependency[CaseRecords],
) -> Response[bytes]:
    """A record as JSON, or with `.pdf` at the end as PDF/UA to download. Not theirs is not found."""
    name = record_id.removesuffix(".pdf")
    filed = await records.read(RecordId(name), staff.staff_id)
    if filed is None:
        raise HttpError(404, "record.unknown", "There is no such record.")
    if name != record_id:
        return await _pdf(filed, language_of(request))
    return Response(filed.body, media_type="application/json", headers=_marks(filed))


@get("/api/schemas/case-record")
async def schema() -> dict[str, Any]:
    """The JSON schema of a case record."""
    return record_schema()


async def _pdf(filed: FiledRecord, language: str) -> Response[bytes]:
    async with _PRESS:
        body = await asyncio.to_thread(record_pdf, filed.record, language, str(filed.chain_head))
    headers = {"Content-Disposition": f'attachment; filename="case-record-{filed.record_id[:8]}.pdf"'} | _marks(filed)
    return Response(body, media_type="application/pdf", headers=headers)


def _marks(filed: FiledRecord) -> dict[str, str]:
    """What tells later that the record is the one that was filed (`audit verify --head`)."""
    return {"X-Record-SHA256": filed.sha256, "X-Record-Chain-Head": str(filed.chain_head)}
