"""What no log may hold, and a listener that hears every log line of this process.

Heard before anything is cut out: the pipeline of `server.observability.logging` is a net, not a permission.
"""

import contextlib
import logging
import re
from collections.abc import Iterator, MutableMapping
from typing import Any

import msgspec
import structlog

from server.observability.logging import NOISY, with_trace
from server.services import demo
from tests.support.story import DISSENT, EVERYONE, SCHEDULE, WORDS, plan

NAMES = {
    *(part for who in EVERYONE for part in who.name.split()),
    *(part for name, _, _ in demo.STAFF for part in name.split()),
    *(part for name, _, _ in demo.CHILDREN for part in name.split()),
    *(part for one in demo.INVITED for part in one.name.split()),
}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


SENTENCES = {
    DISSENT,
    WORDS,
    demo.QUESTION,
    SCHEDULE.decision_question,
    *(text for text in _texts(msgspec.to_builtins(plan())) if " " in text),
}

_PRIVATE = {
    "a name": re.compile(rf"\b(?:{'|'.join(sorted(NAMES))})\b"),
    "a plan sentence": re.compile("|".join(map(re.escape, sorted(SENTENCES)))),
    "a phone number": re.compile(r"(?<![\w.:-])(?:\+1[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w.:-])"),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    # 32 random bytes in base64url, as links, tickets and session cookies have them; a hash in hex is none.
    "a secret": re.compile(r"(?<![\w-])(?=[\w-]*[G-Zg-z_-])[A-Za-z0-9_-]{43}(?![\w-])"),
    "a link": re.compile(r"/j#\S"),
}


def private_parts(text: str) -> list[str]:
    """What the text should not hold, each with its kind; empty when it is clean."""
    return [f"{kind}: {found[0]}" for kind, pattern in _PRIVATE.items() for found in pattern.finditer(text)]


class Listener(logging.Handler):
    """Hears the standard library's records and structlog's events; keeps those that tell something private."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.overheard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # The loop's own complaint of a slow step prints what it was called with; only its debug mode makes it.
        if record.name == "asyncio" and record.getMessage().startswith("Executing "):
            return
        if record.levelno < logging.WARNING and record.name.startswith(NOISY):
            return
        self._hear(f"{record.name}: {record.getMessage()}")

    def processor(self, _: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """The structlog step, after the trace was reduced to places."""
        self._hear(" ".join(f"{key}={value}" for key, value in event.items()))
        return event

    def _hear(self, line: str) -> None:
        if parts := private_parts(line):
            self.overheard.append(f"{'; '.join(parts)} in {line}")


@contextlib.contextmanager
def listening() -> Iterator[Listener]:
    """Logs as the server makes them (from INFO on, traces without words), heard until the end of the block.

    A listener around this one hears nothing meanwhile.
    """
    listener = Listener()
    root = logging.getLogger()
    outer = [handler for handler in root.handlers if isinstance(handler, Listener)]
    level, configured = root.level, structlog.get_config()
    for handler in outer:
        root.removeHandler(handler)
    root.addHandler(listener)
    root.setLevel(logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            with_trace,
            listener.processor,
            structlog.dev.ConsoleRenderer(colors=False),
        ]
    )
    try:
        yield listener
    finally:
        root.removeHandler(listener)
        for handler in outer:
            root.addHandler(handler)
        root.setLevel(level)
        structlog.configure(**configured)
