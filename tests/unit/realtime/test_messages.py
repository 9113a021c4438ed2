import msgspec
import pytest

from realtime.messages import ClientMessage, Do, MediaState

decoder = msgspec.json.Decoder(ClientMessage)


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"do","ref":1,"command":{"kind":"participant.leave","participant_id":"p","at":"2026-11-23T15:00:00Z"}}',
        '{"type":"do","ref":1,"command":{"kind":"position.state","proposal_id":"p","version":1,"answer":"maybe"}}',
        '{"type":"do","ref":4294967296,"command":{"kind":"meeting.open"}}',
        '{"type":"hello","ticket":"short"}',
        '{"type":"hello","ticket":"p3YdVhN0Wk5lTTc1c1g2cXpv","role":"facilitator"}',
        '{"type":"media.join","ref":1,"offer":"v=0","video_slots":13}',
        '{"type":"media.state","camera":true,"microphone":true,"mode":"hologram"}',
        '{"type":"done","ref":1,"number":2}',
        '{"ref":1}',
    ],
)
def test_what_nobody_may_send_does_not_decode(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        decoder.decode(text)


def test_what_people_send_decodes() -> None:
    do = decoder.decode('{"type":"do","ref":1,"command":{"kind":"stage.move","stage":6}}')
    assert isinstance(do, Do)
    state = decoder.decode('{"type":"media.state","camera":true,"microphone":false,"mode":"in_room"}')
    assert isinstance(state, MediaState)
