"""Meetings for staff: lists, one meeting, a new one, its time, and the links of its people. Not theirs is not found."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from meetings.commands import CancelMeeting, MoveMeeting, Words
from meetings.ids import MeetingId, ParticipantId
from meetings.participants import Role
from server.config import Settings, line_to_set
from server.errors import HttpError
from server.routes.bodies import json_body
from server.services.desk import StoredDesk
from server.services.directory import Directory, MeetingLine, ParticipantLine
from server.services.links import Links
from server.services.scheduling import NewMeeting, Scheduled, Scheduling
from server.services.sign_in import StaffSession, StaffSessions

AnyRequest = Request[Any, Any, Any]

# Who may change links, move a meeting or call it off: those who answer for the meeting or the case.
_KEEPERS = frozenset({Role.FACILITATOR, Role.CASEWORKER, Role.SUPERVISOR})


class MeetingList(msgspec.Struct, frozen=True, kw_only=True):
    """Body of GET /api/meetings."""

    meetings: list[MeetingLine]


class MeetingDetail(msgspec.Struct, frozen=True, kw_only=True):
    """Body of GET /api/meetings/{id}: the line of the list, and its people."""

    meeting_id: MeetingId
    case_id: str
    family_name: str
    practice: str
    scheduled_at: datetime
    moved_from: datetime | None
    time_zone: str
    phase: str
    waiting: int
    my_role: str | None
    participant_id: ParticipantId | None
    participants: tuple[ParticipantLine, ...]

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"MeetingDetail({self.meeting_id[:6]})"


class NewTime(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /api/meetings/{id}/time: with its offset, shown in the meeting's own zone."""

    scheduled_at: datetime


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /api/meetings/{id}/cancel: why, for the log."""

    reason: Words

    def __repr__(self) -> str:
        """Words cannot be printed."""
        return "Reason()"


class NewLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link, shown once."""

    url: str

    def __repr__(self) -> str:
        """A link cannot be printed."""
        return "NewLink()"


class StaffLine(msgspec.Struct, frozen=True, kw_only=True):
    """A colleague one may ask to lead or join a meeting."""

    staff_id: str
    name: str
    role: str

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"StaffLine({self.role})"


@get("/api/staff")
async def colleagues(
    staff: NamedDependency[StaffSession], staff_sessions: NamedDependency[StaffSessions]
) -> list[StaffLine]:
    """Everyone who can sign in."""
    return [StaffLine(staff_id=one.staff_id, name=one.name, role=one.role) for one in await staff_sessions.everyone()]


@get("/api/meetings")
async def my_meetings(staff: NamedDependency[StaffSession], directory: NamedDependency[Directory]) -> MeetingList:
    """Meetings this person takes part in, newest first."""
    return MeetingList(meetings=await directory.meetings_of(staff.staff_id))


@post("/api/meetings", status_code=HTTP_201_CREATED)
async def schedule(
    request: AnyRequest,
    staff: NamedDependency[StaffSession],
    scheduling: NamedDependency[Scheduling],
    settings: NamedDependency[Settings],
) -> Scheduled:
    """Make a meeting of a case of theirs. 409 with the reason where the rules refuse, and `agency.unset` with the line
    to set where families would be shown no number to call."""
    if settings.unset:
        raise HttpError(409, "agency.unset", f"First set {line_to_set(settings.unset)}, then start Hearth again.")
    return await scheduling.schedule(await json_body(request, NewMeeting), staff.staff_id)


@get("/api/meetings/{meeting_id:str}")
async def meeting(
    meeting_id: FromPath[str], staff: NamedDependency[StaffSession], directory: NamedDependency[Directory]
) -> MeetingDetail:
    """One meeting with its people."""
    return await _detail(directory, MeetingId(meeting_id), staff)


@post("/api/meetings/{meeting_id:str}/time", status_code=HTTP_200_OK)
async def move(
    request: AnyRequest,
    meeting_id: FromPath[str],
    staff: NamedDependency[StaffSession],
    directory: NamedDependency[Directory],
    desk: NamedDependency[StoredDesk],
) -> MeetingDetail:
    """Another time for a meeting that has not begun; everyone's link works at the new time. 409 with the reason."""
    body = await json_body(request, NewTime)
    return await _arrange(directory, desk, MeetingId(meeting_id), staff, MoveMeeting(scheduled_at=body.scheduled_at))


@post("/api/meetings/{meeting_id:str}/cancel", status_code=HTTP_200_OK)
async def cancel(
    request: AnyRequest,
    meeting_id: FromPath[str],
    staff: NamedDependency[StaffSession],
    directory: NamedDependency[Directory],
    desk: NamedDependency[StoredDesk],
) -> MeetingDetail:
    """Call a meeting off before it begins. 409 with the reason where it cannot be."""
    body = await json_body(request, Reason)
    return await _arrange(directory, desk, MeetingId(meeting_id), staff, CancelMeeting(reason=body.reason))


@post("/api/meetings/{meeting_id:str}/links/{participant_id:str}", status_code=HTTP_200_OK)
async def reissue_link(
    meeting_id: FromPath[str],
    participant_id: FromPath[str],
    staff: NamedDependency[StaffSession],
    directory: NamedDependency[Directory],
    links: NamedDependency[Links],
) -> NewLink:
    """A new link for one person; the old one, and every browser it opened, stop at once."""
    by = await _keeper(directory, MeetingId(meeting_id), staff)
    token = await links.reissue(MeetingId(meeting_id), ParticipantId(participant_id), by)
    return NewLink(url=links.url(token))


@delete("/api/meetings/{meeting_id:str}/links/{participant_id:str}", status_code=HTTP_204_NO_CONTENT)
async def revoke_link(
    meeting_id: FromPath[str],
    participant_id: FromPath[str],
    staff: NamedDependency[StaffSession],
    directory: NamedDependency[Directory],
    links: NamedDependency[Links],
) -> None:
    """End one person's links and sessions."""
    by = await _keeper(directory, MeetingId(meeting_id), staff)
    await links.revoke(MeetingId(meeting_id), ParticipantId(participant_id), by)


async def _arrange(
    directory: Directory,
    desk: StoredDesk,
    meeting_id: MeetingId,
    staff: StaffSession,
    command: MoveMeeting | CancelMeeting,
) -> MeetingDetail:
    await desk.perform(meeting_id, command, await _keeper(directory, meeting_id, staff))
    return await _detail(directory, meeting_id, staff)


async def _detail(directory: Directory, meeting_id: MeetingId, staff: StaffSession) -> MeetingDetail:
    page = await directory.meeting(meeting_id, staff.staff_id)
    if page is None:
        raise _unknown()
    return MeetingDetail(**msgspec.structs.asdict(page.meeting), participants=page.participants)


async def _keeper(directory: Directory, meeting_id: MeetingId, staff: StaffSession) -> ParticipantId:
    page = await directory.meeting(meeting_id, staff.staff_id)
    if page is None:
        raise _unknown()
    if page.meeting.participant_id is None or page.meeting.my_role not in _KEEPERS:
        raise HttpError(403, "meeting.not_yours", "Only the meeting's own staff can change it.")
    return page.meeting.participant_id


def _unknown() -> HttpError:
    return HttpError(404, "meeting.unknown", "There is no such meeting.")
