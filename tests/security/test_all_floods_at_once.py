"""Wrong passwords, unfinished requests and sockets of tiny frames at the same time: others are served."""

import os
import time

from tests.support.attackers import Watch, attacking, paced
from tests.support.server import hearth_server
from tests.support.visitor import Visitor

ATTACK_S = float(os.environ.get("HEARTH_TEST_ATTACK_S", "10"))


def test_healthz_stays_under_half_a_second() -> None:
    with hearth_server() as server:
        owner = server.sign_in("facilitator")
        known = Visitor(server)
        known.sign_in(owner)
        began = time.monotonic()
        with (
            attacking(server, "sign-in", ATTACK_S + 30, owner.email),
            attacking(server, "unfinished", ATTACK_S + 30),
            attacking(server, "frames", ATTACK_S + 30, "pings,pongs,parts,empty"),
            Watch(server) as watch,
        ):
            while time.monotonic() - began < ATTACK_S:
                paced(0.5)
                assert Visitor(server).get("/j").status == 200
            asked = time.monotonic()
            known.sign_in(owner)
            took_s = time.monotonic() - asked
        print(f"{watch}; the owner is in after {took_s:.2f} s")
        assert watch.statuses == {200} and max(watch.took_s) < 0.5 * watch.busy
        assert took_s < 2 * watch.busy
