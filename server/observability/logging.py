"""Structured logs: one line an event, ids and counts only. What could carry a name, a sentence or a secret is cut out.

Law: a log line never holds a name, plan text, an address of a person, a phone number, a link or a token.
"""

import logging
import logging.config
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

PRIVATE_KEYS = frozenset(
    {
        "name", "names", "email", "phone", "password", "token", "ticket", "cookie", "authorization", "secret", "link",
        "url", "text", "reason", "family_name", "body", "content", "csrf", "sid", "gid", "headers", "query", "ip",
        "peer",
    }
)  # fmt: skip
CUT = "[private]"

# Libraries that print requests, statements or progress at INFO.
NOISY = (
    "uvicorn.access",
    "uvicorn.error",
    "sqlalchemy",
    "aiosqlite",
    "alembic",
    "weasyprint",
    "fontTools",
    "aioice",
)

_SECRET = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43,}(?![A-Za-z0-9_-])")
_FRAGMENT = re.compile(r"#\S+")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def without_private(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Cut values under private keys, anything that looks like a secret, and control characters (log injection)."""
    for key, value in event.items():
        if key.lower() in PRIVATE_KEYS:
            event[key] = CUT
        elif isinstance(value, str):
            event[key] = clean(value, keep_lines=key == "exception")
    return event


def with_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace `exc_info` by where it happened: types, files, lines and functions, never the exceptions' own words,
    which may quote what a person wrote."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    lines: list[str] = []
    while isinstance(error, BaseException):
        lines.append(type(error).__name__)
        lines += [
            f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if lines:
        event["exception"] = "\n".join(lines)
    return event


def clean(text: str, keep_lines: bool = False) -> str:
    """The text without secrets, addresses and control characters."""
    text = _EMAIL.sub(CUT, _FRAGMENT.sub("#" + CUT, _SECRET.sub(CUT, text)))
    if not keep_lines:
        text = text.replace("\n", "\\n").replace("\r", "\\r")
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def begin_logging(level: str = "info", stream: TextIO | None = None) -> None:
    """Send all logs (ours, and the libraries' warnings) through one pipeline to `stream` (standard error)."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        with_trace,
        without_private,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def without_traceback_of_uvicorn() -> None:
    """From here on uvicorn says nothing: a start that was refused is told in one sentence, not in a trace."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
