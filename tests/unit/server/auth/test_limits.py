"""Who has a session or a link is counted by it; an address only for floods."""

from server.auth.limits import Limits
from server.config import Settings

COOKIE = [(b"cookie", b"__Host-gid=" + b"G" * 43)]


def test_two_hundred_people_behind_one_address_open_their_links_at_once() -> None:
    limits = Limits(Settings())
    assert {limits.link_by_peer.take("shelter", 0.0) for _ in range(200)} == {0.0}
    assert {limits.link_by_token.take(f"link-{number}", 0.0) for number in range(200)} == {0.0}


def test_one_link_is_tried_five_times_a_minute() -> None:
    limits = Limits(Settings())
    assert [limits.link_by_token.take("link", 0.0) for _ in range(6)] == [0.0] * 5 + [12.0]


def test_two_hundred_pages_load_at_once_behind_one_address() -> None:
    limits = Limits(Settings())
    assert {limits.pause("shelter", None) for _ in range(200 * 15)} == {0.0}


def test_a_session_that_was_good_has_a_budget_of_its_own() -> None:
    limits = Limits(Settings(flood_rate_per_s=0.001, flood_burst=1, request_burst=2, request_rate_per_s=0.001))
    assert limits.session_of(COOKIE) is None
    limits.know("G" * 43)
    session = limits.session_of(COOKIE)
    assert session is not None and "G" not in session
    assert limits.pause("home", None) == 0.0 < limits.pause("home", None)
    assert [limits.pause("home", session) > 0 for _ in range(3)] == [False, False, True]


def test_made_up_planted_and_doubled_sessions_are_none() -> None:
    limits = Limits(Settings())
    limits.know("G" * 43)
    for headers in ([], [(b"cookie", b"__Host-gid=" + b"X" * 43)], COOKIE * 2, [(b"cookie", b"__Host-gid=short")]):
        assert limits.session_of(headers) is None


def test_strangers_may_open_few_sockets_and_a_session_its_own() -> None:
    settings = Settings()
    limits = Limits(settings)
    strangers = [limits.sockets_by_peer.take("home", 0.0) for _ in range(80)]
    own = [limits.sockets.take("session", 0.0) for _ in range(40)]
    assert (strangers.count(0.0), own.count(0.0)) == (settings.sockets_per_min_stranger, settings.sockets_per_min)


def test_what_the_nodes_share_is_counted_by_address_or_account() -> None:
    assert set(Limits(Settings()).shared) == {"flood", "link", "sign-in", "fresh", "again", "sockets"}
