from meetings.closing import _HOLDS, _SENTENCES
from meetings.practice.models import Gate


def test_every_gate_can_be_asked_and_put_in_words() -> None:
    assert set(_HOLDS) == set(_SENTENCES) == set(Gate)
