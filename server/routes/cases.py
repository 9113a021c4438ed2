"""Cases for their staff: the worker, that worker's supervisor, and staff of their meetings. Not theirs is not found."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from meetings.ids import CaseId
from server.errors import HttpError
from server.services.directory import CaseLine, CasePage, Directory
from server.services.sign_in import StaffSession


@get("/api/cases")
async def my_cases(staff: NamedDependency[StaffSession], directory: NamedDependency[Directory]) -> list[CaseLine]:
    """Cases this person may open, by family name."""
    return await directory.cases_of(staff.staff_id)


@get("/api/cases/{case_id:str}")
async def case(
    case_id: FromPath[str], staff: NamedDependency[StaffSession], directory: NamedDependency[Directory]
) -> CasePage:
    """One case with its children, meetings and records."""
    page = await directory.case(CaseId(case_id), staff.staff_id)
    if page is None:
        raise HttpError(404, "case.unknown", "There is no such case.")
    return page
