"""Personal links: issued, spent once, reissued, revoked. Only the SHA-256 of a token is stored.

A link works from shortly before its meeting until the meeting ends or the link is revoked, however old it is and
however long the meeting takes. The first browser to spend a link is bound to it and gets the person's seat; any other
reaches the lobby only, marked as a second device. Loading the page spends nothing.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.errors import MeetingError
from meetings.ids import DeviceId, MeetingId, ParticipantId
from meetings.meeting import OVER, Phase
from meetings.participants import Role
from realtime.ports import Clock, NewId, Seat
from server.persistence import audit, links, meetings, sessions
from server.persistence.audit import AuditEntry
from server.persistence.engine import Database
from server.persistence.unit_of_work import attempted, reading, writing
from server.services.clock import fingerprint, new_secret

MOST_DEVICES = 20  # sessions of one person at a time: a leaked link cannot fill the lobby

_TEXTS = {
    "link.unknown": "This link is not known. Please check that it is whole.",
    "link.revoked": "This link has been replaced or withdrawn. Please ask for a new one.",
    "link.too_many_devices": "This link was opened on too many devices. Please ask for a new one.",
    "meeting.over": "This meeting is over.",
    "meeting.cancelled": "This meeting was called off.",
    "meeting.moved": "This meeting was moved. The link works from 30 minutes before it.",
    "meeting.too_early": "It is too early. The link works from 30 minutes before the meeting.",
    "guest.signed_out": "Please open your link again.",
}


class LinkError(Exception):
    """A link or guest session is no good. `code` is stable; `scheduled_at` and `time_zone` are set for
    `meeting.too_early` and `meeting.moved`."""

    def __init__(self, code: str, scheduled_at: datetime | None = None, time_zone: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.text = _TEXTS[code]
        self.scheduled_at = scheduled_at
        self.time_zone = time_zone


class GuestMeeting(msgspec.Struct, frozen=True, kw_only=True):
    """All a person may know of the meeting before they are admitted."""

    scheduled_at: datetime
    moved_from: datetime | None
    time_zone: str
    phase: str
    facilitator_first_name: str


class Guest(msgspec.Struct, frozen=True, kw_only=True):
    """A person who holds a guest session."""

    seat: Seat
    name: str
    language: str
    meeting: GuestMeeting

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"Guest({self.seat.participant_id[:6]})"

    @property
    def state(self) -> str:
        """ "seated" or "second_device"."""
        return "second_device" if self.seat.second_device else "seated"


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """The guest and the value of their session cookie (the one they came with, if it still held)."""

    guest: Guest
    cookie: str

    def __repr__(self) -> str:
        """A session id cannot be printed."""
        return "Spent()"


class Links:
    """Links and the guest sessions that come of them. Times are seconds."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        new_id: NewId,
        *,
        public_url: str,
        before_s: float = 1800,
        session_s: float = 8 * 3600,
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._public_url = public_url
        self._before = timedelta(seconds=before_s)
        self._session = timedelta(seconds=session_s)

    def url(self, token: str) -> str:
        """The address to send. The token is in the fragment: servers, proxies and previews never see it."""
        return f"{self._public_url}/j#{token}"

    async def issue(
        self, connection: AsyncConnection, meeting_id: MeetingId, participant_id: ParticipantId, scheduled_at: datetime
    ) -> str:
        """A new token, stored in the caller's transaction. Earlier links of the person stay as they are."""
        token = new_secret()
        await links.add(
            connection,
            fingerprint(token),
            meeting_id,
            participant_id,
            issued_at=self._clock.now(),
            valid_from=scheduled_at - self._before,
        )
        return token

    async def spend(self, token: str, cookie: str | None) -> Spent:
        """Open a link in a browser that came with `cookie` (its guest session, if it has one). Raises LinkError.

        The first browser is bound; the same browser gets its own seat back; any other is a second device.
        """

        async def once() -> Spent:
            async with writing(self._database) as connection:
                return await self._spend(connection, fingerprint(token), cookie)

        return await attempted(once)

    async def look(self, token: str) -> Guest:
        """Whose link it is, for a page without scripts. Spends nothing, binds nothing. Raises LinkError."""
        async with reading(self._database) as connection:
            link = await links.by_token(connection, fingerprint(token))
            if link is None:
                raise LinkError("link.unknown")
            await _check(connection, link, self._clock.now())
            seat = Seat(
                meeting_id=link.meeting_id,
                participant_id=link.participant_id,
                device_id=DeviceId(""),
                second_device=True,
            )
            return await _guest(connection, seat)

    async def guest(self, cookie: str) -> Guest:
        """Who holds this guest session. Raises LinkError `guest.signed_out`."""
        async with reading(self._database) as connection:
            row = await sessions.live_guest(connection, fingerprint(cookie), self._clock.now())
            if row is None:
                raise LinkError("guest.signed_out")
            return await _guest(connection, _seat(row))

    def in_time(self, guest: Guest) -> Guest:
        """The guest, if there is something to come in to. Raises LinkError `meeting.moved` where the meeting was moved
        since they opened their link, to a time that is not near yet."""
        meeting = guest.meeting
        if meeting.moved_from is not None and self._clock.now() < meeting.scheduled_at - self._before:
            raise _early(meeting)
        return guest

    async def choose_language(self, cookie: str, language: str) -> Guest:
        """Keep the person's language ("en" or "es"). Raises LinkError `guest.signed_out`."""
        guest = await self.guest(cookie)

        async def once() -> Guest:
            async with writing(self._database) as connection:
                await meetings.choose_language(connection, guest.seat.participant_id, language)
                return await _guest(connection, guest.seat)

        return await attempted(once)

    async def leave(self, cookie: str) -> None:
        """End the guest session of this browser; the link stays bound to it, and opens the lobby from then on."""

        async def once() -> None:
            async with writing(self._database) as connection:
                await sessions.end_guest(connection, fingerprint(cookie), self._clock.now())

        await attempted(once)

    async def reissue(self, meeting_id: MeetingId, participant_id: ParticipantId, by: ParticipantId) -> str:
        """A new token; the old links of the person and the sessions that came of them end now.

        Raises MeetingError (`participant.unknown`, `participant.removed`, `meeting.over`).
        """

        async def once() -> str:
            async with writing(self._database) as connection:
                meeting = await _linkable(connection, meeting_id, participant_id)
                await self._revoke(connection, meeting_id, participant_id, by, "link.reissued")
                return await self.issue(connection, meeting_id, participant_id, meeting.scheduled_at)

        return await attempted(once)

    async def revoke(self, meeting_id: MeetingId, participant_id: ParticipantId, by: ParticipantId) -> None:
        """End the person's links and sessions. Raises MeetingError as `reissue` does."""

        async def once() -> None:
            async with writing(self._database) as connection:
                await _linkable(connection, meeting_id, participant_id)
                await self._revoke(connection, meeting_id, participant_id, by, "link.revoked")

        await attempted(once)

    async def _revoke(
        self,
        connection: AsyncConnection,
        meeting_id: MeetingId,
        participant_id: ParticipantId,
        by: ParticipantId,
        action: str,
    ) -> None:
        now = self._clock.now()
        await links.revoke(connection, participant_id, now)
        entry = AuditEntry(actor=f"participant/{by}", action=action, object=f"participant/{participant_id}")
        await audit.append(connection, meeting_id, now, [entry])

    async def _spend(self, connection: AsyncConnection, token_sha256: str, cookie: str | None) -> Spent:
        now = self._clock.now()
        link = await links.by_token(connection, token_sha256)
        if link is None:
            raise LinkError("link.unknown")
        await _check(connection, link, now)
        held = None if cookie is None else await sessions.live_guest(connection, fingerprint(cookie), now)
        if cookie is not None and held is not None and held.participant_id == link.participant_id:
            return Spent(guest=await _guest(connection, _seat(held)), cookie=cookie)
        if await sessions.live_guests(connection, link.participant_id, now) >= MOST_DEVICES:
            raise LinkError("link.too_many_devices")
        device_id = DeviceId(self._new_id())
        is_first = await links.bind(connection, token_sha256, device_id, now)
        seat = Seat(
            meeting_id=link.meeting_id,
            participant_id=link.participant_id,
            device_id=device_id,
            second_device=not is_first,
        )
        fresh = new_secret()
        await sessions.add_guest(
            connection, fingerprint(fresh), token_sha256, seat, now=now, expires_at=now + self._session
        )
        entry = AuditEntry(
            actor=f"participant/{seat.participant_id}",
            action="link.spent" if is_first else "link.spent_elsewhere",
            object=f"device/{device_id}",
        )
        await audit.append(connection, link.meeting_id, now, [entry])
        return Spent(guest=await _guest(connection, seat), cookie=fresh)


