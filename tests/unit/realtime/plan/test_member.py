from realtime.plan.member import Member
from tests.support.plan_peer import PlanPeer


def test_a_member_sends_on_its_channel() -> None:
    peer = PlanPeer("dana")
    Member(peer, frozenset({9}), 0.0).send(b"\x00\x00\x01\x00")
    assert peer.step_one == {}
