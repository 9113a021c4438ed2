"""Sound and picture of one publisher on one clock: the node's, so that subscribers can keep them together. [pure]"""

from realtime.media.rtcp import SenderReport

# How fast the smallest delay seen is forgotten: two clocks may drift apart by this share.
DRIFT = 0.0001


class SenderClock:
    """Maps the publisher's NTP clock to the node's by the quickest sender report seen; all its tracks share it."""

    def __init__(self) -> None:
        self._offset: float | None = None
        self._at = 0.0

    def got(self, ntp_s: float, now: float) -> None:
        """A sender report that says `ntp_s` arrived."""
        offset = now - ntp_s
        if self._offset is not None:
            offset = min(offset, self._offset + DRIFT * (now - self._at))
        self._offset, self._at = offset, now

    def publisher_time(self, now: float) -> float | None:
        """The publisher's NTP clock (seconds) at a moment of the node's; None before the first report."""
        return None if self._offset is None else now - self._offset


class TrackClock:
    """The RTP clock of one track beside its publisher's NTP clock."""

    def __init__(self, clock_rate: int, sender: SenderClock) -> None:
        self.clock_rate = clock_rate
        self.report_middle = 0
        self.reported_at: float | None = None
        self._sender = sender
        self._ntp_s = 0.0
        self._rtp_time = 0

    def got(self, report: SenderReport, now: float) -> None:
        """A sender report of this track arrived."""
        self._ntp_s = report.ntp / 2**32
        self._rtp_time = report.rtp_time
        self.report_middle = report.ntp >> 16 & 0xFFFFFFFF
        self.reported_at = now
        self._sender.got(self._ntp_s, now)

    def rtp_time_at(self, now: float) -> int | None:
        """The track's RTP time that belongs to a moment of the node's clock; None before the first report."""
        there = self._sender.publisher_time(now)
        if there is None or self.reported_at is None:
            return None
        return self._rtp_time + round((there - self._ntp_s) * self.clock_rate)
