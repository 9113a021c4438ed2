import asyncio

from server.auth.passwords import PasswordCheck, is_password, password_hash


def test_hashes_are_argon2id_with_19_mib_two_passes_one_lane() -> None:
    assert password_hash("correct horse").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_only_the_right_password_passes() -> None:
    stored = password_hash("correct horse")
    check = PasswordCheck()
    assert await check(stored, "correct horse", place="home")
    assert not await check(stored, "Correct horse", place="home")
    assert not await check(None, "nobody signs in with this", place="home")


async def test_a_known_browser_does_not_stand_in_the_line_of_strangers() -> None:
    stored, check, done = password_hash("correct horse"), PasswordCheck(), list[str]()

    async def one(name: str, *, is_known: bool) -> None:
        await check(stored, "wrong", place=name, is_known=is_known)
        done.append(name)

    strangers = [asyncio.create_task(one(f"stranger {number}", is_known=False)) for number in range(12)]
    await asyncio.sleep(0)
    await one("owner", is_known=True)
    assert len(done) < 8  # most of the line is still waiting
    await asyncio.gather(*strangers)


def test_a_damaged_hash_is_no_match() -> None:
    assert not is_password("$argon2id$broken", "x")
    assert not is_password("plain", "plain")
