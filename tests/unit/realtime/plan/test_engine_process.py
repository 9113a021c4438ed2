import io

from realtime.plan import engine_process, engine_wire
from realtime.plan.engine_wire import Compact, Compacted, PlanRead, Problem, Read, Verified, Verify
from tests.support.yjs_corpus import stories

UPDATES = tuple(stories()[0].steps[number].update for number in range(5))


def test_calls_are_answered_until_the_pipe_ends() -> None:
    calls = b"".join(map(engine_wire.framed, (Read(UPDATES), Compact(UPDATES), Verify(UPDATES), Verify((b"\xff",)))))
    sink = io.BytesIO()
    engine_process.serve(io.BytesIO(calls + b"\x00\x00"), sink)
    sink.seek(0)
    answers = []
    while head := sink.read(4):
        answers.append(engine_wire.answers.decode(sink.read(int.from_bytes(head, "big"))))
    assert [type(answer) for answer in answers] == [PlanRead, Compacted, Verified, Problem]
