"""Every failure becomes a problem with a stable code, and tells nothing of the inside."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.response import Response

from meetings.errors import MeetingError
from server.errors import PROBLEM_JSON, HttpError
from server.persistence.refusal import StorageUnavailable
from server.routes import problems
from server.services.links import LinkError
from tests.support.requests import request


def read(answer: Response[bytes]) -> tuple[int | None, dict[str, Any]]:
    assert answer.media_type == PROBLEM_JSON
    body = msgspec.json.decode(answer.content)
    assert body["status"] == answer.status_code and body["type"] == f"urn:hearth:problem:{body['code']}"
    return answer.status_code, body


def test_our_own_refusal_keeps_its_code_and_headers() -> None:
    answer = problems.refused(request(), HttpError(429, retry_s=0.2))
    assert read(answer)[1]["code"] == "rate.exceeded"
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("code", "status"), [("meeting.unknown", 404), ("participant.removed", 410), ("facilitator.not_independent", 409)]
)
def test_a_refusal_of_the_rules_says_its_sentence(code: str, status: int) -> None:
    got, body = read(problems.refused_by_rules(request(), MeetingError(code, "In plain words.")))
    assert (got, body["code"], body["detail"]) == (status, code, "In plain words.")


@pytest.mark.parametrize(
    ("code", "status"),
    [("link.unknown", 404), ("link.revoked", 410), ("meeting.over", 410), ("guest.signed_out", 401)],
)
def test_a_link_that_is_no_good_says_why(code: str, status: int) -> None:
    got, body = read(problems.refused_link(request(), LinkError(code)))
    assert (got, body["code"]) == (status, code)
    assert "scheduled_at" not in body


def test_a_link_opened_too_early_says_when() -> None:
    at = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    got, body = read(problems.refused_link(request(), LinkError("meeting.too_early", at, "America/Chicago")))
    assert (got, body["scheduled_at"], body["time_zone"]) == (425, "2026-11-23T15:00:00Z", "America/Chicago")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFoundException("no /secret/path"), 404, "page.unknown"),
        (MethodNotAllowedException("POST /secret/path", headers={"Allow": "GET", "X-Inside": "y"}), 405,
         "method.not_allowed"),
        (HTTPException("teapot inside", status_code=418), 418, "request.refused"),
        (HTTPException("inside", status_code=502), 500, "server.failed"),
    ],
)  # fmt: skip
def test_the_frameworks_words_are_not_repeated(error: HTTPException, status: int, code: str) -> None:
    answer = problems.refused_by_framework(request(), error)
    got, body = read(answer)
    assert (got, body["code"]) == (status, code)
    assert b"inside" not in answer.content and b"secret" not in answer.content
    assert set(answer.headers) <= {"Allow"}


def test_a_database_that_is_away_is_said_to_come_back() -> None:
    answer = problems.unavailable(request(), StorageUnavailable("postgresql://hearth:pw@db"))
    assert read(answer)[0] == 503 and answer.headers["Retry-After"] == "2"
    assert b"pw" not in answer.content


def test_a_fault_of_ours_shows_nothing_of_itself() -> None:
    answer = problems.failed(request(), ValueError("Dana's row"))
    assert read(answer)[0] == 500 and b"Dana" not in answer.content


def test_every_kind_of_failure_has_its_handler() -> None:
    kinds = {HttpError, MeetingError, LinkError, HTTPException, StorageUnavailable, Exception}
    assert kinds <= set(problems.HANDLERS)
