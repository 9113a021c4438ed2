from meetings.ids import MeetingId, ParticipantId
from realtime.media import control
from realtime.media.stage import AUDIO_SLOTS, PAIRS_LIMIT, VIDEO_SLOTS_LIMIT, Stage
from tests.support.media_client import publish_offer, subscribe_answer
from tests.support.media_site import FINGERPRINT, Listening, settle

MEETING = MeetingId("m" * 32)


def join(session_id: str, *, offer: str | None = None, video_slots: int = 2) -> control.JoinPeer:
    return control.JoinPeer(
        meeting_id=MEETING,
        fence=1,
        request_id="r-" + session_id,
        session_id=session_id,
        participant_id=ParticipantId("dana"),
        offer=offer or publish_offer(FINGERPRINT),
        video_slots=video_slots,
    )


def answer(session_id: str, sdp: str) -> control.AnswerPeer:
    return control.AnswerPeer(
        meeting_id=MEETING, fence=1, request_id="a-" + session_id, session_id=session_id, answer=sdp
    )


def last(listening: Listening, kind: type) -> object:
    return next(report for report in reversed(listening.reports) if isinstance(report, kind))


async def test_a_join_is_answered_with_both_descriptions() -> None:
    listening = Listening()
    stage = Stage(MEETING, listening.site())
    stage.join(join("s"), 0.0)
    ready = last(listening, control.PeerReady)
    assert (ready.request_id, ready.audio_slots, ready.video_slots) == ("r-s", AUDIO_SLOTS, 2)
    assert ready.answer.count("m=") == 2
    assert ready.offer.count("m=") == 5
    assert last(listening, control.PeerState).connection == "connecting"
    stage.end(0.0)
    await settle()


async def test_a_bad_offer_is_refused_and_makes_nothing() -> None:
    listening = Listening()
    stage = Stage(MEETING, listening.site())
    stage.join(join("s", offer="v=0"), 0.0)
    assert last(listening, control.PeerRefused).code == "media.bad_offer"
    assert stage.peers == 0


async def test_slots_and_sessions_are_bounded() -> None:
    listening = Listening()
    stage = Stage(MEETING, listening.site())
    for number in range(PAIRS_LIMIT):
        stage.join(join(f"s{number}", video_slots=1000 if number == 0 else 1), 0.0)
    assert listening.reports[1].video_slots == VIDEO_SLOTS_LIMIT
    stage.join(join("more"), 0.0)
    assert isinstance(listening.reports[-1], control.PeerRefused)
    stage.end(0.0)
    assert stage.peers == 0
    await settle()


async def test_an_answer_is_taken_once_and_only_to_an_offer() -> None:
    listening = Listening()
    stage = Stage(MEETING, listening.site())
    stage.answer(answer("s", "v=0"))
    assert last(listening, control.PeerRefused).code == "media.no_offer"
    stage.join(join("s"), 0.0)
    stage.answer(answer("s", "v=0"))
    assert last(listening, control.PeerRefused).code == "media.bad_answer"
    good = answer("s", subscribe_answer(last(listening, control.PeerReady).offer, FINGERPRINT))
    stage.answer(good)
    assert isinstance(listening.reports[-1], control.PeerAnswered)
    stage.answer(good)
    assert listening.reports[-1].code == "media.no_offer"
    stage.end(0.0)
    await settle()


async def test_joining_again_twice_keeps_one_arriving_pair() -> None:
    listening = Listening()
    stage = Stage(MEETING, listening.site())
    for _ in range(3):
        stage.join(join("s"), 0.0)
    assert stage.peers == 2
    stage.leave("s", 0.0)
    assert stage.peers == 0
    await settle()


async def test_a_pair_that_never_connects_is_lost_and_gone() -> None:
    listening = Listening()
    stage = Stage(MEETING, listening.site())
    stage.join(join("s"), 0.0)
    stage.tick(100.0)
    stage.tick(100.1)
    assert stage.peers == 0
    assert last(listening, control.PeerState).connection == "lost"
    await settle()


async def test_everything_is_told_again_after_the_bus_was_away() -> None:
    listening = Listening()
    stage = Stage(MEETING, listening.site())
    stage.join(join("s"), 0.0)
    listening.reports.clear()
    stage.tell_all()
    kinds = [type(report) for report in listening.reports]
    assert kinds == [control.SlotsChanged, control.PeerState, control.SpeakerChanged]
    stage.end(0.0)
    await settle()
