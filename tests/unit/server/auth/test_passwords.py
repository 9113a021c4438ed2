from server.auth.passwords import PasswordCheck, is_password, password_hash


def test_hashes_are_argon2id_with_19_mib_two_passes_one_lane() -> None:
    assert password_hash("correct horse").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_only_the_right_password_passes() -> None:
    stored = password_hash("correct horse")
    check = PasswordCheck()
    assert await check(stored, "correct horse")
    assert not await check(stored, "Correct horse")
    assert not await check(None, "nobody signs in with this")


def test_a_damaged_hash_is_no_match() -> None:
    assert not is_password("$argon2id$broken", "x")
    assert not is_password("plain", "plain")
