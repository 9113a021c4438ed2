"""What web nodes and media nodes say to each other over the bus. [pure]

A web node publishes a Command on `media_node(node_id)`; the node answers and reports on `media_meeting(meeting_id)`
(topics: `realtime.bus.keys`). Answers carry the request's id. Everything is msgspec MessagePack.
"""

import msgspec

from meetings.ids import MeetingId, ParticipantId


class _Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    meeting_id: MeetingId
    fence: int


class JoinPeer(_Command, frozen=True, tag="join"):
    """Make a pair of connections for a session. Joining again makes a second pair that takes over when connected."""

    request_id: str
    session_id: str
    participant_id: ParticipantId
    offer: str
    video_slots: int


class AnswerPeer(_Command, frozen=True, tag="answer"):
    """The browser's answer to the newest subscribe offer of the session."""

    request_id: str
    session_id: str
    answer: str


class LeavePeer(_Command, frozen=True, tag="leave"):
    """Close every connection of the session."""

    session_id: str


class GrantHearing(_Command, frozen=True, tag="grant"):
    """Who may receive whom: receiver → sources. Nobody not listed receives anything. Replaces the previous grant.

    `number` is the event it follows from: one lower than the last grant's is a lagging web node's, and is ignored.
    """

    hears: dict[ParticipantId, tuple[ParticipantId, ...]]
    number: int = 0


class ShowPeers(_Command, frozen=True, tag="show"):
    """Whose pictures this session has on screen, most wanted first."""

    session_id: str
    participant_ids: tuple[ParticipantId, ...]


class MutePeer(_Command, frozen=True, tag="mute"):
    """What the participant sends, as told by their browser: nothing is forwarded of what is off."""

    session_id: str
    camera: bool
    microphone: bool


class EndStage(_Command, frozen=True, tag="end"):
    """The meeting is over: close everything."""


Command = JoinPeer | AnswerPeer | LeavePeer | GrantHearing | ShowPeers | MutePeer | EndStage


class _Report(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    meeting_id: MeetingId
    node_id: str


class PeerReady(_Report, frozen=True, tag="ready"):
    """Answer to JoinPeer."""

    request_id: str
    session_id: str
    answer: str
    offer: str
    audio_slots: int
    video_slots: int


class PeerAnswered(_Report, frozen=True, tag="answered"):
    """Answer to AnswerPeer: accepted."""

    request_id: str
    session_id: str


class PeerRefused(_Report, frozen=True, tag="refused"):
    """Answer to JoinPeer or AnswerPeer: the SDP or the moment is wrong. `code` is stable (`media.bad_offer`, ...)."""

    request_id: str
    session_id: str
    code: str


class SlotsChanged(_Report, frozen=True, tag="slots"):
    """Who is in which slot of this session now."""

    session_id: str
    audio: tuple[ParticipantId | None, ...]
    video: tuple[ParticipantId | None, ...]


class SpeakerChanged(_Report, frozen=True, tag="speaker"):
    """The active speaker, with hysteresis."""

    participant_id: ParticipantId | None


class PeerState(_Report, frozen=True, tag="state"):
    """How a session's connections are: "connecting", "good", "weak" (loss or round trip high) or "lost"."""

    session_id: str
    participant_id: ParticipantId
    connection: str


Report = PeerReady | PeerAnswered | PeerRefused | SlotsChanged | SpeakerChanged | PeerState


class NodeCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a media node says of itself under `media_card(node_id)`, every second, to live 3 s."""

    node_id: str
    generation: str
    host: str
    port: int
    peers: int
