from meetings.ids import ParticipantId
from realtime.media.speaker import CHALLENGE_S, Speakers

DANA, RUTH, LEE, MORGAN, SAM = (ParticipantId(name) for name in ("dana", "ruth", "lee", "morgan", "sam"))


def run(speakers: Speakers, start: float, seconds: float, levels: dict[ParticipantId, int]) -> float:
    """Tick ten times a second with these levels."""
    steps = round(seconds * 10)
    for step in range(steps):
        for one, level in levels.items():
            speakers.got(one, level)
        speakers.tick(start + step / 10)
    return start + steps / 10


def test_nobody_speaks_in_silence() -> None:
    speakers = Speakers()
    run(speakers, 0, 2, {DANA: 127, RUTH: 90})
    assert speakers.active is None


def test_who_speaks_becomes_active_only_after_a_moment() -> None:
    speakers = Speakers()
    run(speakers, 0, CHALLENGE_S, {DANA: 20})
    assert speakers.active is None
    run(speakers, CHALLENGE_S, 1, {DANA: 20})
    assert speakers.active == DANA


def test_a_cough_does_not_take_the_floor() -> None:
    speakers = Speakers()
    now = run(speakers, 0, 2, {DANA: 20, RUTH: 127})
    now = run(speakers, now, 0.2, {DANA: 20, RUTH: 5})
    run(speakers, now, 1, {DANA: 20, RUTH: 127})
    assert speakers.active == DANA


def test_the_floor_changes_hands() -> None:
    speakers = Speakers()
    now = run(speakers, 0, 2, {DANA: 20})
    run(speakers, now, 3, {DANA: 127, RUTH: 20})
    assert speakers.active == RUTH


def test_the_loudest_come_first_and_stay_while_about_as_loud() -> None:
    speakers = Speakers()
    now = run(speakers, 0, 2, {DANA: 20, RUTH: 22, LEE: 24, MORGAN: 26, SAM: 127})
    assert speakers.loudest[:3] == (DANA, RUTH, LEE)
    now = run(speakers, now, 2, {DANA: 26, RUTH: 24, LEE: 26, MORGAN: 22, SAM: 23})
    assert set(speakers.loudest[:4]) == {DANA, RUTH, LEE, MORGAN}
    run(speakers, now, 4, {DANA: 127, RUTH: 24, LEE: 26, MORGAN: 22, SAM: 10})
    assert SAM in speakers.loudest[:3]


def test_who_left_is_forgotten() -> None:
    speakers = Speakers()
    run(speakers, 0, 2, {DANA: 20, RUTH: 60})
    speakers.forget(RUTH)
    assert (speakers.active, speakers.loudest) == (DANA, (DANA,))
    speakers.forget(DANA)
    assert (speakers.active, speakers.loudest) == (None, ())


def test_the_loudest_packet_between_two_ticks_counts() -> None:
    mixed, loud = Speakers(), Speakers()
    now = 0.0
    for _ in range(30):
        for level in (20, 120):
            mixed.got(DANA, level)
        loud.got(DANA, 20)
        mixed.tick(now)
        loud.tick(now)
        now += 0.1
    assert mixed.active == loud.active == DANA
