"""The agency's side of the browser tests: meetings made, links handed out and taken back, meetings called off."""

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.server import HearthServer
from tests.support.visitor import Visitor

QUESTION = "Where can Lee and Mia live safely while Dana finishes treatment?"
FAMILY: tuple[tuple[str, str, str], ...] = (
    ("Dana Reyes", "parent", "Mother"),
    ("Ruth Reyes", "kin", "Grandmother"),
)

_households = itertools.count(1)


def household() -> dict[str, Any]:
    """Browser settings of a home of its own, for servers that trust this machine as their proxy."""
    number = next(_households)
    return {"extra_http_headers": {"x-forwarded-for": f"203.0.{113 + number // 250}.{number % 250 + 1}"}}


class Conference:
    """One meeting made through the API. `links` are by first name."""

    def __init__(self, server: HearthServer, meeting_id: str, people: Mapping[str, tuple[str, str]]) -> None:
        self.server = server
        self.meeting_id = meeting_id
        self._people = dict(people)

    @property
    def url(self) -> str:
        """The staff page of the meeting."""
        return f"{self.server.url}/app/meetings/{self.meeting_id}"

    def link(self, name: str) -> str:
        """The personal link of one person."""
        return self._people[name][1]

    def token(self, name: str) -> str:
        """The secret of the link."""
        return self.link(name).partition("#")[2]

    def participant_id(self, name: str) -> str:
        """The person's id in this meeting."""
        return self._people[name][0]


class Office:
    """A supervisor at work over the API."""

    def __init__(self, server: HearthServer, role: str = "supervisor") -> None:
        self.server = server
        self.visitor = Visitor(server, "198.51.100.7")
        self.visitor.sign_in(server.sign_in(role))

    def schedules(
        self, people: tuple[tuple[str, str, str], ...] = FAMILY, starts_in: timedelta = timedelta(0)
    ) -> Conference:
        """A meeting of the invented case led by Sam, with a link for each of `people` (name, role, relation)."""
        staff = self.visitor.get("/api/staff").json
        body = {
            "case_id": self.server.announced.case_id,
            "practice": "tdm",
            "scheduled_at": (datetime.now(UTC) + starts_in).isoformat(),
            "time_zone": "America/New_York",
            "decision_question": QUESTION,
            "facilitator_id": next(one["staff_id"] for one in staff if one["role"] == "facilitator"),
            "participants": [
                {"name": name, "role": role, "relation": relation, "language": "en"} for name, role, relation in people
            ],
        }
        reply = self.visitor.post("/api/meetings", body)
        assert reply.status == 201, reply.body
        found = {one["name"].split()[0]: (one["participant_id"], one["url"]) for one in reply.json["links"]}
        return Conference(self.server, reply.json["meeting_id"], found)

    def reissues(self, meeting: Conference, name: str) -> str:
        """A new link for one person; the old one stops."""
        return self.reissues_to(meeting, meeting.participant_id(name))

    def reissues_to(self, meeting: Conference, participant_id: str) -> str:
        """A new link for the person of this id, whose name may be another's too."""
        reply = self.visitor.post(f"/api/meetings/{meeting.meeting_id}/links/{participant_id}")
        assert reply.status == 200, reply.body
        return str(reply.json["url"])

    def revokes(self, meeting: Conference, name: str) -> None:
        """One person's link stops."""
        path = f"/api/meetings/{meeting.meeting_id}/links/{meeting.participant_id(name)}"
        assert self.visitor.request("DELETE", path, None).status == 204

    def moves(self, meeting: Conference, by: timedelta) -> None:
        """The meeting is this long from now."""
        at = (datetime.now(UTC) + by).isoformat()
        assert self.visitor.post(f"/api/meetings/{meeting.meeting_id}/time", {"scheduled_at": at}).status == 200

    def calls_off(self, meeting: Conference, reason: str) -> None:
        """The meeting will not be."""
        assert self.visitor.post(f"/api/meetings/{meeting.meeting_id}/cancel", {"reason": reason}).status == 200
