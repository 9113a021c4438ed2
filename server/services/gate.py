"""Tickets: short proofs that a browser may open a socket to one meeting (`realtime.ports.Gate`)."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.errors import MeetingError
from meetings.ids import DeviceId, MeetingId, StaffId
from realtime.errors import CLOSE_UNAUTHENTICATED, ProtocolError
from realtime.ports import Clock, Seat
from server.persistence import meetings, sessions
from server.persistence.engine import Database
from server.persistence.unit_of_work import attempted, reading, writing
from server.services.clock import fingerprint, new_secret

TOUCH_S = 60.0  # taking part counts as activity; less writes more often


class IssuedTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket as handed to the browser, and how long it lives."""

    ticket: str
    expires_in_s: float

    def __repr__(self) -> str:
        """A ticket cannot be printed."""
        return "IssuedTicket()"


class TicketGate:
    """Issues tickets and turns each into a seat, once."""

    def __init__(self, database: Database, clock: Clock, *, ticket_s: float = 30, idle_s: float = 1800) -> None:
        self._database = database
        self._clock = clock
        self._ticket_s = ticket_s
        self._idle_s = idle_s

    async def issue(self, seat: Seat) -> IssuedTicket:
        """A ticket for a guest's seat (`Guest.seat`)."""
        ticket = new_secret()
        now = self._clock.now()

        async def once() -> None:
            async with writing(self._database) as connection:
                await sessions.forget_tickets(connection, now - timedelta(hours=1))
                await sessions.add_ticket(
                    connection, fingerprint(ticket), seat, now + timedelta(seconds=self._ticket_s)
                )

        await attempted(once)
        return IssuedTicket(ticket=ticket, expires_in_s=self._ticket_s)

    async def issue_to_staff(self, staff_id: StaffId, device_id: DeviceId, meeting_id: MeetingId) -> IssuedTicket:
        """A ticket for a member of staff, if they take part in the meeting; else MeetingError `meeting.unknown`."""
        async with reading(self._database) as connection:
            participant_id = await meetings.seat_of_staff(connection, meeting_id, staff_id)
        if participant_id is None:
            raise MeetingError("meeting.unknown", "There is no such meeting.")
        return await self.issue(
            Seat(meeting_id=meeting_id, participant_id=participant_id, device_id=device_id, second_device=False)
        )

    async def redeem(self, ticket: str) -> Seat:
        """The ticket's seat, for exactly one caller. Raises ProtocolError(4401) for any ticket that is no good, and
        for one whose session has ended since."""

        async def once() -> Seat | None:
            async with writing(self._database) as connection:
                now = self._clock.now()
                seat = await sessions.spend_ticket(connection, fingerprint(ticket), now)
                if seat is None or not await self._holds(connection, seat, now):
                    return None
                return seat

        seat = await attempted(once)
        if seat is None:
            raise ProtocolError(CLOSE_UNAUTHENTICATED, "ticket.invalid")
        return seat

    async def still_valid(self, seat: Seat) -> bool:
        """Whether the session behind a seat still stands: not ended, revoked or expired, the person not removed.

        Counts as activity of a member of staff.
        """
        now = self._clock.now()
        async with reading(self._database) as connection:
            if not await self._holds(connection, seat, now):
                return False
            session = await sessions.staff_on_device(connection, seat.device_id, now, self._idle_since(now))
        if session is not None and session.last_seen_at < now - timedelta(seconds=TOUCH_S):
            async with writing(self._database) as connection:
                await sessions.touch_staff(connection, session.id_sha256, now)
        return True

    async def _holds(self, connection: AsyncConnection, seat: Seat, now: datetime) -> bool:
        if await sessions.guest_on_device(connection, seat, now) is not None:
            return True
        session = await sessions.staff_on_device(connection, seat.device_id, now, self._idle_since(now))
        return session is not None and await sessions.has_staff_seat(
            connection, seat.meeting_id, seat.participant_id, session.staff_id
        )

    def _idle_since(self, now: datetime) -> datetime:
        return now - timedelta(seconds=self._idle_s)
