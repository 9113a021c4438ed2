import io
import json
import logging

import pytest
import structlog

from server.observability.logging import CUT, begin_logging, clean, without_private

SECRET = "hH3bX0qk2m-w_zUo4cWZz8eGkUoV7l2kqV9bY1sD5aE"


def test_private_values_are_cut_by_their_key() -> None:
    event = without_private(None, "", {"event": "x", "name": "Dana", "email": "d@x.example", "case_id": "abc"})
    assert event == {"event": "x", "name": CUT, "email": CUT, "case_id": "abc"}


@pytest.mark.parametrize(
    "text",
    [f"token {SECRET}", f"GET /j#{SECRET}", "mail to dana@home.example now", "open /j#short-fragment"],
)
def test_secrets_and_addresses_are_cut_from_words(text: str) -> None:
    cleaned = clean(text)
    assert CUT in cleaned
    assert SECRET not in cleaned and "dana@" not in cleaned and "short-fragment" not in cleaned


def test_a_line_stays_one_line() -> None:
    assert clean("a\r\nb\x1b[31mred\x00\u202e") == "a\\r\\nb\\x1b[31mred\\x00\\x202e"


def test_a_trace_says_where_and_never_what() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    try:
        begin_logging("info", stream)
        try:
            try:
                raise ValueError("Dana wrote this")
            except ValueError as error:
                raise RuntimeError("Ruth too") from error
        except RuntimeError:
            structlog.get_logger("test").exception("it.failed")
            logging.getLogger("library").exception("failed")
    finally:
        root.handlers[:], level = before
        root.setLevel(level)
        structlog.reset_defaults()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["it.failed", "failed"]
    for line in lines:
        assert "RuntimeError" in line["exception"] and "ValueError" in line["exception"]
        assert "test_logging.py" in line["exception"]
        assert "Dana" not in json.dumps(line) and "Ruth" not in json.dumps(line)
