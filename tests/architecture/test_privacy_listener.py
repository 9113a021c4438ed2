"""The privacy listener of `tests/conftest.py` hears what it should: a net nobody tried may have holes."""

import logging

import pytest
import structlog

from tests.support.privacy import listening, private_parts
from tests.support.story import DISSENT

SECRET = "hH3bX0qk2m-w_zUo4cWZz8eGkUoV7l2kqV9bY1sD5aE"


@pytest.mark.parametrize(
    "text",
    [
        "Dana",
        "by Ruth.",
        "Reyes family",
        "Priya:",
        DISSENT,
        "call 555-010-1234",
        "+1 (312) 555-0101",
        SECRET,
        "/j#x",
        "ruth@home.example",
    ],
)
def test_private_words_are_heard(text: str) -> None:
    with listening() as listener:
        structlog.get_logger("test").info("it.happened", what=text)
        structlog.get_logger("test").info(text)
        logging.getLogger("hearth.test").info("it happened: %s", text)
    assert len(listener.overheard) == 3


@pytest.mark.parametrize(
    "text",
    ["a" * 64, "0" * 32, "participant 4d1f", "Danaus", "2026-12-04T10:15:30.123456Z", "127.0.0.1:50432", "1234567890"],
)
def test_ids_hashes_times_and_ports_are_not(text: str) -> None:
    assert private_parts(text) == []


def test_a_trace_is_heard_as_the_server_writes_it() -> None:
    with listening() as listener:
        try:
            raise ValueError("Dana wrote this")
        except ValueError:
            structlog.get_logger("test").exception("it.failed")
    assert listener.overheard == []


def test_the_debug_words_of_a_noisy_library_are_not_ours() -> None:
    with listening() as listener:
        logging.getLogger("sqlalchemy.engine").info("INSERT Dana")
        logging.getLogger("sqlalchemy.engine").warning("lost Dana")
    assert len(listener.overheard) == 1
