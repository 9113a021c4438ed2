"""Knowing an id opens nothing: meetings, cases, records and links are their own staff's."""

from collections.abc import Callable

import pytest

from tests.support.server import HearthServer
from tests.support.visitor import Visitor

NewVisitor = Callable[[], Visitor]
OTHER = "0" * 32


@pytest.fixture(scope="module")
def guest(hearth: HearthServer) -> Visitor:
    """A person with a link in this one meeting, and nothing more."""
    browser = Visitor(hearth, "198.18.9.1")
    assert browser.spend(hearth.link("parent").token).status == 200
    return browser


STAFF_ROUTES = [
    "/api/me",
    "/api/staff",
    "/api/meetings",
    "/api/meetings/{meeting}",
    "/api/cases",
    "/api/cases/{case}",
    "/api/records/{meeting}",
    "/api/records/{meeting}.pdf",
]


@pytest.mark.parametrize("path", STAFF_ROUTES)
def test_a_person_with_a_link_reads_nothing_of_the_staffs(guest: Visitor, hearth: HearthServer, path: str) -> None:
    reply = guest.get(path.format(meeting=hearth.announced.meeting_id, case=hearth.announced.case_id))
    assert (reply.status, reply.code) == (401, "sign_in.required")


def test_a_person_with_a_link_gets_a_ticket_for_their_meeting_only(guest: Visitor, hearth: HearthServer) -> None:
    assert guest.post("/api/tickets").status == 200
    assert guest.post("/api/tickets", {"meeting_id": hearth.announced.meeting_id}).code == "sign_in.required"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"/api/meetings/{OTHER}", "meeting.unknown"),
        (f"/api/cases/{OTHER}", "case.unknown"),
        (f"/api/records/{OTHER}", "record.unknown"),
        (f"/api/records/{OTHER}.pdf", "record.unknown"),
        ("/api/meetings/' or 1=1", "meeting.unknown"),
    ],
)
def test_what_is_not_theirs_is_not_found(visitor: NewVisitor, hearth: HearthServer, path: str, code: str) -> None:
    browser = visitor()
    browser.sign_in(hearth.sign_in("facilitator"))
    reply = browser.get(path.replace(" ", "%20"))
    assert (reply.status, reply.code) == (404, code)


def test_links_of_other_meetings_cannot_be_changed(visitor: NewVisitor, hearth: HearthServer) -> None:
    browser = visitor()
    browser.sign_in(hearth.sign_in("facilitator"))
    meeting_id = hearth.announced.meeting_id
    assert browser.post(f"/api/meetings/{OTHER}/links/{OTHER}").code == "meeting.unknown"
    assert browser.post(f"/api/meetings/{meeting_id}/links/{OTHER}").code == "participant.unknown"
    assert browser.request("DELETE", f"/api/meetings/{OTHER}/links/{OTHER}").code == "meeting.unknown"
    people = browser.get(f"/api/meetings/{meeting_id}").json["participants"]
    colleague = next(one for one in people if one["role"] == "supervisor")
    reply = browser.post(f"/api/meetings/{meeting_id}/links/{colleague['participant_id']}")
    assert reply.code == "participant.unknown"


def test_staff_without_a_part_in_a_case_cannot_make_meetings_of_it(visitor: NewVisitor, hearth: HearthServer) -> None:
    browser = visitor()
    browser.sign_in(hearth.sign_in("caseworker"))
    wanted = {
        "case_id": OTHER,
        "practice": "tdm",
        "scheduled_at": "2027-01-05T15:00:00Z",
        "time_zone": "America/New_York",
        "decision_question": "Where can Lee live safely?",
        "facilitator_id": browser.get("/api/me").json["staff_id"],
        "participants": [],
    }
    assert browser.post("/api/meetings", wanted).code == "case.unknown"


def test_the_worker_of_the_case_cannot_be_its_facilitator(visitor: NewVisitor, hearth: HearthServer) -> None:
    browser = visitor()
    browser.sign_in(hearth.sign_in("caseworker"))
    wanted = {
        "case_id": hearth.announced.case_id,
        "practice": "tdm",
        "scheduled_at": "2027-01-05T15:00:00Z",
        "time_zone": "America/New_York",
        "decision_question": "Where can Lee live safely?",
        "facilitator_id": browser.get("/api/me").json["staff_id"],
        "participants": [],
    }
    reply = browser.post("/api/meetings", wanted)
    assert (reply.status, reply.code) == (409, "facilitator.not_independent")
    assert reply.json["detail"]
