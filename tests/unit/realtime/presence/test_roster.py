from datetime import timedelta

from meetings.attendance import Mode
from meetings.ids import DeviceId, ParticipantId
from realtime.messages import Presence, PresenceChanged
from realtime.presence.roster import FORGET_S, NodePresence, Roster
from tests.support.clock import MONDAY_TEN

DANA, RUTH = ParticipantId("dana"), ParticipantId("ruth")


def here(who: ParticipantId, connection: str = "good", camera: bool = True) -> Presence:
    return Presence(
        participant_id=who,
        camera=camera,
        microphone=True,
        mode=Mode.VIDEO,
        hand_raised_at=None,
        connection=connection,
        plan_client_ids=(7,),
    )


def said(node: str, *people: Presence, waiting: tuple[tuple[ParticipantId, DeviceId], ...] = ()) -> NodePresence:
    return NodePresence(node_id=node, number=1, here=people, waiting=waiting)


def test_only_what_changed_is_told() -> None:
    roster = Roster()
    assert roster.changes() is None
    roster.set_own({DANA: here(DANA)})
    assert roster.changes() == PresenceChanged(here=(here(DANA),), left=())
    assert roster.changes() is None
    roster.got(said("web-2", here(RUTH)), 1.0, MONDAY_TEN)
    assert roster.changes() == PresenceChanged(here=(here(RUTH),), left=())
    roster.set_own({})
    assert roster.changes() == PresenceChanged(here=(), left=(DANA,))


def test_a_new_node_is_noticed_once() -> None:
    roster = Roster()
    assert roster.got(said("web-2"), 1.0, MONDAY_TEN)
    assert not roster.got(said("web-2"), 2.0, MONDAY_TEN)


def test_the_living_socket_counts_wherever_it_is() -> None:
    roster = Roster()
    roster.set_own({DANA: here(DANA, "lost")})
    roster.got(said("web-2", here(DANA, "good")), 1.0, MONDAY_TEN)
    assert roster.here()[DANA].connection == "good"
    roster.got(said("web-2", here(DANA, "lost")), 1.0, MONDAY_TEN)
    roster.got(said("web-3", here(DANA, "weak")), 1.0, MONDAY_TEN)
    assert roster.here()[DANA].connection == "weak"
    roster.got(said("web-4", here(DANA, "lost")), 1.0, MONDAY_TEN)
    assert roster.here()[DANA].connection == "weak"
    roster.set_own({DANA: here(DANA, "good", camera=False)})
    assert not roster.here()[DANA].camera


def test_a_silent_node_is_forgotten_and_its_people_were_last_seen_then() -> None:
    roster = Roster()
    roster.got(said("web-2", here(DANA), waiting=((RUTH, DeviceId("d")),)), 1.0, MONDAY_TEN)
    roster.forget_silent(FORGET_S)
    assert roster.is_elsewhere(DANA) and roster.waits_elsewhere(RUTH, DeviceId("d"))
    roster.forget_silent(1.0 + FORGET_S)
    assert not roster.is_elsewhere(DANA) and not roster.waits_elsewhere(RUTH, DeviceId("d"))
    assert roster.seen_at(DANA) == MONDAY_TEN
    assert roster.seen_at(RUTH) is None


def test_a_lost_socket_elsewhere_is_no_sighting_and_the_latest_sighting_counts() -> None:
    roster = Roster()
    roster.got(said("web-2", here(DANA, "lost")), 1.0, MONDAY_TEN)
    assert roster.seen_at(DANA) is None
    roster.remember(DANA, MONDAY_TEN)
    roster.remember(DANA, MONDAY_TEN - timedelta(minutes=1))
    assert roster.seen_at(DANA) == MONDAY_TEN
