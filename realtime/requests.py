"""What a session may ask of its room, message by message. Runs in the session's own reader: who asks waits, alone."""

from typing import Protocol

import structlog

from meetings.commands import Command, DepartParticipant, LeaveParticipant
from meetings.errors import MeetingError
from meetings.events import Recorded
from meetings.ids import ParticipantId
from meetings.meeting import Meeting
from meetings.participants import Capability
from realtime.errors import CLOSE_BAD_MESSAGE, CLOSE_NOT_ALLOWED, ProtocolError
from realtime.media_desk import MediaDesk
from realtime.messages import (
    Beat,
    BeatBack,
    ClientMessage,
    Do,
    Done,
    Hand,
    Hello,
    Leave,
    MediaAnswer,
    MediaJoin,
    MediaShow,
    MediaState,
    Refused,
)
from realtime.ports import Clock
from realtime.room_session import RoomSession

log = structlog.get_logger(__name__)

NOT_ADMITTED = ("participant.not_admitted", "You have not been admitted to the meeting yet.")
FAILED = ("server.failed", "Something went wrong on our side. Nothing was changed; please try again.")


class Owner(Protocol):
    """The room, as requests need it."""

    @property
    def meeting(self) -> Meeting:
        """The state now."""
        ...

    @property
    def media(self) -> MediaDesk:
        """The meeting's media."""
        ...

    async def perform(self, command: Command, by: ParticipantId | None) -> list[Recorded]:
        """Through the Desk, and seen by every session of this room before it returns. Raises MeetingError."""
        ...

    async def take_out(self, session: RoomSession) -> None:
        """Forget the session; its seat is free at once."""
        ...

    def presence_changed(self) -> None:
        """Tell everyone."""
        ...

    async def lower_hand(self, participant_id: ParticipantId) -> None:
        """On whichever node it is raised."""
        ...


async def got(room: Owner, clock: Clock, session: RoomSession, message: ClientMessage) -> None:
    """Answer one message. Raises ProtocolError when the session may not say this at all."""
    match message:
        case Hello():
            raise ProtocolError(CLOSE_BAD_MESSAGE, "hello.again")
        case Beat(ref=ref):
            session.connection.send(BeatBack(ref=ref, server_time=clock.now().timestamp()))
        case Leave():
            await _leave(room, clock, session)
        case Do():
            await _do(room, session, message)
        case Hand() if session.is_joined:
            await _hand(room, clock, session, message)
        case MediaJoin() | MediaAnswer() | MediaShow() | MediaState() if session.is_joined:
            await _media(room, session, message)
        case _ if session.was_joined:  # it was on its way when they were sent back to wait
            return
        case _:
            raise ProtocolError(CLOSE_NOT_ALLOWED, NOT_ADMITTED[0])


async def _do(room: Owner, session: RoomSession, message: Do) -> None:
    if not session.is_joined:  # also a second device of somebody admitted: the Desk knows people, not devices
        session.connection.send(Refused(ref=message.ref, code=NOT_ADMITTED[0], text=NOT_ADMITTED[1]))
        return
    try:
        recorded = await room.perform(message.command, session.participant_id)
    except MeetingError as refusal:
        refused = Refused(ref=message.ref, code=refusal.code, text=refusal.text, details=refusal.details)
        session.connection.send(refused)
    except Exception:
        log.exception("command.failed", command=type(message.command).__name__)
        session.connection.send(Refused(ref=message.ref, code=FAILED[0], text=FAILED[1]))
    else:
        number = recorded[-1].number if recorded else room.meeting.number
        session.connection.send(Done(ref=message.ref, number=number))


async def _leave(room: Owner, clock: Clock, session: RoomSession) -> None:
    command: Command = DepartParticipant(participant_id=session.participant_id, device_id=session.device_id)
    if session.is_joined:
        command = LeaveParticipant(participant_id=session.participant_id, at=clock.now())
    await room.take_out(session)
    try:
        await room.perform(command, None)
    except Exception:  # the room notices the empty seat and asks again
        log.exception("leave.failed", command=type(command).__name__)
    session.connection.close(1000, "left")


async def _hand(room: Owner, clock: Clock, session: RoomSession, message: Hand) -> None:
    if message.participant_id in (None, session.participant_id):
        if not message.raised:
            session.hand_raised_at = None
        elif session.hand_raised_at is None:
            session.hand_raised_at = clock.now().timestamp()
        room.presence_changed()
    elif message.participant_id is not None and not message.raised and _runs(room, session):
        await room.lower_hand(message.participant_id)
    else:
        raise ProtocolError(CLOSE_NOT_ALLOWED, "hand.not_yours")


def _runs(room: Owner, session: RoomSession) -> bool:
    return room.meeting.may(session.participant_id, Capability.RUN_MEETING)


async def _media(room: Owner, session: RoomSession, message: MediaJoin | MediaAnswer | MediaShow | MediaState) -> None:
    match message:
        case MediaJoin():
            answer = await room.media.join(session.id, session.participant_id, message)
            session.connection.send(answer)
        case MediaAnswer():
            refusal = await room.media.answer(session.id, message)
            session.connection.send(refusal or Done(ref=message.ref, number=room.meeting.number))
        case MediaShow():
            await room.media.show(session.id, message.participant_ids)
        case MediaState():
            session.camera, session.microphone, session.mode = message.camera, message.microphone, message.mode
            room.presence_changed()
            await room.media.mute(session.id, message.camera, message.microphone)
