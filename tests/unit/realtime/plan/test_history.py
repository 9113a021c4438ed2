from meetings.ids import ParticipantId
from realtime.plan import sync
from realtime.plan.history import History
from realtime.ports import Snapshot, StoredUpdate


def row(seq: int) -> StoredUpdate:
    return StoredUpdate(
        seq=seq, client_id=9, clock_from=seq, clock_to=seq + 1, participant_id=ParticipantId("dana"), update=b"%d" % seq
    )


def snapshot(seq: int) -> Snapshot:
    return Snapshot(seq=seq, update=b"snap%d" % seq, sha256="")


def test_who_holds_nothing_is_sent_all() -> None:
    assert list(History(None, ()).messages(None)) == [sync.step_two(sync.EMPTY_UPDATE)]
    history = History(snapshot(4), [row(5)])
    history.add(row(6))
    assert list(history.messages(None)) == [sync.step_two(b"snap4"), sync.update(b"5"), sync.update(b"6")]
    assert (history.seq, history.size) == (6, 7)


def test_who_holds_something_is_sent_the_rest() -> None:
    history = History(snapshot(4), [row(5), row(6)])
    assert list(history.messages(5)) == [sync.update(b"6")]
    assert list(history.messages(6)) == []
    assert list(history.messages(4)) == [sync.update(b"5"), sync.update(b"6")]


def test_who_holds_what_cannot_be_told_apart_is_sent_all() -> None:
    history = History(snapshot(4), [row(5)])
    assert len(list(history.messages(3))) == len(list(history.messages(9))) == 2


def test_a_newer_snapshot_swallows_rows() -> None:
    history = History(None, [row(1), row(2), row(3)])
    history.rebase(snapshot(2))
    assert (history.updates(), history.seq) == ([b"snap2", b"3"], 3)
    history.rebase(snapshot(1))
    history.rebase(snapshot(9))
    assert history.updates() == [b"snap2", b"3"]
    history.rebase(snapshot(3))
    assert (history.seq, history.tail, history.tail_bytes) == (3, [], 0)
