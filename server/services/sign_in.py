"""Staff sessions: opened after a password was checked elsewhere, found by their cookie, ended."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from meetings.ids import DeviceId, StaffId
from realtime.ports import Clock, NewId
from server.persistence import audit, sessions, staff
from server.persistence.audit import AuditEntry
from server.persistence.engine import Database
from server.persistence.refusal import Unstorable
from server.persistence.unit_of_work import attempted, reading, writing
from server.services.clock import fingerprint, new_secret

TOUCH_S = 60.0


class StaffMember(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who can sign in."""

    staff_id: StaffId
    email: str
    name: str
    role: str
    language: str
    password_hash: str

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"StaffMember({self.staff_id[:6]})"


class StaffSession(msgspec.Struct, frozen=True, kw_only=True):
    """A live sign-in. `device_id` stands for this browser in meetings."""

    staff_id: StaffId
    device_id: DeviceId
    name: str
    email: str
    role: str
    language: str
    csrf: str

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"StaffSession({self.staff_id[:6]})"


class OpenedSession(msgspec.Struct, frozen=True, kw_only=True):
    """A new sign-in: the cookie's value, and what the browser must send back with each change."""

    cookie: str
    csrf: str

    def __repr__(self) -> str:
        """A session id cannot be printed."""
        return "OpenedSession()"


def csrf_of(cookie: str) -> str:
    """The CSRF value bound to a session: nothing stored, nothing to guess without the cookie."""
    return hmac.new(cookie.encode("utf-8", "surrogatepass"), b"hearth csrf", hashlib.sha256).hexdigest()


class StaffSessions:
    """Sign-ins of staff: idle at most `idle_s`, never longer than `absolute_s`, at most `most` at a time."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        new_id: NewId,
        *,
        idle_s: float = 1800,
        absolute_s: float = 12 * 3600,
        most: int = 3,
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._idle = timedelta(seconds=idle_s)
        self._absolute = timedelta(seconds=absolute_s)
        self._most = most

    async def by_email(self, email: str) -> StaffMember | None:
        """The member of staff to check a password for."""
        try:
            async with reading(self._database) as connection:
                row = await staff.by_email(connection, email)
        except Unstorable:
            return None  # nobody's e-mail, and told apart from an unknown one by nothing
        return None if row is None else _member(row)

    async def everyone(self) -> list[StaffMember]:
        """All who can sign in, by name."""
        async with reading(self._database) as connection:
            return [_member(row) for row in await staff.everyone(connection)]

    async def open(self, staff_id: StaffId) -> OpenedSession:
        """Sign someone in whose password was right. The oldest sessions above the limit are ended."""
        cookie = new_secret()
        device_id = DeviceId(self._new_id())

        async def once() -> None:
            now = self._clock.now()
            async with writing(self._database) as connection:
                live = await sessions.live_staff_ids(connection, staff_id, now, now - self._idle)
                await sessions.end_staff(connection, live[: max(0, len(live) - self._most + 1)], now)
                await sessions.add_staff(
                    connection,
                    fingerprint(cookie),
                    staff_id,
                    device_id,
                    now=now,
                    expires_at=now + self._absolute,
                )
                await _audit(connection, now, staff_id, "staff.signed_in", device_id)

        await attempted(once)
        return OpenedSession(cookie=cookie, csrf=csrf_of(cookie))

    async def refused(self, staff_id: StaffId, unsaid: int = 0) -> None:
        """Leave a trace of a wrong password, and of how many before it left none of their own."""

        async def once() -> None:
            async with writing(self._database) as connection:
                detail = f"{unsaid} more before" if unsaid else ""
                await _audit(connection, self._clock.now(), staff_id, "staff.sign_in_refused", detail)

        await attempted(once)

    async def find(self, cookie: str) -> StaffSession | None:
        """The live session of a cookie; None when there is none. Counts as activity."""
        now = self._clock.now()
        async with reading(self._database) as connection:
            row = await sessions.live_staff(
                connection, id_sha256=fingerprint(cookie), now=now, idle_since=now - self._idle
            )
        if row is None:
            return None
        if row.last_seen_at < now - timedelta(seconds=TOUCH_S):
            async with writing(self._database) as connection:
                await sessions.touch_staff(connection, row.id_sha256, now)
        return StaffSession(
            staff_id=row.staff_id,
            device_id=row.device_id,
            name=row.name,
            email=row.email,
            role=row.role,
            language=row.language,
            csrf=csrf_of(cookie),
        )

    async def close(self, cookie: str) -> None:
        """Sign out. Unknown cookies are let be."""

        async def once() -> None:
            now = self._clock.now()
            async with writing(self._database) as connection:
                row = await sessions.live_staff(
                    connection, id_sha256=fingerprint(cookie), now=now, idle_since=now - self._absolute
                )
                if row is not None:
                    await sessions.end_staff(connection, [row.id_sha256], now)
                    await _audit(connection, now, row.staff_id, "staff.signed_out", row.device_id)

        await attempted(once)

    async def choose_language(self, staff_id: StaffId, language: str) -> None:
        """Keep a member of staff's language ("en" or "es")."""

        async def once() -> None:
            async with writing(self._database) as connection:
                await staff.choose_language(connection, staff_id, language)

        await attempted(once)


async def _audit(connection: AsyncConnection, now: datetime, staff_id: StaffId, action: str, detail: str) -> None:
    entry = AuditEntry(actor=f"staff/{staff_id}", action=action, object=f"staff/{staff_id}", detail=detail)
    await audit.append(connection, audit.HEARTH, now, [entry])


def _member(row: Row[Any]) -> StaffMember:
    return StaffMember(
        staff_id=row.id,
        email=row.email,
        name=row.name,
        role=row.role,
        language=row.language,
        password_hash=row.password_hash,
    )
