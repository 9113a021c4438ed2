import pytest

from meetings.consensus import outcome
from meetings.ids import ParticipantId
from meetings.proposals import Answer, Outcome

ONE, TWO, THREE = ParticipantId("one"), ParticipantId("two"), ParticipantId("three")
SUPPORT, LIVE_WITH, CANNOT, QUESTION = Answer.SUPPORT, Answer.LIVE_WITH, Answer.CANNOT_SUPPORT, Answer.QUESTION


def test_C1_all_support_is_consensus() -> None:
    assert outcome({ONE: SUPPORT, TWO: SUPPORT}, (ONE, TWO)) is Outcome.CONSENSUS


def test_C2_someone_who_can_live_with_it_is_a_reservation() -> None:
    assert outcome({ONE: SUPPORT, TWO: LIVE_WITH}, (ONE, TWO)) is Outcome.WITH_RESERVATIONS


@pytest.mark.parametrize("answer", [CANNOT, QUESTION])
def test_C3_one_who_cannot_support_it_or_has_a_question_is_enough(answer: Answer) -> None:
    assert outcome({ONE: SUPPORT, TWO: LIVE_WITH, THREE: answer}, (ONE, TWO, THREE)) is Outcome.NOT_REACHED


def test_C4_silence_is_never_agreement() -> None:
    assert outcome({ONE: SUPPORT}, (ONE, TWO)) is Outcome.NOT_REACHED
    assert outcome({}, ()) is Outcome.NOT_REACHED
    assert outcome({ONE: SUPPORT}, ()) is Outcome.NOT_REACHED
