"""Which commands keep the log's attendance and waiting room in step with who is connected. [pure]

Nothing is scheduled: every tick compares what the log says with who is here. So a node that crashed, a lost database
connection or a second node need no special case: whoever is joined in the log and connected nowhere for the grace time
is written down as having left when last seen.
"""

from collections.abc import Hashable, Iterable
from datetime import datetime

import msgspec

from meetings.attendance import Mode
from meetings.commands import Command, DepartParticipant, JoinParticipant, LeaveParticipant
from meetings.ids import DeviceId, ParticipantId
from meetings.meeting import Meeting
from realtime.presence.roster import Roster
from realtime.session import DEPART_S, GRACE_S, MODE_KEEP_S, MODE_WAIT_S


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """One connected session of this node. `mode` is None until the browser has said."""

    participant_id: ParticipantId
    device_id: DeviceId
    is_joined: bool
    since: float
    mode: Mode | None


class Attendance:
    """One meeting's. `opened_at` is the newest fact in the log when this node began: who has no later trace was last
    seen then."""

    def __init__(self, opened_at: datetime) -> None:
        self._opened_at = opened_at
        self._absent_since: dict[Hashable, float] = {}
        self._told_at: dict[ParticipantId, float] = {}

    def due(self, meeting: Meeting, here: Iterable[Here], roster: Roster, now: float) -> list[Command]:
        """Everything to perform now."""
        if meeting.is_over:
            self._absent_since = {}
            return []
        sessions = list(here)
        joins = [command for one in sessions if one.is_joined for command in self._join(meeting, one, now)]
        absent = self._absent(meeting, sessions, roster)
        self._absent_since = {key: self._absent_since.get(key, now) for key in absent}
        over = [
            absent[key]
            for key, since in self._absent_since.items()
            if now - since >= (GRACE_S if isinstance(absent[key], LeaveParticipant) else DEPART_S)
        ]
        return joins + over

    @property
    def is_waiting(self) -> bool:
        """Whether somebody is absent whose grace time still runs here."""
        return bool(self._absent_since)

    def seen_at(self, participant_id: ParticipantId, roster: Roster) -> datetime:
        """When the person was last known to be here."""
        seen_at = roster.seen_at(participant_id)
        return self._opened_at if seen_at is None else seen_at

    def _join(self, meeting: Meeting, one: Here, now: float) -> list[Command]:
        mode = one.mode or (Mode.TYPING if now - one.since >= MODE_WAIT_S else None)
        written = meeting.present_mode(one.participant_id)
        if mode is None or mode is written or not meeting.is_admitted(one.participant_id, one.device_id):
            return []
        if written is not None and now - self._told_at.get(one.participant_id, -MODE_KEEP_S) < MODE_KEEP_S:
            return []
        self._told_at[one.participant_id] = now
        return [JoinParticipant(participant_id=one.participant_id, device_id=one.device_id, mode=mode)]

    def _absent(self, meeting: Meeting, here: list[Here], roster: Roster) -> dict[Hashable, Command]:
        """Who the log holds as joined or waiting and who is connected nowhere, with what would end it."""
        joined = {one.participant_id for one in here if one.is_joined}
        waiting = {(one.participant_id, one.device_id) for one in here if not one.is_joined}
        absent: dict[Hashable, Command] = {}
        for person in meeting.stays:
            if meeting.present_mode(person) is not None and person not in joined and not roster.is_elsewhere(person):
                absent[person] = LeaveParticipant(participant_id=person, at=self.seen_at(person, roster))
        for one in meeting.waiting:
            key = (one.participant_id, one.device_id)
            if key not in waiting and not roster.waits_elsewhere(*key):
                absent[key] = DepartParticipant(participant_id=one.participant_id, device_id=one.device_id)
        return absent
