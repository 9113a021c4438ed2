from server.auth.crowd import Crowd, Place
from server.auth.limits import Limits
from server.config import Settings

HEADERS = [(b"cookie", b"__Host-sid=" + b"S" * 43)]


class One:
    """A connection that remembers it was ended."""

    def __init__(self) -> None:
        self.is_ended = False

    def give_way(self) -> None:
        self.is_ended = True


def waiting(crowd: Crowd, place: Place | None, count: int) -> list[One]:
    made = [One() for _ in range(count)]
    for one in made:
        crowd.waits(place, one)
    return made


def ended(many: list[One]) -> int:
    return sum(one.is_ended for one in many)


def test_an_address_ends_its_own_oldest_and_a_session_behind_it_is_not_touched() -> None:
    settings = Settings(unfinished=10, unfinished_session=2)
    limits = Limits(settings)
    limits.know("S" * 43)
    crowd = Crowd(settings, limits)
    place = crowd.place("192.0.2.7")
    seated = crowd.seated(place, HEADERS)
    assert seated is not None and seated.has_session and crowd.has_session(HEADERS)
    inside = waiting(crowd, seated, 2)
    assert ended(waiting(crowd, place, 30)) == 20
    assert ended(inside) == 0
    assert ended(waiting(crowd, seated, 1)) == 0 and ended(inside) == 1
    assert crowd.seated(place, []) == place and not crowd.has_session([])


def test_ipv6_is_counted_by_its_64() -> None:
    crowd = Crowd(Settings(), Limits(Settings()))
    assert crowd.place("2001:db8:1:2::5") == crowd.place("2001:db8:1:2:9::1") != crowd.place("2001:db8:1:3::5")


def test_strangers_of_many_addresses_hold_at_most_half() -> None:
    settings = Settings(connections=20, unfinished=10)
    crowd = Crowd(settings, Limits(settings))
    held = [one for number in range(5) for one in waiting(crowd, crowd.place(f"192.0.2.{number}"), 4)]
    assert len(held) - ended(held) == 10


def test_a_proxys_connections_are_everybodys() -> None:
    settings = Settings(trusted_proxies=("127.0.0.1",), unfinished=1)
    crowd = Crowd(settings, Limits(settings))
    place = crowd.place("127.0.0.1")
    assert place is None and crowd.seated(place, HEADERS) is None
    held = waiting(crowd, place, 5)
    assert ended(held) == 0
    crowd.is_served(place, held[0])


def test_who_is_served_makes_room() -> None:
    settings = Settings(unfinished=1)
    crowd = Crowd(settings, Limits(settings))
    place = crowd.place("192.0.2.7")
    first = waiting(crowd, place, 1)
    crowd.is_served(place, first[0])
    assert ended(waiting(crowd, place, 1) + first) == 0
