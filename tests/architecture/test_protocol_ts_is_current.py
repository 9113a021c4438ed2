"""The TypeScript types of the wire are made from the message structs, and the file in the tree is today's."""

from pathlib import Path

from realtime.protocol_ts import source

GENERATED = Path(__file__).resolve().parents[2] / "web/src/live/protocol.gen.ts"


def test_protocol_ts_is_current() -> None:
    assert GENERATED.read_text() == source(), "run: python -m realtime.protocol_ts > web/src/live/protocol.gen.ts"
