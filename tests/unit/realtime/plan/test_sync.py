import pytest

from realtime.plan import sync
from realtime.plan.refusals import PlanUpdateError


def test_messages_come_back() -> None:
    state = {7: 31, 300: 1, 2**32 - 1: 9}
    assert sync.parse(sync.step_one(state)) == sync.StepOne(state)
    assert sync.parse(sync.step_two(b"ab")) == sync.StepTwo(b"ab")
    assert sync.parse(sync.update(b"ab")) == sync.Update(b"ab")
    assert sync.parse(sync.awareness(b"ab")) == sync.Awareness(b"ab")


def test_bytes_are_those_of_y_protocols() -> None:
    assert sync.step_one({7: 31}).hex() == "00000301071f"
    assert sync.step_two(sync.EMPTY_UPDATE).hex() == "0001020000"
    assert sync.update(b"\x01").hex() == "00020101"
    assert sync.awareness(b"\x01").hex() == "010101"


def test_a_state_vector_of_too_many_ids_is_malformed() -> None:
    ids = dict.fromkeys(range(sync.MAX_STATE_VECTOR_IDS + 1), 1)
    with pytest.raises(PlanUpdateError):
        sync.parse_state(sync.state_vector(ids))


@pytest.mark.parametrize("message", [b"\x02\x00", b"\x00\x03\x00", b"\x00\x02\x01", b"\x01\x00\x00", b""])
def test_other_kinds_and_steps_and_what_is_cut_short_or_goes_on_are_malformed(message: bytes) -> None:
    with pytest.raises(PlanUpdateError) as caught:
        sync.parse(message)
    assert caught.value.code == "plan.malformed"


def test_a_state_vector_of_too_many_bytes_is_malformed() -> None:
    with pytest.raises(PlanUpdateError):
        sync.parse_state(b"\x00" + bytes(sync.MAX_STATE_VECTOR_BYTES))


def test_plan_text_cannot_be_printed() -> None:
    assert "secret" not in repr(sync.Update(b"secret")) + repr(sync.StepTwo(b"secret"))
