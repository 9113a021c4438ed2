"""The media of one meeting: who is connected, who hears whom, who is in which slot.

Law: a packet goes from one participant to another only while the grant says so; everything not granted is not sent.
"""

import secrets
from collections.abc import Callable, Sequence

import msgspec

from meetings.ids import MeetingId, ParticipantId
from realtime.media import control, seam
from realtime.media.allocation import Slots, assign
from realtime.media.downlink import Downlink, Slot
from realtime.media.endpoint import Endpoint
from realtime.media.pair import LOST, Pair
from realtime.media.peer import Peer
from realtime.media.speaker import Speakers
from realtime.media.track import Track
from realtime.media.uplink import Uplink
from realtime.signalling.negotiation import read_publish_offer, read_subscribe_answer
from realtime.signalling.sdp import Dialled, SdpRefused, publish_answer, subscribe_offer

AUDIO_SLOTS = 3
VIDEO_SLOTS_LIMIT = 24
# Sessions of one meeting, connecting ones included.
PAIRS_LIMIT = 60
SPEAKERS_EVERY_S = 0.1
STATES_EVERY_S = 0.5
SEND_TIME_ID = 1


class Site(msgspec.Struct, frozen=True):
    """What every stage of a node shares. `hosts` and `port` are what is advertised; `ntp_now` is 32.32."""

    node_id: str
    endpoint: Endpoint
    certificate: seam.Certificate
    hosts: tuple[str, ...]
    port: int
    has_tcp: bool
    ntp_now: Callable[[float], int]
    report: Callable[[control.Report], None]


