"""Every JSON message on the meeting socket, as tagged unions (`PROTOCOL.md` has each with an example). [pure]

Text frames carry one message; binary frames carry plan frames (`realtime.plan.frames`).
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from meetings.attendance import Mode
from meetings.commands import PersonCommand
from meetings.entities import Entity
from meetings.ids import ParticipantId

VERSION = 1
MAX_MESSAGE_BYTES = 262_144

Ref = Annotated[int, Meta(ge=0, le=2**31)]
Sdp = Annotated[str, Meta(max_length=65_536)]


class _Client(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type"):
    pass


class PlanResume(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a returning client still holds of one plan document."""

    audience: str
    epoch: int
    seq: int
    client_id: int


class Hello(_Client, frozen=True, tag="hello"):
    """First message, within 5 s. `after` is the last event number seen; `plan` what is still held of the documents."""

    ticket: Annotated[str, Meta(min_length=20, max_length=128)]
    version: int = VERSION
    after: int | None = None
    plan: Annotated[tuple[PlanResume, ...], Meta(max_length=8)] = ()


class Do(_Client, frozen=True, tag="do"):
    """Ask the meeting for something. Answered by `done` or `refused` with the same ref."""

    ref: Ref
    command: PersonCommand


class MediaJoin(_Client, frozen=True, tag="media.join"):
    """Publish offer and the number of video slots wanted. Answered by `media.ready` or `media.refused`.

    Sent again to replace a broken pair of connections (make before break): the new pair takes over when connected.
    """

    ref: Ref
    offer: Sdp
    video_slots: Annotated[int, Meta(ge=0, le=12)]


class MediaAnswer(_Client, frozen=True, tag="media.answer"):
    """The browser's answer to the subscribe offer of `media.ready`."""

    ref: Ref
    answer: Sdp


class MediaShow(_Client, frozen=True, tag="media.show"):
    """Whose pictures are on screen, most wanted first; slots follow this."""

    participant_ids: Annotated[tuple[ParticipantId, ...], Meta(max_length=50)]


class MediaState(_Client, frozen=True, tag="media.state"):
    """What this person sends (camera, microphone) and how they take part."""

    camera: bool
    microphone: bool
    mode: Mode


class Hand(_Client, frozen=True, tag="hand"):
    """Raise or lower the own hand; the facilitator may lower another's."""

    raised: bool
    participant_id: ParticipantId | None = None


class Beat(_Client, frozen=True, tag="beat"):
    """Every 10 s; answered by `beat`. No message for 25 s closes the socket."""

    ref: Ref = 0


class Leave(_Client, frozen=True, tag="leave"):
    """The person presses Leave: attendance ends now, not after the grace time."""


ClientMessage = Hello | Do | MediaJoin | MediaAnswer | MediaShow | MediaState | Hand | Beat | Leave


class _Server(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    pass


class PlanChannel(msgspec.Struct, frozen=True, kw_only=True):
    """One plan document of this session. `client_id` is the Yjs client id the browser must write with."""

    channel: int
    audience: str
    epoch: int
    client_id: int
    may_write: bool
    resumed: bool


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """The passing facts of one participant who is here. `connection` is "good", "weak" or "lost"."""

    participant_id: ParticipantId
    camera: bool
    microphone: bool
    mode: Mode
    hand_raised_at: float | None
    connection: str
    plan_client_ids: tuple[int, ...]


class Welcome(_Server, frozen=True, tag="welcome"):
    """Answer to `hello`, and sent again when a waiting person is admitted. `fresh` means: forget what you held."""

    session_id: str
    number: int
    fresh: bool
    entities: dict[str, Entity]
    gone: tuple[str, ...]
    presence: tuple[Presence, ...]
    plan: tuple[PlanChannel, ...]
    server_time: float


class Changed(_Server, frozen=True, tag="changed"):
    """Entities as of event `number`; keys in `gone` are no longer there."""

    number: int
    entities: dict[str, Entity]
    gone: tuple[str, ...]


class PresenceChanged(_Server, frozen=True, tag="presence"):
    """Who is here, and how, has changed."""

    here: tuple[Presence, ...]
    left: tuple[ParticipantId, ...]


class Done(_Server, frozen=True, tag="done"):
    """The command is durable; `number` is the last event it made."""

    ref: int
    number: int


class Refused(_Server, frozen=True, tag="refused"):
    """The command was refused; nothing changed. `code` is stable, as are the codes in `details`."""

    ref: int
    code: str
    text: str
    details: tuple[str, ...] = ()


class PlanSaved(_Server, frozen=True, tag="plan.saved"):
    """Everything this client wrote with clocks below `clock` is on disk, at log number `seq`."""

    channel: int
    client_id: int
    clock: int
    seq: int


class PlanRefused(_Server, frozen=True, tag="plan.refused"):
    """An update was refused; the client shows its unsaved text and re-syncs."""

    channel: int
    code: str
    text: str


class PlanSeq(_Server, frozen=True, tag="plan.seq"):
    """The client now holds everything through `seq` (sent after the frames it names)."""

    channel: int
    seq: int


class MediaReady(_Server, frozen=True, tag="media.ready"):
    """Answer to the publish offer, and the subscribe offer with fixed slots."""

    ref: int
    answer: str
    offer: str
    audio_slots: int
    video_slots: int


class MediaRefused(_Server, frozen=True, tag="media.refused"):
    """No media now; the meeting goes on. The client tries again after `retry_s`."""

    ref: int
    code: str
    text: str
    retry_s: float


class MediaSlots(_Server, frozen=True, tag="media.slots"):
    """Who is in which slot; None is empty."""

    audio: tuple[ParticipantId | None, ...]
    video: tuple[ParticipantId | None, ...]


class MediaSpeaking(_Server, frozen=True, tag="media.speaking"):
    """The active speaker."""

    participant_id: ParticipantId | None


class MediaGone(_Server, frozen=True, tag="media.gone"):
    """The media node is gone; join again after `retry_s`."""

    retry_s: float


class BeatBack(_Server, frozen=True, tag="beat"):
    """Answer to `beat`."""

    ref: int
    server_time: float


class Closing(_Server, frozen=True, tag="closing"):
    """Why the socket is about to close (close code and stable word)."""

    code: str
    text: str
    retry_s: float | None


ServerMessage = (
    Welcome
    | Changed
    | PresenceChanged
    | Done
    | Refused
    | PlanSaved
    | PlanRefused
    | PlanSeq
    | MediaReady
    | MediaRefused
    | MediaSlots
    | MediaSpeaking
    | MediaGone
    | BeatBack
    | Closing
)
