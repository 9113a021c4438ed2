"""Which commands keep the log's attendance and waiting room in step with who is connected. [pure]

Nothing is scheduled: every tick compares what the log says with who is here. So a node that crashed, a lost database
connection or a second node need no special case: whoever is joined in the log and connected nowhere for the grace time
is written down as having left when last seen. The other way round too: whoever is connected here and stands neither in
the meeting nor in the waiting room, because another node could not hear of them, is arrived again.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from meetings.attendance import Mode
from meetings.commands import ArriveParticipant, Command, DepartParticipant, JoinParticipant, LeaveParticipant
from meetings.ids import DeviceId, ParticipantId
from meetings.meeting import Meeting
from realtime.presence.roster import Roster
from realtime.session import DEPART_S, GRACE_S, MODE_KEEP_S, MODE_WAIT_S, RUNNER_GRACE_S

Key = ParticipantId | tuple[ParticipantId, DeviceId]
"""Who may be absent: a joined person, or one waiting device."""

# More: who was on a node that died while the bus was away is shown longer. Fewer: two nodes that cannot hear each other
# write each other's people down more often.
MOST_DOUBLINGS = 5


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """One session of this node: joined, waiting, or neither (its socket was lost a moment ago).

    `mode` is None until the browser has said.
    """

    participant_id: ParticipantId
    device_id: DeviceId
    second_device: bool
    is_joined: bool
    is_waiting: bool
    since: float
    mode: Mode | None

    @property
    def keys(self) -> tuple[Key, ...]:
        """As whom this session is here."""
        if self.is_joined:
            return (self.participant_id,)
        return ((self.participant_id, self.device_id),) if self.is_waiting else ()


class Attendance:
    """One meeting's. `opened_at` is the newest fact in the log when this node began: who has no later trace was last
    seen then."""

    def __init__(self, opened_at: datetime) -> None:
        self._opened_at = opened_at
        self._absent_since: dict[Key, float] = {}
        self._over: frozenset[Key] = frozenset()
        self._times_ended: dict[Key, int] = {}
        self._told_at: dict[ParticipantId, float] = {}

    def due(self, meeting: Meeting, here: Iterable[Here], roster: Roster, now: float) -> list[Command]:
        """Everything to perform now."""
        if meeting.is_over:
            self._absent_since = {}
            return []
        sessions = list(here)
        joins = [command for one in sessions if one.is_joined for command in self._join(meeting, one, now)]
        arrivals = [command for one in sessions if one.is_waiting for command in _arrive(meeting, one)]
        known = frozenset(key for one in sessions for key in one.keys)
        absent = self._absent(meeting, known, roster)
        self._count_endings(absent, known, roster)
        self._absent_since = {key: self._absent_since.get(key, now) for key in absent}
        runner = meeting.facilitator.id
        self._over = frozenset(
            key for key, since in self._absent_since.items() if now - since >= self._patience_s(key, runner)
        )
        return [*joins, *arrivals, *(command for key, command in absent.items() if key in self._over)]

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

    def _absent(self, meeting: Meeting, known: frozenset[Key], roster: Roster) -> dict[Key, Command]:
        """Who the log holds as joined or waiting and who is connected nowhere, with what would end it."""
        absent: dict[Key, Command] = {}
        for person in meeting.stays:
            if meeting.present_mode(person) is not None and person not in known and not roster.is_elsewhere(person):
                absent[person] = LeaveParticipant(participant_id=person, at=self.seen_at(person, roster))
        for one in meeting.waiting:
            key = (one.participant_id, one.device_id)
            if key not in known and not roster.waits_elsewhere(*key):
                absent[key] = DepartParticipant(participant_id=one.participant_id, device_id=one.device_id)
        return absent

    def _patience_s(self, key: Key, runner: ParticipantId) -> float:
        """How long somebody may be absent: twice as long each time they came back without being heard of."""
        base = DEPART_S if isinstance(key, tuple) else RUNNER_GRACE_S if key == runner else GRACE_S
        return base * 2.0 ** min(self._times_ended.get(key, 0), MOST_DOUBLINGS)

    def _count_endings(self, absent: dict[Key, Command], known: frozenset[Key], roster: Roster) -> None:
        """Two nodes that cannot hear each other would end and begin each other's people's stays for ever.

        Whoever was written down as gone and is in the log again, though heard of nowhere, is on a node that is not
        heard: the log itself says that they are there. Hearing of them, here or elsewhere, begins the count anew.
        """
        for key in self._over.difference(absent):
            self._times_ended[key] = self._times_ended.get(key, 0) + 1
        self._times_ended = {
            key: times for key, times in self._times_ended.items() if key not in known and not _is_heard(key, roster)
        }


def _is_heard(key: Key, roster: Roster) -> bool:
    return roster.waits_elsewhere(*key) if isinstance(key, tuple) else roster.is_elsewhere(key)


def _arrive(meeting: Meeting, one: Here) -> list[Command]:
    """What puts a connected device back into the waiting room where the log has lost it."""
    person, device = one.participant_id, one.device_id
    if person in meeting.removed or meeting.is_waiting(person, device) or meeting.is_admitted(person, device):
        return []
    return [ArriveParticipant(participant_id=person, device_id=device, second_device=one.second_device)]
