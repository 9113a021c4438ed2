import re

import msgspec
import pytest

from meetings.commands import PersonCommand, SystemCommand

decoder = msgspec.json.Decoder(PersonCommand)
ANSWER = {
    "kind": "position.state",
    "proposal_id": "a" * 32,
    "version": 1,
    "text_sha256": "0" * 64,
    "answer": "question",
}
ALL = (*PersonCommand.__args__, *SystemCommand.__args__)


def test_every_command_is_named_noun_verb_once() -> None:
    tags = [one.__struct_config__.tag for one in ALL]
    assert len(set(tags)) == len(tags)
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", tag) for tag in tags)
    assert {one.__struct_config__.tag_field for one in ALL} == {"kind"}


@pytest.mark.parametrize("one", SystemCommand.__args__, ids=lambda one: one.__name__)
def test_X7_a_wire_message_cannot_be_a_system_command(one: type[msgspec.Struct]) -> None:
    with pytest.raises(msgspec.ValidationError):
        decoder.decode(msgspec.json.encode({"kind": one.__struct_config__.tag}))


@pytest.mark.parametrize(
    "raw",
    [
        {"kind": "stage.move", "stage": 7},
        {"kind": "stage.move", "stage": 1, "extra": True},
        {"kind": "proposal.open", "proposal_id": "x", "text": "words", "answers_question": True},
        {"kind": "proposal.open", "proposal_id": "a" * 32, "text": "", "answers_question": True},
        {"kind": "proposal.open", "proposal_id": "a" * 32, "text": "x" * 32_001, "answers_question": True},
        {**ANSWER, "answer": "abstain"},
        {**ANSWER, "reason": "x" * 32_001},
        {key: value for key, value in ANSWER.items() if key != "text_sha256"},
        {**ANSWER, "text_sha256": ""},
        {**ANSWER, "text_sha256": "A" * 64},
        {"kind": "proposal.settle", "proposal_id": "a" * 32},
    ],
)
def test_what_is_out_of_bounds_is_not_a_command(raw: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        decoder.decode(msgspec.json.encode(raw))


def test_an_answer_within_bounds_is_a_command() -> None:
    assert decoder.decode(msgspec.json.encode(ANSWER)).text_sha256 == "0" * 64


def test_a_commands_words_cannot_be_printed() -> None:
    command = decoder.decode(b'{"kind": "meeting.cancel", "reason": "Dana is ill"}')
    assert "Dana" not in repr(command)
