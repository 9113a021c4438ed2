"""PROTOCOL.md lists what there is, and its examples are real messages."""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from realtime import errors
from realtime.media_desk import TEXTS as MEDIA_TEXTS
from realtime.messages import MAX_MESSAGE_BYTES, ClientMessage, ServerMessage
from realtime.plan.refusals import TEXTS as PLAN_TEXTS
from server.bounded_sockets import SLACK_BYTES
from server.config import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "realtime/PROTOCOL.md").read_text()
CLIENT_PART, SERVER_PART = re.split(r"^## From the server$", PAGE.split("## From the browser")[1], flags=re.MULTILINE)
EXAMPLE = re.compile(r"^### `([a-z.]+)`\n(?:(?!```|#)[^\n]+\n)*```json\n(.*?)\n```", re.MULTILINE | re.DOTALL)
PARTS = [("client", CLIENT_PART, ClientMessage), ("server", SERVER_PART.split("## Limits")[0], ServerMessage)]


@pytest.mark.parametrize(("name", "part", "union"), PARTS, ids=["client", "server"])
def test_every_message_has_an_example_that_decodes(name: str, part: str, union: object) -> None:
    decoder = msgspec.json.Decoder(union)
    tags = set()
    for tag, example in EXAMPLE.findall(part):
        message = decoder.decode(example)
        assert message.__struct_config__.tag == tag
        tags.add(tag)
    assert tags == {member.__struct_config__.tag for member in get_args(union)}


def test_every_close_code_is_listed() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d{4}) \|", PAGE, re.MULTILINE)}
    ours = {code for name, code in vars(errors).items() if name.startswith("CLOSE_")} | {1000, 1011}
    assert listed == ours | {1002, 1007, 1009}  # the last three: server/bounded_sockets.py


def test_what_the_wire_takes_of_a_message_is_listed() -> None:
    limits = Settings()
    assert limits.socket_message_bytes == MAX_MESSAGE_BYTES
    kib = (MAX_MESSAGE_BYTES + SLACK_BYTES) // 1024
    said = (
        f"over {kib} KiB, in over {limits.socket_fragments} fragments, or not whole within {limits.socket_fragment_s} s"
    )
    assert f"| 1009 | a message {said} |" in PAGE


def test_every_refusal_of_the_rules_is_listed() -> None:
    codes: set[str] = set()
    for path in [*(ROOT / "meetings").rglob("*.py"), ROOT / "server/services/desk.py"]:
        source = path.read_text()
        codes |= set(re.findall(r'MeetingError\(\s*"([a-z_]+\.[a-z_]+)"', source))
        codes |= set(re.findall(r'\("([a-z]+\.[a-z_]+)", "[A-Z]', source))
    assert len(codes) > 30
    assert [code for code in sorted(codes) if f"| `{code}` |" not in PAGE] == []


def test_every_refusal_of_plan_and_media_is_listed() -> None:
    assert [code for code in (*PLAN_TEXTS, *MEDIA_TEXTS) if f"`{code}`" not in PAGE] == []


def test_every_closing_code_is_listed() -> None:
    codes: set[str] = set()
    for path in (ROOT / "realtime").glob("*.py"):
        source = path.read_text()
        codes |= set(re.findall(r'ProtocolError\(CLOSE_[A-Z_]+, "([a-z._]+)"', source))
        codes |= set(re.findall(r'\.(?:close|end)\([^"\n]*CLOSE_[A-Z_]+, "([a-z._]+)"', source))
    assert len(codes) > 8
    assert [code for code in sorted(codes) if f"`{code}`" not in PAGE] == []
