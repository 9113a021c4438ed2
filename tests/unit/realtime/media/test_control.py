import msgspec
import pytest

from meetings.ids import MeetingId, ParticipantId
from realtime.media import control

MEETING = MeetingId("m" * 32)
COMMANDS = [
    control.JoinPeer(
        meeting_id=MEETING,
        fence=1,
        request_id="r",
        session_id="s",
        participant_id=ParticipantId("p"),
        offer="v=0",
        video_slots=4,
    ),
    control.AnswerPeer(meeting_id=MEETING, fence=1, request_id="r", session_id="s", answer="v=0"),
    control.LeavePeer(meeting_id=MEETING, fence=1, session_id="s"),
    control.GrantHearing(meeting_id=MEETING, fence=1, number=3, hears={ParticipantId("p"): (ParticipantId("q"),)}),
    control.ShowPeers(meeting_id=MEETING, fence=1, session_id="s", participant_ids=(ParticipantId("q"),)),
    control.MutePeer(meeting_id=MEETING, fence=1, session_id="s", camera=False, microphone=True),
    control.EndStage(meeting_id=MEETING, fence=1),
]
REPORTS = [
    control.PeerReady(
        meeting_id=MEETING,
        node_id="n",
        request_id="r",
        session_id="s",
        answer="a",
        offer="o",
        audio_slots=3,
        video_slots=4,
    ),
    control.PeerAnswered(meeting_id=MEETING, node_id="n", request_id="r", session_id="s"),
    control.PeerRefused(meeting_id=MEETING, node_id="n", request_id="r", session_id="s", code="media.bad_offer"),
    control.SlotsChanged(
        meeting_id=MEETING, node_id="n", session_id="s", audio=(ParticipantId("p"), None), video=(None,)
    ),
    control.SpeakerChanged(meeting_id=MEETING, node_id="n", participant_id=None),
    control.PeerState(
        meeting_id=MEETING, node_id="n", session_id="s", participant_id=ParticipantId("p"), connection="good"
    ),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: type(one).__name__)
def test_commands_cross_the_bus(command: control.Command) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(command), type=control.Command) == command


@pytest.mark.parametrize("report", REPORTS, ids=lambda one: type(one).__name__)
def test_reports_cross_the_bus(report: control.Report) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(report), type=control.Report) == report


def test_an_unknown_field_is_refused() -> None:
    payload = msgspec.msgpack.encode({"kind": "end", "meeting_id": MEETING, "fence": 1, "more": 1})
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(payload, type=control.Command)
