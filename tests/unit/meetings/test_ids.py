import msgspec

from meetings.ids import ParticipantId


def test_an_id_is_a_plain_string_on_the_wire() -> None:
    assert msgspec.json.encode(ParticipantId("0" * 32)) == b'"' + b"0" * 32 + b'"'
