import io
import json
from contextlib import redirect_stdout

import msgspec

from meetings.ids import CaseId, MeetingId
from server.cli import _announce, _chosen
from server.config import Settings
from server.services.demo import Demo, DemoLink, DemoStaff, demonstrated

DEMO = Demo(
    staff=(DemoStaff(name="Sam", role="facilitator", email="sam@agency.example", password="one-two-three"),),
    links=(DemoLink(name="Dana", role="parent", url="http://127.0.0.1:8470/j#" + "A" * 43),),
    meeting_id=MeetingId("m"),
    case_id=CaseId("c"),
)


def said(as_json: bool, demo: Demo | None = DEMO, settings: Settings | None = None) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        _announce(settings or Settings(), demo, as_json)
    return out.getvalue()


def test_json_is_exactly_one_line_with_everything_a_test_needs() -> None:
    lines = said(as_json=True).splitlines()
    assert len(lines) == 1
    found = json.loads(lines[0])
    assert set(found) == {"url", "staff", "links", "meeting_id", "case_id"}
    assert set(found["staff"][0]) == {"name", "email", "password", "role"}
    assert set(found["links"][0]) == {"name", "role", "url"}


def test_people_get_the_address_the_sign_ins_and_a_link_with_a_code_to_scan() -> None:
    text = said(as_json=False)
    for part in ("http://127.0.0.1:8470/app", "sam@agency.example", "one-two-three", DEMO.links[0].url, "█"):
        assert part in text


def test_start_says_where_it_is() -> None:
    settings = demonstrated(Settings())
    assert said(as_json=False, demo=None, settings=settings) == "Hearth is ready at http://127.0.0.1:8470\n"


def test_start_says_the_line_that_is_missing() -> None:
    settings = msgspec.structs.replace(demonstrated(Settings()), office_phone="")
    _, line = said(as_json=False, demo=None, settings=settings).splitlines()
    assert line.endswith(": HEARTH_OFFICE_PHONE=<the number families call>")


def test_only_what_was_given_stands_above_the_environment() -> None:
    assert _chosen(None, None, None, None, None, None) == {}
    assert _chosen(0, None, "postgresql://db/h", None, 0, "::1") == {
        "port": 0,
        "database_url": "postgresql://db/h",
        "media_port": 0,
        "host": "::1",
    }
