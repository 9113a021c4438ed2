"""The sessions of one room, and what each is shown. The only place that sends entities. No waiting: it only queues."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from meetings.apply import fold
from meetings.entities import Entity
from meetings.events import Recorded
from meetings.ids import ParticipantId
from meetings.meeting import Meeting
from meetings.view import view
from realtime.messages import Changed, PlanChannel, Presence, ServerMessage, Welcome
from realtime.ports import Seat
from realtime.room_session import RoomSession
from realtime.session import Gone, Greeting, Joined, Lingering


class Sessions:
    """All sessions of a room that are not gone, lingering ones too."""

    def __init__(self) -> None:
        self._all: list[RoomSession] = []

    def __iter__(self) -> Iterator[RoomSession]:
        return iter(tuple(self._all))

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, session: RoomSession) -> bool:
        return any(one is session for one in self._all)

    def add(self, session: RoomSession) -> None:
        """From now on."""
        self._all.append(session)

    def discard(self, session: RoomSession) -> None:
        """No longer. Ends the session's state."""
        self._all = [one for one in self._all if one is not session]
        session.end()

    def of_seat(self, seat: Seat) -> list[RoomSession]:
        """Sessions of the same person on the same device."""
        return [
            one for one in self._all if (one.participant_id, one.device_id) == (seat.participant_id, seat.device_id)
        ]

    @property
    def joined(self) -> list[RoomSession]:
        """Admitted and connected."""
        return [one for one in self._all if one.is_joined]

    def tell(self, session_id: str, message: ServerMessage) -> None:
        """Send to one admitted session, if it is here."""
        for session in self.joined:
            if session.id == session_id:
                session.connection.send(message)

    def tell_joined(self, message: ServerMessage) -> None:
        """Send to every admitted session."""
        for session in self.joined:
            session.connection.send(message)

    def presence(self) -> dict[ParticipantId, Presence]:
        """Everyone admitted on this node; a connected session counts before a lost one."""
        here: dict[ParticipantId, Presence] = {}
        for session in self._all:
            if isinstance(session.state, Joined) or (
                isinstance(session.state, Lingering) and session.participant_id not in here
            ):
                here[session.participant_id] = session.presence()
        return here

    def waiting(self) -> tuple[RoomSession, ...]:
        """Known and not (yet) in."""
        return tuple(one for one in self._all if not isinstance(one.state, Joined | Lingering | Gone | Greeting))


def welcome(
    session: RoomSession,
    meeting: Meeting,
    log: Sequence[Recorded],
    presence: tuple[Presence, ...],
    plan: tuple[PlanChannel, ...],
    now: datetime,
) -> None:
    """Send everything the session may know, or what changed since the event it last saw."""
    entities = view(meeting, session.participant_id, session.device_id)
    held = _held(session, log)
    session.resume_after = None
    changed, gone = _difference(held or {}, entities)
    session.shown = entities
    session.connection.send(
        Welcome(
            session_id=session.id,
            number=meeting.number,
            fresh=held is None,
            entities=changed,
            gone=gone,
            presence=presence,
            plan=plan,
            server_time=now.timestamp(),
        ),
        is_catch_up=True,
    )


def show(session: RoomSession, meeting: Meeting) -> None:
    """Send what changed for this session since it was last shown anything."""
    entities = view(meeting, session.participant_id, session.device_id)
    changed, gone = _difference(session.shown, entities)
    session.shown = entities
    if changed or gone:
        session.connection.send(Changed(number=meeting.number, entities=changed, gone=gone))


def _held(session: RoomSession, log: Sequence[Recorded]) -> dict[str, Entity] | None:
    """What the client still holds, by the event number it gave; None when that cannot be."""
    after = session.resume_after
    if after is None or not 1 <= after <= len(log):
        return None
    return view(fold(log[:after]), session.participant_id, session.device_id)


def _difference(old: dict[str, Entity], new: dict[str, Entity]) -> tuple[dict[str, Entity], tuple[str, ...]]:
    changed = {key: entity for key, entity in new.items() if old.get(key) != entity}
    return changed, tuple(key for key in old if key not in new)
