"""The whole server over HTTP: start, join, sign in, schedule, stop and start again."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.server import METRICS_TOKEN, ROOT, HearthServer, hearth_server, plain_start
from tests.support.visitor import Visitor

TODAY = datetime.now(UTC)
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def hearth() -> Iterator[HearthServer]:
    with hearth_server(environment={"HEARTH_TRUSTED_PROXIES": "127.0.0.1/32"}) as server:
        yield server


def test_a_person_opens_their_link_comes_back_and_leaves(hearth: HearthServer) -> None:
    dana = Visitor(hearth, "10.0.0.1")
    spent = dana.spend(hearth.link("parent").token)
    assert spent.json["name"].startswith("Dana")
    assert spent.json["state"] == "seated"
    assert spent.json["meeting"]["facilitator_first_name"] == "Sam"
    assert dana.get("/api/join").json == spent.json
    assert dana.spend(hearth.link("parent").token).json["state"] == "seated"  # the same browser, the same seat
    assert dana.post("/api/join/language", {"language": "es"}).json["language"] == "es"
    ticket = dana.post("/api/tickets").json
    assert len(ticket["ticket"]) == 43 and ticket["expires_in_s"] == 30
    assert Visitor(hearth, "10.0.0.2").spend(hearth.link("parent").token).json["state"] == "second_device"
    assert dana.post("/api/join/leave").status == 204
    assert dana.get("/api/join").code == "guest.signed_out"


def test_a_browser_without_scripts_is_greeted_and_nothing_is_spent(hearth: HearthServer) -> None:
    link = hearth.link("youth")
    form = urlencode({"link": f"  {link.url}\n"}).encode()
    page = Visitor(hearth, "10.0.0.3").request("POST", "/j/enter?lang=es", form, FORM)
    assert page.status == 200
    assert "Hola, <bdi>Lee" in page.body.decode() and "555-0100" in page.body.decode()
    assert page.header("set-cookie") is None
    wrong = Visitor(hearth, "10.0.0.3").request("POST", "/j/enter", b"link=nothing", FORM)
    assert wrong.status == 404 and "555-0100" in wrong.body.decode()
    assert Visitor(hearth, "10.0.0.4").spend(link.token).json["state"] == "seated"


def test_staff_sign_in_and_see_their_meeting_and_case(hearth: HearthServer) -> None:
    sam = Visitor(hearth, "10.0.0.5")
    me = sam.sign_in(hearth.sign_in("facilitator")).json
    assert sam.get("/api/me").json == me | {"csrf": sam.csrf}
    lines = sam.get("/api/meetings").json["meetings"]
    assert [line["meeting_id"] for line in lines] == [hearth.announced.meeting_id]
    meeting = sam.get(f"/api/meetings/{hearth.announced.meeting_id}").json
    assert {one["role"] for one in meeting["participants"]} >= {"facilitator", "caseworker", "supervisor", "parent"}
    case = sam.get(f"/api/cases/{hearth.announced.case_id}").json
    assert case["records"] == [] and case["worker"]["name"]
    assert len(sam.get("/api/staff").json) == 3


def test_a_new_link_ends_the_old_one_at_once(hearth: HearthServer) -> None:
    sam, ruth = Visitor(hearth, "10.0.0.6"), Visitor(hearth, "10.0.0.7")
    sam.sign_in(hearth.sign_in("facilitator"))
    assert ruth.spend(hearth.link("kin").token).status == 200
    people = sam.get(f"/api/meetings/{hearth.announced.meeting_id}").json["participants"]
    ruth_id = next(one["participant_id"] for one in people if one["role"] == "kin")
    path = f"/api/meetings/{hearth.announced.meeting_id}/links/{ruth_id}"
    url = sam.post(path).json["url"]
    assert ruth.get("/api/join").status == 401
    assert ruth.spend(hearth.link("kin").token).code == "link.revoked"
    assert ruth.spend(url.partition("#")[2]).json["state"] == "seated"
    assert sam.request("DELETE", path).status == 204
    assert ruth.get("/api/join").status == 401


def test_a_meeting_is_scheduled_and_its_links_open_half_an_hour_before(hearth: HearthServer) -> None:
    priya = Visitor(hearth, "10.0.0.8")
    priya.sign_in(hearth.sign_in("caseworker"))
    sam = next(one for one in priya.get("/api/staff").json if one["role"] == "facilitator")
    wanted = {
        "case_id": hearth.announced.case_id,
        "practice": "tdm",
        "scheduled_at": at(days=30),
        "time_zone": "America/New_York",
        "decision_question": "Where can Lee live safely?",
        "facilitator_id": sam["staff_id"],
        "participants": [{"name": "Dana", "role": "parent", "relation": "Mother", "language": "es"}],
    }
    made = priya.post("/api/meetings", wanted)
    assert made.status == 201
    early = Visitor(hearth, "10.0.0.9").spend(made.json["links"][0]["url"].partition("#")[2])
    assert (early.status, early.code) == (425, "meeting.too_early")
    assert early.json["scheduled_at"] == wanted["scheduled_at"]
    meeting = f"/api/meetings/{made.json['meeting_id']}"
    moved = priya.post(f"{meeting}/time", {"scheduled_at": at(days=31)})
    assert (moved.json["scheduled_at"], moved.json["moved_from"]) == (at(days=31), at(days=30))
    link = made.json["links"][0]["url"].partition("#")[2]
    told = Visitor(hearth, "10.0.0.9").spend(link)
    assert (told.status, told.code, told.json["scheduled_at"]) == (425, "meeting.moved", at(days=31))
    refused = priya.post(f"{meeting}/time", {"scheduled_at": at(days=-31)})
    assert (refused.status, refused.code) == (409, "meeting.time_past")
    assert priya.post(f"{meeting}/time", {"scheduled_at": "soon"}).status == 422
    assert priya.post(f"{meeting}/cancel", {"reason": " "}).code == "meeting.reason_required"
    assert priya.post(f"{meeting}/cancel", {"reason": "The family moved away"}).json["phase"] == "cancelled"
    assert priya.post(f"{meeting}/time", {"scheduled_at": at(days=32)}).code == "meeting.cancelled"
    assert Visitor(hearth, "10.0.0.9").spend(link).code == "meeting.cancelled"


def at(days: int) -> str:
    """Noon, this many days ahead, as the wire writes it."""
    return (TODAY + timedelta(days=days)).strftime("%Y-%m-%dT12:00:00Z")


def test_health_and_schema_are_there(hearth: HearthServer) -> None:
    visitor = Visitor(hearth, "10.0.0.10")
    assert visitor.get("/healthz").body == b"alive\n"
    assert visitor.get("/readyz").body == b"ready\n"
    priya = visitor.get("/api/schemas/case-record").json
    assert priya["$ref"] == "#/$defs/CaseRecord"


@pytest.mark.parametrize(
    "shown", ["", "Bearer ", "Bearer of-somebody-else", METRICS_TOKEN, "Basic " + METRICS_TOKEN, "Bearer \u00e9"]
)
def test_counts_are_for_who_shows_the_token_and_for_no_one_else_on_this_machine(
    hearth: HearthServer, shown: str
) -> None:
    assert Visitor(hearth).get("/metrics", authorization=f"Bearer {METRICS_TOKEN}").status == 200
    assert Visitor(hearth).get("/metrics", authorization=shown).code == "page.unknown"
    elsewhere = {"authorization": f"Bearer {METRICS_TOKEN}", "host": "web-1:8470"}
    assert Visitor(hearth).get("/metrics", **elsewhere).status == 200, "a scraper knows the node by its own name"


def test_without_a_token_set_nobody_reads_the_counts(tmp_path: Path) -> None:
    with plain_start(tmp_path, {"HEARTH_METRICS_TOKEN": ""}) as (said, _):
        for shown in ("", "Bearer ", "Bearer"):
            address = said.split()[-1]
            assert Visitor(address).get("/metrics", authorization=shown).code == "page.unknown"


def test_it_stops_cleanly_and_the_same_folder_resumes_the_same_meeting(tmp_path: Path) -> None:
    with hearth_server(data_dir=tmp_path) as server:
        first = server.announced
        visitor = Visitor(server)
        visitor.spend(server.link("parent").token)
        gid = visitor.cookies["__Host-gid"]
        assert server.stop() == 0
        server.start()
        assert (server.announced.meeting_id, server.announced.case_id) == (first.meeting_id, first.case_id)
        assert server.link("parent").token == first.links[0].token
        assert Visitor(server).get("/api/join", cookie=f"__Host-gid={gid}").status == 200
        assert [line for line in server.logged() if line.get("level") == "error"] == []


def test_a_taken_port_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        command = [sys.executable, "-m", "server.cli", "demo", "--data", str(tmp_path)]
        command += ["--port", str(other.getsockname()[1])]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("hearth: Hearth cannot listen on 127.0.0.1:")
    assert ended.stdout == "" and "Traceback" not in ended.stderr


def test_the_schema_is_json(hearth: HearthServer) -> None:
    assert json.loads(Visitor(hearth, "10.0.0.11").get("/api/schemas/case-record").body)
