"""What a stock Yjs 13.6 client really sends (`corpus/make_yjs_corpus.mjs` made it)."""

import json
from pathlib import Path
from typing import Any

import msgspec

_FILE = Path(__file__).parent / "corpus" / "yjs_13_6.json"


class Step(msgspec.Struct, frozen=True):
    """One update or step 2 of one client."""

    client_id: int
    participant_id: str
    kind: str
    update: bytes


class Story(msgspec.Struct, frozen=True):
    """Steps in the order the server got them, and what the document says at the end."""

    name: str
    steps: list[Step]
    roots: dict[str, Any]


def stories() -> list[Story]:
    """Every recorded story."""
    return [
        Story(
            story["name"],
            [Step(s["client_id"], s["participant_id"], s["kind"], bytes.fromhex(s["update"])) for s in story["steps"]],
            story["roots"],
        )
        for story in json.loads(_FILE.read_text())
    ]
