import pytest

from realtime.media.rtcp import SenderReport
from realtime.media.sender_clock import SenderClock, TrackClock


def report(ntp_s: float, rtp_time: int) -> SenderReport:
    return SenderReport(1, int(ntp_s * 2**32), rtp_time)


def test_nothing_is_known_before_a_report() -> None:
    sender = SenderClock()
    assert sender.publisher_time(5.0) is None
    assert TrackClock(90_000, sender).rtp_time_at(5.0) is None


def test_sound_and_picture_share_one_delay() -> None:
    sender = SenderClock()
    sound, picture = TrackClock(48_000, sender), TrackClock(90_000, sender)
    sound.got(report(1000.0, 48_000), 10.05)
    picture.got(report(1000.0, 90_000), 10.25)
    # The quicker report sets the delay of both: 0.05 s.
    assert sound.rtp_time_at(11.05) == pytest.approx(96_000, abs=10)
    assert picture.rtp_time_at(11.05) == pytest.approx(180_000, abs=10)


def test_a_clock_that_drifts_is_followed() -> None:
    sender = SenderClock()
    sender.got(1000.0, 10.0)
    sender.got(2000.0, 1010.05)
    assert sender.publisher_time(1010.05) == 2000.0


def test_the_middle_of_the_report_is_kept_for_round_trips() -> None:
    clock = TrackClock(48_000, SenderClock())
    clock.got(SenderReport(1, 0x1111222233334444, 0), 1.0)
    assert (clock.report_middle, clock.reported_at) == (0x22223333, 1.0)
