from meetings.ids import ParticipantId
from realtime.plan import news
from realtime.plan.awareness import Cursor, CursorState
from realtime.ports import StoredUpdate


def test_news_come_back() -> None:
    row = StoredUpdate(
        seq=1, client_id=9, clock_from=0, clock_to=1, participant_id=ParticipantId("dana"), update=b"\xff\x00"
    )
    cursor = Cursor(client_id=9, clock=1, state=CursorState(field="steps"))
    for item in (news.Rows((row,)), news.Through(7), news.Moved(cursor)):
        assert news.decode(news.encode(item)) == item


def test_what_is_not_known_is_nothing() -> None:
    assert news.decode(b"") is None
    assert news.decode(b"\x81\xa4type\xa5other") is None
