from meetings.ids import MeetingId, PlanId
from realtime.bus import keys

MEETING = MeetingId("b" * 32)


def test_topics_and_keys_never_meet() -> None:
    names = [
        keys.meeting_events(MEETING),
        keys.meeting_presence(MEETING),
        keys.meeting_seen(MEETING, "web-1"),
        keys.media_meeting(MEETING),
        keys.media_lease(MEETING),
        keys.media_node("n"),
        keys.media_card("n"),
        keys.plan_updates(PlanId("d" * 32), "everyone", 1),
        keys.plan_updates(PlanId("d" * 32), "everyone", 2),
    ]
    assert len(set(names)) == len(names)
    assert all(name.startswith("ftm:") for name in names)


def test_what_is_looked_for_by_prefix_begins_with_it() -> None:
    assert keys.media_card("n").startswith(keys.MEDIA_CARDS)
    assert keys.meeting_seen(MEETING, "web-1").startswith(keys.meeting_seen_prefix(MEETING))
