"""The two connections of one session, and how they are."""

from meetings.ids import ParticipantId
from realtime.media.allocation import Slots
from realtime.media.bandwidth import Allowance
from realtime.media.downlink import Downlink
from realtime.media.peer import CONNECT_S
from realtime.media.uplink import Uplink

CONNECTING, GOOD, WEAK, LOST = "connecting", "good", "weak", "lost"
# Nothing authentic on either connection for so long. Firefox checks every 4 to 6 s when no media flows.
SILENT_S = 6.0
WEAK_LOSS = 0.08
WEAK_ROUND_TRIP_S = 0.6
# "weak" is said for at least so long: it must not flicker.
WEAK_HOLD_S = 4.0


class Pair:
    """Uplink and downlink of a session. Closing one ends both: the browser joins again."""

    def __init__(
        self, session_id: str, participant_id: ParticipantId, uplink: Uplink, downlink: Downlink, now: float
    ) -> None:
        self.session_id = session_id
        self.participant_id = participant_id
        self.uplink = uplink
        self.downlink = downlink
        self.audio: Slots = (None,) * len(downlink.audio)
        self.video: Slots = (None,) * len(downlink.video)
        self.shown: tuple[ParticipantId, ...] | None = None
        self.allowance = Allowance()
        self.connection = CONNECTING
        self.is_answered = False
        self._made_at = now
        self._weak_at = float("-inf")

    @property
    def is_connected(self) -> bool:
        """Whether both connections stand."""
        return self.uplink.peer.is_connected and self.downlink.peer.is_connected

    @property
    def is_closed(self) -> bool:
        """Whether either connection is gone."""
        return self.uplink.peer.is_closed or self.downlink.peer.is_closed

    def state(self, now: float) -> str:
        """How the connections are at this moment."""
        if self.is_closed:
            return LOST
        if not self.is_connected:
            return CONNECTING
        heard = max(self.uplink.peer.heard_at or 0.0, self.downlink.peer.heard_at or 0.0)
        if now - heard > SILENT_S:
            return LOST
        loss = max(self.uplink.loss, self.downlink.loss)
        if loss > WEAK_LOSS or self.downlink.round_trip_s > WEAK_ROUND_TRIP_S:
            self._weak_at = now
        return WEAK if now - self._weak_at < WEAK_HOLD_S else GOOD

    def tick(self, now: float) -> None:
        """Everything periodic of both connections; gives up on a pair that does not connect."""
        for peer in (self.uplink.peer, self.downlink.peer):
            peer.tick(now)
        if not self.is_connected and now - self._made_at > CONNECT_S:
            self.close(now)
        if self.uplink.peer.is_connected:
            self.uplink.tick(now)
        if self.downlink.peer.is_connected:
            self.downlink.tick(now)

    def weigh(self, now: float) -> bool:
        """Whether the number of pictures the downlink can carry has changed."""
        down = self.downlink
        shown = sum(1 for one in self.video if one is not None)
        return self.allowance.tick(now, shown, down.peer.sent_bytes, down.estimate_bps, down.loss, down.round_trip_s)

    def continue_from(self, before: "Pair") -> None:
        """Take over what the participant had switched off and what was on their screen."""
        self.shown = before.shown
        self.uplink.audio.is_on = before.uplink.audio.is_on
        self.uplink.video.is_on = before.uplink.video.is_on

    def close(self, now: float) -> None:
        """Close both connections; nothing is shown from or to them any more."""
        self.downlink.clear(now)
        for track in self.uplink.tracks:
            for output in list(track.outputs):
                output.leave(now)
        self.uplink.peer.close()
        self.downlink.peer.close()
