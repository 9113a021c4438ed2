"""Without the agency's number, exit page and zone nothing invented is shown and nothing can be scheduled: `start` says
the line to set, in its log and to staff. (The case and its staff are those a demonstration left in the folder.)"""

import json
from datetime import UTC, datetime

import pytest

from tests.support.server import HearthServer, StaffSignIn, plain_start
from tests.support.visitor import Reply, Visitor

AGENCY = {
    "HEARTH_OFFICE_PHONE": "(608) 266-1234",
    "HEARTH_QUICK_EXIT_URL": "https://dull.example/",
    "HEARTH_TIME_ZONE": "America/Chicago",
}
INVENTED = ("555-0100", "weather.gov", "New_York")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> HearthServer:
    """What a demonstration left: staff, a case, a meeting with links. It is stopped."""
    server = HearthServer(tmp_path_factory.mktemp("left"), (), {})
    server.start()
    server.stop()
    return server


def address(said: str) -> str:
    return said.rsplit(" ", 1)[-1].strip()


def signed_in(url: str, one: StaffSignIn) -> Visitor:
    visitor = Visitor(url)
    visitor.sign_in(one)
    return visitor


def schedules(visitor: Visitor, left: HearthServer) -> Reply:
    sam = next(one["staff_id"] for one in visitor.get("/api/staff").json if one["role"] == "facilitator")
    return visitor.post(
        "/api/meetings",
        {
            "case_id": left.announced.case_id,
            "practice": "tdm",
            "scheduled_at": datetime.now(UTC).isoformat(),
            "time_zone": "America/Chicago",
            "decision_question": "Where can Lee live safely?",
            "facilitator_id": sam,
            "participants": [{"name": "Dana", "role": "parent", "relation": "Mother", "language": "en"}],
        },
    )


@pytest.mark.parametrize("missing", [tuple(AGENCY), ("HEARTH_OFFICE_PHONE",), ("HEARTH_TIME_ZONE",)])
def test_nothing_is_scheduled_until_the_agency_is_set_and_the_log_and_staff_are_told_the_line(
    left: HearthServer, missing: tuple[str, ...]
) -> None:
    given = {name: "" if name in missing else value for name, value in AGENCY.items()}
    with plain_start(left.data_dir, given) as (said, log):
        visitor = signed_in(address(said), left.sign_in("caseworker"))
        reply = schedules(visitor, left)
        assert (reply.status, reply.code) == (409, "agency.unset")
        line = visitor.get("/api/me").json["to_set"]
        told = [json.loads(one) for one in log.read_text().splitlines() if "start.agency_unset" in one]
        assert [one["set"] for one in told] == [line]
        assert line in reply.json["detail"]
        assert [part.partition("=")[0] for part in line.split() if part.startswith("HEARTH_")] == list(missing)


@pytest.mark.parametrize("language", ["en", "es"])
def test_families_are_shown_no_invented_number_page_or_zone(left: HearthServer, language: str) -> None:
    with plain_start(left.data_dir, dict.fromkeys(AGENCY, "")) as (said, _):
        visitor = Visitor(address(said))
        form = {"content-type": "application/x-www-form-urlencoded"}
        for page in (
            visitor.get(f"/j?lang={language}"),
            visitor.request("POST", f"/j/enter?lang={language}", b"link=" + left.link("parent").token.encode(), form),
            visitor.request("POST", f"/j/enter?lang={language}", b"link=half", form),
        ):
            text = page.body.decode()
            assert not any(one in text for one in INVENTED)
            assert "tel:" not in text and "about:blank" in text
            assert ("who sent you" in text) if language == "en" else ("que le mandó" in text)


def test_once_set_the_meeting_is_made_and_the_pages_show_what_was_set(left: HearthServer) -> None:
    with plain_start(left.data_dir, AGENCY) as (said, log):
        visitor = signed_in(address(said), left.sign_in("caseworker"))
        assert schedules(visitor, left).status == 201
        me = visitor.get("/api/me").json
        assert (me["to_set"], me["time_zone"]) == ("", "America/Chicago")
        assert "agency_unset" not in log.read_text()
        page = Visitor(address(said)).get("/j").body.decode()
        assert 'href="tel:6082661234"' in page and 'href="https://dull.example/"' in page


def test_the_demonstration_keeps_its_own_and_says_nothing_is_missing(left: HearthServer) -> None:
    left.start()
    try:
        assert b"555-0100" in Visitor(left.url).get("/j").body
        assert "agency_unset" not in left.log_text()
    finally:
        left.stop()
