"""What belongs to one sign-in, and what is written down of it. Its times are in `tests/contracts/test_sessions.py`."""

from server.persistence import audit
from server.persistence.unit_of_work import reading
from server.services.sign_in import csrf_of
from tests.support.stored import PRIYA, SAM, Stored


async def trail(stored: Stored) -> list[str]:
    async with reading(stored.database) as connection:
        return [row.action for row in await audit.entries(connection, audit.HEARTH)]


def test_the_csrf_value_is_bound_to_one_cookie_and_does_not_tell_it() -> None:
    assert csrf_of("cookie-one") == csrf_of("cookie-one") != csrf_of("cookie-two")
    assert "cookie" not in csrf_of("cookie-one") and len(csrf_of("\ud800")) == 64


async def test_signing_in_and_out_and_wrong_passwords_leave_a_trail(stored: Stored) -> None:
    opened = await stored.sessions.open(SAM)
    await stored.sessions.refused(SAM)
    await stored.sessions.close(opened.cookie)
    await stored.sessions.close("A" * 43)
    assert await trail(stored) == ["staff.signed_in", "staff.sign_in_refused", "staff.signed_out"]


async def test_each_browser_is_a_device_of_its_own(stored: Stored) -> None:
    found = [await stored.sessions.find((await stored.sessions.open(SAM)).cookie) for _ in range(2)]
    assert len({one.device_id for one in found if one is not None}) == 2


async def test_another_persons_sign_ins_do_not_count_as_mine(stored: Stored) -> None:
    first = await stored.sessions.open(PRIYA)
    for _ in range(4):
        await stored.sessions.open(SAM)
    assert await stored.sessions.find(first.cookie) is not None


async def test_a_chosen_language_is_kept_for_the_next_sign_in(stored: Stored) -> None:
    await stored.sessions.choose_language(SAM, "es")
    found = await stored.sessions.find((await stored.sessions.open(SAM)).cookie)
    assert found is not None and found.language == "es"


async def test_names_and_secrets_cannot_be_printed(stored: Stored) -> None:
    opened = await stored.sessions.open(SAM)
    session, member = await stored.sessions.find(opened.cookie), await stored.sessions.by_email("sam@agency.example")
    printed = f"{opened!r} {session!r} {member!r}"
    assert not any(private in printed for private in ("Sam", "Okafor", "agency.example", opened.cookie, opened.csrf))
