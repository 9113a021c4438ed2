"""Who passes the guards, and what a change needs besides."""

import pytest

from server.auth import guards
from server.auth.cookies import GUEST, STAFF
from server.auth.limits import Limits
from server.config import Settings, at_port
from server.errors import HttpError
from server.services.sign_in import StaffSession
from tests.support.requests import request
from tests.support.stored import SAM, Stored, StoredMeeting

SETTINGS = at_port(Settings(), 8470)
OURS = {"sec_fetch_site": "same-origin"}


async def staff(stored: Stored, settings: Settings = SETTINGS, method: str = "GET", **headers: str) -> StaffSession:
    return await guards.staff(request(method, **headers), stored.sessions, Limits(settings), settings)


async def refused(stored: Stored, **asked: str) -> tuple[int, str]:
    with pytest.raises(HttpError) as refusal:
        await staff(stored, **asked)  # type: ignore[arg-type]
    return refusal.value.status, refusal.value.code


async def test_a_signed_in_member_of_staff_may_read(stored: Stored) -> None:
    opened = await stored.sessions.open(SAM)
    assert (await staff(stored, cookie=f"{STAFF}={opened.cookie}")).staff_id == SAM


@pytest.mark.parametrize("cookie", ["", f"{STAFF}=short", f"{STAFF}={'A' * 43}", f"other={'A' * 43}"])
async def test_anyone_else_is_asked_to_sign_in(stored: Stored, cookie: str) -> None:
    assert await refused(stored, cookie=cookie) == (401, "sign_in.required")


async def test_a_cookie_planted_beside_the_real_one_counts_for_neither(stored: Stored) -> None:
    opened = await stored.sessions.open(SAM)
    assert await refused(stored, cookie=f"{STAFF}={opened.cookie}; {STAFF}={'A' * 43}") == (401, "sign_in.required")


async def test_a_change_needs_our_origin_and_the_sessions_csrf_value(stored: Stored) -> None:
    opened, other = await stored.sessions.open(SAM), await stored.sessions.open(SAM)
    cookie = f"{STAFF}={opened.cookie}"
    change = {"method": "POST", "cookie": cookie}
    assert (await staff(stored, **change, **OURS, x_csrf_token=opened.csrf)).staff_id == SAM  # type: ignore[arg-type]
    assert await refused(stored, **change, x_csrf_token=opened.csrf) == (403, "request.cross_site")
    assert await refused(stored, **change, sec_fetch_site="cross-site", x_csrf_token=opened.csrf) == (
        403,
        "request.cross_site",
    )
    for wrong in ("", other.csrf, "é"):
        assert await refused(stored, **change, **OURS, x_csrf_token=wrong) == (403, "csrf.wrong")


async def test_one_session_asking_too_often_waits(stored: Stored) -> None:
    settings = at_port(Settings(api_burst=2, api_rate_per_s=0.001), 8470)
    limits, opened = Limits(settings), await stored.sessions.open(SAM)
    for _ in range(2):
        await guards.staff(request(cookie=f"{STAFF}={opened.cookie}"), stored.sessions, limits, settings)
    with pytest.raises(HttpError) as refusal:
        await guards.staff(request(cookie=f"{STAFF}={opened.cookie}"), stored.sessions, limits, settings)
    assert refusal.value.status == 429 and int(refusal.value.headers["Retry-After"]) > 60


async def test_a_person_passes_by_the_session_of_their_link(stored: Stored, meeting: StoredMeeting) -> None:
    spent = await stored.links.spend(meeting.token("Dana"), None)
    asked = request(cookie=f"{GUEST}={spent.cookie}")
    assert await guards.guest(asked, stored.links, Limits(SETTINGS), SETTINGS) == spent.guest
    change = request("POST", cookie=f"{GUEST}={spent.cookie}")
    with pytest.raises(HttpError) as refusal:
        await guards.guest(change, stored.links, Limits(SETTINGS), SETTINGS)
    assert refusal.value.code == "request.cross_site"


@pytest.mark.parametrize("cookie", ["", f"{GUEST}={'A' * 43}"])
async def test_without_a_session_a_person_is_asked_to_open_their_link(stored: Stored, cookie: str) -> None:
    with pytest.raises(HttpError) as refusal:
        await guards.guest(request(cookie=cookie), stored.links, Limits(SETTINGS), SETTINGS)
    assert (refusal.value.status, refusal.value.code) == (401, "guest.signed_out")


async def test_before_anyone_is_signed_in_a_change_must_be_ours_too() -> None:
    await guards.same_origin(request("POST", origin=SETTINGS.origin), SETTINGS)
    for headers in ({}, {"origin": "https://evil.example"}, {"origin": SETTINGS.origin, "sec_fetch_site": "same-site"}):
        with pytest.raises(HttpError) as refusal:
            await guards.same_origin(request("POST", **headers), SETTINGS)
        assert refusal.value.code == "request.cross_site"
