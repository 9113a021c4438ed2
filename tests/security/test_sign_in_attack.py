"""A stranger who hammers a known e-mail from a hundred addresses locks nobody out, and learns little by it."""

import os
import time
from collections.abc import Iterator

import pytest

from tests.support.attackers import Watch, attacking, paced
from tests.support.server import HearthServer, StaffSignIn, hearth_server
from tests.support.visitor import Visitor

ATTACK_S = float(os.environ.get("HEARTH_TEST_ATTACK_S", "20"))


@pytest.fixture(scope="module")
def attacked() -> Iterator[HearthServer]:
    """A server of its own: the budgets of an account under attack are used up."""
    with hearth_server() as server:
        yield server


def signed_in_after(visitor: Visitor, one: StaffSignIn, within_s: float) -> float:
    """Seconds until the owner is in, trying again as often as the answer allows."""
    began = time.monotonic()
    while True:
        reply = visitor.post("/api/sign-in", {"email": one.email, "password": one.password})
        took_s = time.monotonic() - began
        if reply.status == 200 or took_s > within_s:
            assert reply.status == 200, f"not in after {took_s:.1f} s: {reply.code}"
            return took_s
        paced(float(reply.header("retry-after") or 1))


def test_the_owner_is_in_while_a_hundred_addresses_hammer_the_account(attacked: HearthServer) -> None:
    owner = attacked.sign_in("facilitator")
    known = Visitor(attacked)
    known.sign_in(owner)
    on_known, on_new = [], []
    began = time.monotonic()
    with attacking(attacked, "sign-in", ATTACK_S + 60, owner.email), Watch(attacked) as watch:
        number = 0
        while time.monotonic() - began < ATTACK_S:
            number += 1
            paced(ATTACK_S / 10)
            assert known.post("/api/sign-out").status == 204
            on_known.append(signed_in_after(known, owner, 2 * watch.busy))
            on_new.append(signed_in_after(Visitor(attacked, source=f"127.4.0.{number}"), owner, 30))
            known.sign_in(owner)  # three sessions at most: the newer ones end the older
    print(f"known device max {max(on_known):.2f} s, new device max {max(on_new):.2f} s, n {len(on_new)}; {watch}")
    assert max(on_known) < 2 * watch.busy
    assert max(on_new) < 30
    assert watch.statuses == {200} and max(watch.took_s) < 0.5 * watch.busy


def test_the_device_cookie_signs_nobody_in_and_belongs_to_one_account(attacked: HearthServer) -> None:
    sam = Visitor(attacked)
    reply = sam.sign_in(attacked.sign_in("facilitator"))
    line = next(value for name, value in reply.headers if value.startswith("__Host-device=")).lower()
    for attribute in ("secure", "httponly", "samesite=strict", "path=/", "max-age="):
        assert attribute in line
    assert "domain=" not in line
    thief = Visitor(attacked)
    thief.cookies["__Host-device"] = sam.cookies["__Host-device"]
    assert thief.get("/api/me").status == 401
    wrong = {"email": attacked.sign_in("facilitator").email, "password": "wrong"}
    statuses = [thief.post("/api/sign-in", wrong).status for _ in range(12)]
    assert statuses[:5] == [401] * 5 and statuses[-1] == 429  # then as any stranger, who must wait too


def test_signing_out_forgets_the_session_and_not_the_browser(attacked: HearthServer) -> None:
    browser = Visitor(attacked, source="127.5.0.1")
    browser.sign_in(attacked.sign_in("supervisor"))
    device = browser.cookies["__Host-device"]
    reply = browser.post("/api/sign-out")
    assert reply.header("clear-site-data") == '"cache","storage"'
    assert set(browser.cookies) == {"__Host-device"} and browser.cookies["__Host-device"] == device
