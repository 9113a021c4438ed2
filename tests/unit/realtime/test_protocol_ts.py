from typing import get_args

from realtime.messages import ClientMessage, ServerMessage
from realtime.protocol_ts import source


def test_every_message_has_an_interface_with_its_tag() -> None:
    text = source()
    for message in get_args(ClientMessage) + get_args(ServerMessage):
        tag = message.__struct_config__.tag
        assert f'export interface {message.__name__} {{\n  type: "{tag}";\n' in text


def test_what_the_browser_sends_may_leave_out_defaults_and_what_it_gets_is_whole() -> None:
    text = source()
    assert "  missing_ok?: boolean;\n" in text
    assert "  hand_raised_at: number | null;\n" in text
    assert "  audio: (string | null)[];\n" in text
    assert "  entities: Record<string, Entity>;\n" in text
    assert '  "reached"' not in text and 'type Outcome = "reached" | ' in text
