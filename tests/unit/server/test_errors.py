import json

from server.errors import HttpError, problem


def test_a_problem_has_the_members_of_rfc_9457_and_a_stable_code() -> None:
    body = json.loads(problem(425, "meeting.too_early", "It is too early.", {"scheduled_at": "2026-11-21T15:00:00Z"}))
    assert body == {
        "type": "urn:hearth:problem:meeting.too_early",
        "title": "It is too early for this.",
        "status": 425,
        "detail": "It is too early.",
        "code": "meeting.too_early",
        "scheduled_at": "2026-11-21T15:00:00Z",
    }


def test_extra_members_cannot_replace_the_code() -> None:
    assert json.loads(problem(404, "link.unknown", "", {"code": "other"}))["code"] == "link.unknown"


def test_a_wait_becomes_retry_after_in_whole_seconds() -> None:
    assert HttpError(429, retry_s=0.2).headers["Retry-After"] == "1"
    assert HttpError(429, retry_s=12.4).headers["Retry-After"] == "13"
    assert HttpError(404).code == "page.unknown"
