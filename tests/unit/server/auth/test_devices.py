from server.auth.devices import ID_LETTERS, MOST, device_of, remembering

SAM, ALEX = "$argon2id$of-sam", "$argon2id$of-alex"
ONE, TWO = "1" * ID_LETTERS, "2" * ID_LETTERS


def test_a_browser_is_known_to_the_account_it_signed_in_to_and_to_no_other() -> None:
    cookie = remembering("", ONE, SAM)
    assert device_of(cookie, SAM) == ONE
    assert device_of(cookie, ALEX) is None
    assert "argon" not in cookie


def test_nothing_but_the_whole_signature_counts() -> None:
    cookie = remembering("", ONE, SAM)
    for bent in ("", ONE, cookie[:-1], cookie[1:], TWO + cookie[ID_LETTERS:], cookie.swapcase(), "A" * 256):
        assert device_of(bent, SAM) is None


def test_colleagues_share_a_machine_and_the_longest_away_is_forgotten() -> None:
    cookie = ""
    accounts = [f"$argon2id$of-{number}" for number in range(MOST + 1)]
    for number, account in enumerate(accounts):
        cookie = remembering(cookie, str(number) * ID_LETTERS, account)
    assert [device_of(cookie, account) for account in accounts[1:]] == [str(n) * ID_LETTERS for n in (1, 2, 3)]
    assert device_of(cookie, accounts[0]) is None
    assert len(cookie) <= 256


def test_signing_in_again_keeps_the_id_and_a_new_password_forgets_the_browser() -> None:
    cookie = remembering(remembering("", ONE, SAM), TWO, ALEX)
    again = remembering(cookie, ONE, SAM)
    assert (device_of(again, SAM), device_of(again, ALEX)) == (ONE, TWO)
    assert len(again) == len(cookie)
    assert device_of(again, "$argon2id$of-sam-anew") is None