async def _check(connection: AsyncConnection, link: Row[Any], now: datetime) -> None:
    meeting = await meetings.row(connection, link.meeting_id)
    assert meeting is not None
    if link.revoked_at is not None:
        raise LinkError("link.revoked")
    if meeting.phase == Phase.CANCELLED:
        raise LinkError("meeting.cancelled")
    if meeting.phase in OVER:
        raise LinkError("meeting.over")
    if now < link.valid_from:
        raise _early(meeting)


def _early(meeting: Row[Any] | GuestMeeting) -> LinkError:
    code = "meeting.too_early" if meeting.moved_from is None else "meeting.moved"
    return LinkError(code, meeting.scheduled_at, meeting.time_zone)


async def _linkable(connection: AsyncConnection, meeting_id: MeetingId, participant_id: ParticipantId) -> Row[Any]:
    """The meeting's row, if the person takes part by link and the meeting is not over."""
    person = await meetings.participant(connection, participant_id)
    if person is None or person.meeting_id != meeting_id or person.staff_id is not None:
        raise MeetingError("participant.unknown", "This person has no link in this meeting.")
    if person.removed_at is not None:
        raise MeetingError("participant.removed", "The meeting was ended for this person.")
    meeting = await meetings.row(connection, meeting_id)
    assert meeting is not None
    if meeting.phase in OVER:
        raise MeetingError("meeting.over", "The meeting is over.")
    return meeting


async def _guest(connection: AsyncConnection, seat: Seat) -> Guest:
    meeting = await meetings.row(connection, seat.meeting_id)
    people = {person.participant_id: person for person in await meetings.participants(connection, seat.meeting_id)}
    assert meeting is not None
    facilitator = next(person for person in people.values() if person.role == Role.FACILITATOR)
    return Guest(
        seat=seat,
        name=people[seat.participant_id].name,
        language=people[seat.participant_id].language,
        meeting=GuestMeeting(
            scheduled_at=meeting.scheduled_at,
            moved_from=meeting.moved_from,
            time_zone=meeting.time_zone,
            phase=meeting.phase,
            facilitator_first_name=facilitator.name.split()[0],
        ),
    )


def _seat(row: Row[Any]) -> Seat:
    return Seat(
        meeting_id=row.meeting_id,
        participant_id=row.participant_id,
        device_id=row.device_id,
        second_device=row.second_device,
    )
