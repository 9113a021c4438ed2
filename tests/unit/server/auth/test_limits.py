"""The rates follow the settings, and one counts nothing of another's."""

from server.auth.limits import Limits
from server.config import Settings


def test_links_come_back_by_the_minute() -> None:
    limits = Limits(Settings(link_rate_per_min=6, link_code_rate_per_min=3))
    assert [limits.link_by_peer.take("home", 0.0) for _ in range(7)] == [0.0] * 6 + [10.0]
    assert [limits.link_by_token.take("home", 0.0) for _ in range(4)] == [0.0] * 3 + [20.0]
    assert limits.link_by_peer.take("home", 10.0) == 0.0


def test_nobody_can_keep_someone_out_for_long_by_typing_their_address() -> None:
    limits = Limits(Settings(sign_in_burst=1, sign_in_slowest_s=900))
    for _ in range(20):
        limits.sign_in_by_email.failed("sam", 0.0)
        limits.sign_in_by_peer.failed("home", 0.0)
    assert limits.sign_in_by_email.wait("sam", 0.0) == 60
    assert limits.sign_in_by_peer.wait("home", 0.0) == 900


def test_staff_may_open_more_sockets_than_a_household() -> None:
    limits = Limits(Settings())
    household = [limits.sockets.take("home", 0.0) for _ in range(60)]
    office = [limits.sockets_staff.take("office", 0.0) for _ in range(60)]
    assert household.count(0.0) == Settings().sockets_per_min < office.count(0.0) == 60
