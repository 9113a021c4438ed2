from server.auth.shares import Shares


class One:
    """A connection that remembers it was ended."""

    def __init__(self) -> None:
        self.is_ended = False

    def give_way(self) -> None:
        self.is_ended = True


def entered(shares: Shares, key: str, count: int) -> list[One]:
    made = [One() for _ in range(count)]
    for one in made:
        shares.enter(key, one)
    return made


def ended(many: list[One]) -> list[bool]:
    return [one.is_ended for one in many]


def test_one_too_many_of_a_place_ends_its_own_oldest() -> None:
    shares = Shares(each=2, together=10)
    neighbour = entered(shares, "home", 2)
    own = entered(shares, "shelter", 4)
    assert ended(own) == [True, True, False, False]
    assert ended(neighbour) == [False, False]
    assert len(shares) == 4


def test_too_many_of_all_end_the_oldest_of_whoever_holds_most() -> None:
    shares = Shares(each=5, together=6)
    crowd = entered(shares, "crowd", 5)
    people = entered(shares, "home", 1) + entered(shares, "office", 1)
    assert ended(crowd) == [True, False, False, False, False]
    assert ended(people) == [False, False]


def test_who_leaves_makes_room_and_twice_is_once() -> None:
    shares = Shares(each=2, together=10)
    own = entered(shares, "home", 2)
    shares.enter("home", own[0])
    shares.leave("home", own[0])
    shares.leave("home", own[0])
    shares.leave("nobody", own[0])
    more = entered(shares, "home", 1)
    assert ended(own + more) == [False] * 3
    for one in (own[1], more[0]):
        shares.leave("home", one)
    assert len(shares) == 0 and shares._held == {}
