"""A NUL, which PostgreSQL keeps in no text, is nobody's id: the same answer on every database, never "try again"."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import fresh_database
from tests.support.server import HearthServer, hearth_server
from tests.support.visitor import Visitor


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def hearth(request: pytest.FixtureRequest) -> Iterator[HearthServer]:
    with_media_elsewhere = {"HEARTH_MEDIA": "external", "HEARTH_TRUSTED_PROXIES": "127.0.0.1/32"}
    if request.param == "sqlite":
        with hearth_server(environment=with_media_elsewhere) as server:
            yield server
        return
    with (
        fresh_database(request.getfixturevalue("postgres_url")) as url,
        hearth_server("--database", url, environment=with_media_elsewhere) as server,
    ):
        yield server


@pytest.fixture(scope="module")
def sam(hearth: HearthServer) -> Visitor:
    visitor = Visitor(hearth, "198.51.100.20")
    visitor.sign_in(hearth.sign_in("facilitator"))
    return visitor


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/meetings/%00"),
        ("GET", "/api/cases/%00"),
        ("GET", "/api/records/%00"),
        ("GET", "/api/records/%00.pdf"),
        ("POST", "/api/meetings/{meeting}/links/%00"),
        ("DELETE", "/api/meetings/{meeting}/links/a%00"),
        ("POST", "/api/meetings/%00/links/%00"),
    ],
)
def test_in_an_address_it_is_not_found(hearth: HearthServer, sam: Visitor, method: str, path: str) -> None:
    reply = sam.request(method, path.format(meeting=hearth.announced.meeting_id), b"{}" if method == "POST" else None)
    assert (reply.status, reply.header("retry-after")) == (404, None), reply.body


def test_in_a_sign_in_it_is_told_from_a_wrong_password_by_nothing(hearth: HearthServer) -> None:
    known = hearth.sign_in("caseworker").email
    replies = [
        Visitor(hearth, f"198.51.100.{number}").post("/api/sign-in", {"email": email, "password": "wrong"})
        for number, email in enumerate([known, f"{known}\0", f"\0{known}", "a\0b"], 30)
    ]
    assert {reply.status for reply in replies} == {401}
    assert len({reply.body for reply in replies}) == 1


@pytest.mark.parametrize("field", ["case_id", "facilitator_id"])
def test_in_a_new_meeting_it_is_a_wrong_field(hearth: HearthServer, sam: Visitor, field: str) -> None:
    facilitator = next(one["staff_id"] for one in sam.get("/api/staff").json if one["role"] == "facilitator")
    body = {
        "case_id": hearth.announced.case_id,
        "practice": "tdm",
        "scheduled_at": "2030-01-02T15:00:00Z",
        "time_zone": "America/New_York",
        "decision_question": "Where can Lee live safely?",
        "facilitator_id": facilitator,
        "participants": [{"name": "Dana Reyes", "role": "parent", "relation": "Mother", "language": "en"}],
    }
    reply = sam.post("/api/meetings", {**body, field: f"{body[field]}\0"})
    assert (reply.status, reply.code) == (422, "body.invalid"), reply.body
