from meetings.ids import ParticipantId
from realtime.ports import NewUpdate, StoredUpdate

TEXT = "Lee is afraid at night"


def test_plan_text_cannot_be_printed() -> None:
    dana = ParticipantId("dana")
    new = NewUpdate(client_id=1, clock_from=0, clock_to=2, participant_id=dana, update=TEXT.encode())
    stored = StoredUpdate(seq=1, client_id=1, clock_from=0, clock_to=2, participant_id=dana, update=TEXT.encode())
    assert repr(new) == "NewUpdate(0..2, 22 bytes)"
    assert repr(stored) == "StoredUpdate(1, 22 bytes)"
