"""Tickets: what a page trades its session for before it opens the meeting socket."""

from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta

from meetings.ids import MeetingId
from server.auth import guards
from server.auth.limits import Limits
from server.config import Settings
from server.routes.bodies import json_body
from server.services.gate import IssuedTicket, TicketGate
from server.services.links import Links
from server.services.sign_in import StaffSessions


class TicketFor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /api/tickets: staff name the meeting, a guest's own meeting is known."""

    meeting_id: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")] | None = None


@post("/api/tickets", status_code=HTTP_200_OK)
async def ticket(
    request: Request[Any, Any, Any],
    gate: NamedDependency[TicketGate],
    limits: NamedDependency[Limits],
    settings: NamedDependency[Settings],
    staff_sessions: NamedDependency[StaffSessions],
    links: NamedDependency[Links],
) -> IssuedTicket:
    """A ticket for one socket, good once and for seconds.

    With `meeting_id` the caller is staff (404 `meeting.unknown` unless they take part); without, a guest.
    """
    wanted = await json_body(request, TicketFor)
    if wanted.meeting_id is None:
        guest = await guards.guest(request, links, limits, settings)
        return await gate.issue(guest.seat)
    staff = await guards.staff(request, staff_sessions, limits, settings)
    return await gate.issue_to_staff(staff.staff_id, staff.device_id, MeetingId(wanted.meeting_id))