class Stage:
    """One meeting on this node. Methods take the moment they happen; reports go to `site.report`."""

    def __init__(self, meeting_id: MeetingId, site: Site) -> None:
        self.meeting_id = meeting_id
        self._site = site
        self._hears: dict[ParticipantId, tuple[ParticipantId, ...]] = {}
        self._granted_number = 0
        self._pairs: dict[str, Pair] = {}
        self._arriving: dict[str, Pair] = {}
        self._speakers = Speakers()
        self._speaker: ParticipantId | None = None
        self._order: tuple[ParticipantId, ...] = ()
        self._is_stale = False
        self._spoke_at = self._stated_at = 0.0

    @property
    def peers(self) -> int:
        """Sessions here, connecting ones included."""
        return len(self._pairs) + len(self._arriving)

    def join(self, command: control.JoinPeer, now: float) -> None:
        """Make a pair for the session; it takes over from the one there is when it is connected."""
        try:
            if self.peers >= PAIRS_LIMIT:
                raise SdpRefused("too many sessions")
            offer = read_publish_offer(command.offer)
        except SdpRefused as refusal:
            self._refuse(command.request_id, command.session_id, refusal.code)
            return
        site = self._site
        who = command.participant_id
        up, down = Peer(site.endpoint, site.certificate), Peer(site.endpoint, site.certificate)
        uplink = Uplink(up, who, offer, lambda level: self._speakers.got(who, level))
        video_slots = max(0, min(VIDEO_SLOTS_LIMIT, command.video_slots))
        downlink = Downlink(down, AUDIO_SLOTS, video_slots, site.ntp_now)
        pair = Pair(command.session_id, who, uplink, downlink, now)
        self._place(pair, now)
        for peer in (up, down):
            peer.connected = peer.closed = self._mark_stale
        up.connect(offer.fingerprint)
        self._report(
            control.PeerReady(
                meeting_id=self.meeting_id,
                node_id=site.node_id,
                request_id=command.request_id,
                session_id=command.session_id,
                answer=publish_answer(self._dialled(up), offer.media),
                offer=subscribe_offer(
                    self._dialled(down), [slot.ssrc for slot in downlink.audio], downlink.video_streams, SEND_TIME_ID
                ),
                audio_slots=AUDIO_SLOTS,
                video_slots=video_slots,
            )
        )

    def _place(self, pair: Pair, now: float) -> None:
        present = self._pairs.get(pair.session_id)
        if present is None:
            self._pairs[pair.session_id] = pair
            self._report_state(pair)
            return
        pair.continue_from(present)
        unfinished = self._arriving.pop(pair.session_id, None)
        self._arriving[pair.session_id] = pair
        if unfinished is not None:
            unfinished.close(now)

    def _dialled(self, peer: Peer) -> Dialled:
        site = self._site
        return Dialled(
            ufrag=peer.ufrag,
            pwd=peer.pwd,
            fingerprint=site.certificate.fingerprint,
            hosts=site.hosts,
            port=site.port,
            session_number=secrets.randbits(62),
            has_tcp=site.has_tcp,
        )

    def answer(self, command: control.AnswerPeer) -> None:
        """Take the browser's answer to the newest subscribe offer of the session."""
        pair = self._arriving.get(command.session_id) or self._pairs.get(command.session_id)
        if pair is None or pair.is_answered:
            self._refuse(command.request_id, command.session_id, "media.no_offer")
            return
        mids = [f"a{place}" for place in range(AUDIO_SLOTS)] + [f"v{place}" for place in range(len(pair.video))]
        try:
            fingerprint = read_subscribe_answer(command.answer, tuple(mids))
        except SdpRefused:
            self._refuse(command.request_id, command.session_id, "media.bad_answer")
            return
        pair.is_answered = True
        pair.downlink.peer.connect(fingerprint)
        self._report(
            control.PeerAnswered(
                meeting_id=self.meeting_id,
                node_id=self._site.node_id,
                request_id=command.request_id,
                session_id=command.session_id,
            )
        )

    def leave(self, session_id: str, now: float) -> None:
        """Close every connection of the session."""
        for pairs in (self._arriving, self._pairs):
            pair = pairs.pop(session_id, None)
            if pair is not None:
                pair.close(now)
                self._speakers.forget(pair.participant_id)
        self.allocate(now)

    def grant(self, command: control.GrantHearing, now: float) -> None:
        """Replace who hears whom, unless the command follows from older events than the last one did."""
        if command.number < self._granted_number:
            return
        self._granted_number, self._hears = command.number, command.hears
        self.allocate(now)

    def show(self, command: control.ShowPeers, now: float) -> None:
        """Whose pictures the session has on screen."""
        for pair in self._of(command.session_id):
            pair.shown = command.participant_ids
        self.allocate(now)

    def mute(self, command: control.MutePeer, now: float) -> None:
        """What the participant sends."""
        for pair in self._of(command.session_id):
            pair.uplink.audio.switch(is_on=command.microphone)
            pair.uplink.video.switch(is_on=command.camera)
        self.allocate(now)

    def _of(self, session_id: str) -> list[Pair]:
        pairs = (self._pairs.get(session_id), self._arriving.get(session_id))
        return [pair for pair in pairs if pair is not None]

    def end(self, now: float) -> None:
        """Close everything."""
        for pair in (*self._arriving.values(), *self._pairs.values()):
            pair.close(now)
        self._arriving.clear()
        self._pairs.clear()

    def tick(self, now: float) -> None:
        """Everything periodic; many times a second."""
        for pair in (*self._pairs.values(), *self._arriving.values()):
            pair.tick(now)
        if self._is_stale:
            self._is_stale = False
            self._settle(now)
        if now - self._spoke_at >= SPEAKERS_EVERY_S:
            self._spoke_at = now
            self._listen(now)
        if now - self._stated_at >= STATES_EVERY_S:
            self._stated_at = now
            changes = [pair.weigh(now) for pair in self._pairs.values()]
            if any(changes):
                self.allocate(now)
            for pair in self._pairs.values():
                self._state(pair, pair.state(now))

    def _mark_stale(self) -> None:
        self._is_stale = True

    def _settle(self, now: float) -> None:
        """Connections came or went: let arrived pairs take over, drop the dead, fill the slots."""
        for session_id, pair in list(self._arriving.items()):
            if pair.is_closed:
                del self._arriving[session_id]
                pair.close(now)
            elif pair.is_connected:
                self._take_over(self._arriving.pop(session_id), now)
        for session_id, pair in list(self._pairs.items()):
            if pair.is_closed:
                self._state(pair, LOST)
                pair.close(now)
                del self._pairs[session_id]
        self.allocate(now)
        for pair in self._pairs.values():
            self._state(pair, pair.state(now))

    def _take_over(self, pair: Pair, now: float) -> None:
        """Everyone keeps the slot they have: the page need not know at which moment it hears of which pair."""
        before = self._pairs.get(pair.session_id)
        self._pairs[pair.session_id] = pair
        if before is not None and len(before.video) == len(pair.video):
            pair.audio, pair.video = before.audio, before.video
        self.allocate(now)
        self._report_slots(pair)
        if before is not None:
            before.close(now)

    def _listen(self, now: float) -> None:
        self._speakers.tick(now)
        if self._speakers.active != self._speaker:
            self._speaker = self._speakers.active
            self._report_speaker()
        if self._speakers.loudest != self._order:
            self._order = self._speakers.loudest
            self.allocate(now)

    def allocate(self, now: float) -> None:
        """Fill every slot with whom its receiver may hear and see."""
        sources = {pair.participant_id: pair.uplink for pair in self._pairs.values() if pair.uplink.peer.is_connected}
        for pair in self._pairs.values():
            if not pair.downlink.peer.is_connected:
                continue
            heard = [one for one in self._hears.get(pair.participant_id, ()) if one in sources]
            heard = [one for one in heard if one != pair.participant_id]
            speaking = {one: place for place, one in enumerate(self._order)}
            audible = [one for one in heard if sources[one].audio.is_on]
            audible.sort(key=lambda one: speaking.get(one, len(speaking)))
            visible = [one for one in heard if sources[one].video.is_on]
            if pair.shown is not None:
                visible = [one for one in pair.shown if one in visible]
            visible = visible[: pair.allowance.pictures]
            audio, video = assign(pair.audio, audible), assign(pair.video, visible)
            _fill(pair.downlink.audio, audio, {one: sources[one].audio for one in audible}, now)
            _fill(pair.downlink.video, video, {one: sources[one].video for one in visible}, now)
            if (audio, video) != (pair.audio, pair.video):
                pair.audio, pair.video = audio, video
                self._report_slots(pair)

    def tell_all(self) -> None:
        """Report everything again: reports may have been missed."""
        for pair in self._pairs.values():
            self._report_slots(pair)
            self._report_state(pair)
        self._report_speaker()

    def _state(self, pair: Pair, connection: str) -> None:
        if connection != pair.connection:
            pair.connection = connection
            self._report_state(pair)

    def _report_state(self, pair: Pair) -> None:
        self._report(
            control.PeerState(
                meeting_id=self.meeting_id,
                node_id=self._site.node_id,
                session_id=pair.session_id,
                participant_id=pair.participant_id,
                connection=pair.connection,
            )
        )

    def _report_slots(self, pair: Pair) -> None:
        self._report(
            control.SlotsChanged(
                meeting_id=self.meeting_id,
                node_id=self._site.node_id,
                session_id=pair.session_id,
                audio=pair.audio,
                video=pair.video,
            )
        )

    def _report_speaker(self) -> None:
        self._report(
            control.SpeakerChanged(meeting_id=self.meeting_id, node_id=self._site.node_id, participant_id=self._speaker)
        )

    def _refuse(self, request_id: str, session_id: str, code: str) -> None:
        self._report(
            control.PeerRefused(
                meeting_id=self.meeting_id,
                node_id=self._site.node_id,
                request_id=request_id,
                session_id=session_id,
                code=code,
            )
        )

    def _report(self, report: control.Report) -> None:
        self._site.report(report)


def _fill(slots: Sequence[Slot], people: Slots, tracks: dict[ParticipantId, Track], now: float) -> None:
    for slot, one in zip(slots, people, strict=True):
        slot.show(tracks[one] if one is not None else None, now)
