from realtime.plan import engine_wire
from realtime.plan.engine_wire import Problem, Read


def test_a_message_carries_its_length() -> None:
    framed = engine_wire.framed(Read((b"\x00\x00",)))
    assert int.from_bytes(framed[:4], "big") == len(framed) - 4
    assert engine_wire.calls.decode(framed[4:]) == Read((b"\x00\x00",))
    assert engine_wire.answers.decode(engine_wire.framed(Problem("ValueError"))[4:]) == Problem("ValueError")
