"""Who may try a password when: the owner's known browser, the owner's new one, and whoever hammers the account."""

from server.auth.attempts import FRESH, Attempt
from server.auth.limits import Limits
from server.config import Settings

SETTINGS = Settings(
    sign_in_burst=5, sign_in_rate_per_min=60, sign_in_fresh_burst=6, sign_in_fresh_per_min=6, sign_in_again_per_min=6
)


def tries(limits: Limits, peer: str, count: int, device: str | None = None, account: str = "sam") -> list[float]:
    return [Attempt(limits, peer, account, device).begin(0.0) for _ in range(count)]


def test_a_stranger_has_five_tries_and_then_waits_and_the_wait_grows() -> None:
    limits = Limits(SETTINGS)
    assert tries(limits, "home", 7) == [0.0] * 5 + [2.0] * 2
    again = Attempt(limits, "home", "sam", None)
    assert again.begin(2.0) == 0.0 and again.begin(2.0) == 4.0


def test_a_known_browser_is_not_slowed_by_what_strangers_do() -> None:
    limits = Limits(SETTINGS)
    for number in range(20):
        tries(limits, f"attacker-{number}", 10)
    known = Attempt(limits, "attacker-1", "sam", "device")
    assert known.begin(0.0) == 0.0 and known.is_known


def test_a_stolen_device_is_a_stranger_after_five_wrong_ones() -> None:
    limits = Limits(SETTINGS)
    assert tries(limits, "thief", 12, "device") == [0.0] * 10 + [2.0] * 2
    assert tries(limits, "thief", 1, "other device", account="alex") == [0.0]


def test_a_new_address_gets_in_while_others_hammer_and_those_share_a_narrow_budget() -> None:
    settings = Settings(sign_in_fresh_burst=400, sign_in_fresh_per_min=240, sign_in_again_per_min=30)
    limits = Limits(settings)
    passed = sum(tries(limits, f"attacker-{number}", 5).count(0.0) for number in range(100))
    assert passed == 100 * FRESH + 30
    assert tries(limits, "the owner elsewhere", 1) == [0.0]


def test_from_however_many_addresses_an_account_is_tried_only_so_often() -> None:
    limits = Limits(SETTINGS)
    assert [tries(limits, f"attacker-{number}", 1) for number in range(7)] == [[0.0]] * 6 + [[10.0]]


def test_one_address_tries_only_so_many_accounts_and_right_passwords_do_not_count() -> None:
    limits = Limits(Settings(sign_in_rate_per_min=3))
    for number in range(20):  # an office on Monday morning
        attempt = Attempt(limits, "office", f"colleague-{number}", None)
        assert attempt.begin(0.0) == 0.0
        attempt.succeeded(0.0)
    assert [tries(limits, "office", 1, account=f"guess-{n}")[0] > 0 for n in range(4)] == [False] * 3 + [True]


def test_success_forgets_the_wrong_ones_of_this_address_and_of_this_browser() -> None:
    limits = Limits(SETTINGS)
    tries(limits, "home", 4)
    right = Attempt(limits, "home", "sam", None)
    assert right.begin(0.0) == 0.0
    right.succeeded(0.0)
    assert limits.sign_in_wait.wait(("home", "sam"), 0.0) == 0.0
    tries(limits, "home", 4, "device")
    known = Attempt(limits, "home", "sam", "device")
    assert known.begin(0.0) == 0.0
    known.succeeded(0.0)
    assert limits.device_wait.wait(("device", "sam"), 0.0) == 0.0


def test_only_the_first_try_of_an_address_at_an_account_is_its_first() -> None:
    limits, firsts = Limits(SETTINGS), list[bool]()
    for peer, device in (("home", None), ("home", None), ("office", None), ("office", "device")):
        attempt = Attempt(limits, peer, "sam", device)
        attempt.begin(0.0)
        firsts.append(attempt.is_first)
    assert firsts == [True, False, True, False]
