"""The web side of a meeting's media: places it on a live media node, asks for connections, passes reports on.

A media node is known by its card; a meeting's media is placed on
one by a lease whose fence goes into every command. When the card is gone or shows another generation the placement is
given up and every session is told `media.gone`; the next `media.join` places it anew.
"""

import asyncio
from collections.abc import Mapping
from typing import Protocol

import msgspec
import structlog

from meetings.ids import MeetingId, ParticipantId
from realtime.bus import keys
from realtime.bus.base import Bus, BusDown, Leases
from realtime.media import control
from realtime.media_nodes import MediaNodes
from realtime.messages import (
    MediaAnswer,
    MediaGone,
    MediaJoin,
    MediaReady,
    MediaRefused,
    MediaSlots,
    MediaSpeaking,
    ServerMessage,
)
from realtime.ports import NewId

log = structlog.get_logger(__name__)

# A media node that has not answered by then is not waited for.
ANSWER_S = 5.0
# Longer: a meeting stays bound to a silent node longer. Renewed every RENEW_S.
LEASE_S = 10.0
RENEW_S = 3.0
# What a client waits before it joins again.
RETRY_S = 0.5
UNAVAILABLE_RETRY_S = 2.0
TEXTS = {
    "media.unavailable": "Picture and sound are not available just now. The meeting goes on; we keep trying.",
    "media.no_answer": "Picture and sound are not available just now. The meeting goes on; we keep trying.",
    "media.gone": "Picture and sound are coming back. The meeting goes on.",
    "media.bad_offer": "This browser's picture and sound could not be set up.",
}
_OTHER_TEXT = "Picture and sound could not be set up."

_encode = msgspec.msgpack.encode
_reports = msgspec.msgpack.Decoder(control.Report)


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """Which media node serves the meeting."""

    node_id: str
    generation: str
    fence: int

    @property
    def holder(self) -> str:
        """The lease's holder."""
        return f"{self.node_id}/{self.generation}"


class _NodeGone(Exception):
    """The media node that was asked is gone."""


class MediaListener(Protocol):
    """The room, as its media desk needs it."""

    def tell(self, session_id: str, message: ServerMessage) -> None:
        """Send to one session, if it is here."""
        ...

    def tell_joined(self, message: ServerMessage) -> None:
        """Send to every admitted session."""
        ...

    def media_connection(self, session_id: str, connection: str) -> None:
        """How a session's media connection is: "good" or "weak"."""
        ...


class MediaDesk:
    """One meeting's media, seen from the web node."""

    def __init__(
        self, meeting_id: MeetingId, bus: Bus, leases: Leases, nodes: MediaNodes, new_id: NewId, listener: MediaListener
    ) -> None:
        self._meeting_id = meeting_id
        self._bus = bus
        self._leases = leases
        self._nodes = nodes
        self._new_id = new_id
        self._listener = listener
        self._placement: Placement | None = None
        self._placing = asyncio.Lock()
        self._renewed_at = 0.0
        self._asked: dict[str, asyncio.Future[control.Report]] = {}
        self._sessions: set[str] = set()
        self._number = 0
        self._hears: Mapping[ParticipantId, tuple[ParticipantId, ...]] = {}

    async def join(self, session_id: str, participant_id: ParticipantId, message: MediaJoin) -> ServerMessage:
        """MediaReady or MediaRefused."""
        placement = await self._place()
        if placement is None:
            return _refused(message.ref, "media.unavailable")
        await self._send(placement, self._grant(placement))
        self._sessions.add(session_id)
        request_id = self._new_id()
        answer = await self._ask(
            placement,
            request_id,
            control.JoinPeer(
                meeting_id=self._meeting_id,
                fence=placement.fence,
                request_id=request_id,
                session_id=session_id,
                participant_id=participant_id,
                offer=message.offer,
                video_slots=message.video_slots,
            ),
        )
        if isinstance(answer, control.PeerReady):
            return MediaReady(
                ref=message.ref,
                answer=answer.answer,
                offer=answer.offer,
                audio_slots=answer.audio_slots,
                video_slots=answer.video_slots,
            )
        return _refused(message.ref, answer)

    async def answer(self, session_id: str, message: MediaAnswer) -> MediaRefused | None:
        """None when the media node took the answer."""
        placement = self._placement
        if placement is None or session_id not in self._sessions:
            return _refused(message.ref, "media.unavailable")
        request_id = self._new_id()
        command = control.AnswerPeer(
            meeting_id=self._meeting_id,
            fence=placement.fence,
            request_id=request_id,
            session_id=session_id,
            answer=message.answer,
        )
        answer = await self._ask(placement, request_id, command)
        return None if isinstance(answer, control.PeerAnswered) else _refused(message.ref, answer)

    async def show(self, session_id: str, participant_ids: tuple[ParticipantId, ...]) -> None:
        """Whose pictures are on this session's screen."""
        if self._placement is not None and session_id in self._sessions:
            command = control.ShowPeers(
                meeting_id=self._meeting_id,
                fence=self._placement.fence,
                session_id=session_id,
                participant_ids=participant_ids,
            )
            await self._send(self._placement, command)

    async def mute(self, session_id: str, camera: bool, microphone: bool) -> None:
        """What this session sends."""
        if self._placement is not None and session_id in self._sessions:
            command = control.MutePeer(
                meeting_id=self._meeting_id,
                fence=self._placement.fence,
                session_id=session_id,
                camera=camera,
                microphone=microphone,
            )
            await self._send(self._placement, command)

    async def leave(self, session_id: str) -> None:
        """The session is over."""
        if session_id in self._sessions:
            self._sessions.discard(session_id)
            if self._placement is not None:
                command = control.LeavePeer(
                    meeting_id=self._meeting_id, fence=self._placement.fence, session_id=session_id
                )
                await self._send(self._placement, command)

    async def grant(self, number: int, hears: Mapping[ParticipantId, tuple[ParticipantId, ...]]) -> None:
        """Who hears whom as of event `number`; sent when it changed."""
        has_changed = hears != self._hears
        self._number, self._hears = number, hears
        if has_changed and self._placement is not None:
            await self._send(self._placement, self._grant(self._placement))

    async def end(self) -> None:
        """The meeting is over: close everything, whichever node has it."""
        placement = self._placement or await self._elsewhere()
        self._placement = None
        self._sessions.clear()
        if placement is not None:
            await self._send(placement, control.EndStage(meeting_id=self._meeting_id, fence=placement.fence))
            await self._release(placement)

    async def tick(self, now: float) -> None:
        """Renew the lease and repeat the grant; give up a node that is gone."""
        placement = self._placement
        if placement is None:
            return
        if not self._nodes.is_live(placement.holder):
            await self._lose(placement)
        elif now - self._renewed_at >= RENEW_S:
            self._renewed_at = now
            await self._renew(placement)

    async def _renew(self, placement: Placement) -> None:
        fence = await self._acquire(placement.holder)
        if fence is None:
            await self._lose(placement)
        elif fence >= 0:
            self._placement = msgspec.structs.replace(placement, fence=fence)
            await self._send(placement, self._grant(self._placement))

    def got(self, payload: bytes) -> None:
        """A report of a media node. Unreadable or late ones are dropped."""
        try:
            report = _reports.decode(payload)
        except (msgspec.DecodeError, msgspec.ValidationError):
            log.warning("media.unreadable_report", size=len(payload))
            return
        match report:
            case control.PeerReady() | control.PeerAnswered() | control.PeerRefused():
                future = self._asked.get(report.request_id)
                if future is not None and not future.done():
                    future.set_result(report)
            case control.SlotsChanged():
                self._listener.tell(report.session_id, MediaSlots(audio=report.audio, video=report.video))
            case control.SpeakerChanged():
                self._listener.tell_joined(MediaSpeaking(participant_id=report.participant_id))
            case control.PeerState():
                is_bad = report.connection in ("weak", "lost")
                self._listener.media_connection(report.session_id, "weak" if is_bad else "good")

    async def _place(self) -> Placement | None:
        async with self._placing:
            if self._placement is not None and self._nodes.is_live(self._placement.holder):
                return self._placement
            await self._nodes.refresh()
            for _ in range(3):
                holder = await self._choose()
                if holder is None:
                    return None
                fence = await self._acquire(holder)
                if fence is not None and fence >= 0:
                    node_id, _, generation = holder.partition("/")
                    self._placement = Placement(node_id=node_id, generation=generation, fence=fence)
                    return self._placement
            return None

    async def _choose(self) -> str | None:
        """The node that already has the meeting, if it lives; else the best one."""
        try:
            holder = await self._leases.holder(keys.media_lease(self._meeting_id))
            if holder is not None and self._nodes.is_live(holder):
                return holder
            if holder is not None:
                await self._leases.release(keys.media_lease(self._meeting_id), holder)
        except BusDown:
            return None
        card = self._nodes.best()
        return None if card is None else f"{card.node_id}/{card.generation}"

    async def _acquire(self, holder: str) -> int | None:
        """The fence; None when another holds it; -1 when the bus is down (nobody else gets it either)."""
        try:
            return await self._leases.acquire(keys.media_lease(self._meeting_id), holder, LEASE_S)
        except BusDown:
            return -1

    async def _elsewhere(self) -> Placement | None:
        """The placement another web node made."""
        try:
            holder = await self._leases.holder(keys.media_lease(self._meeting_id))
        except BusDown:
            return None
        fence = None if holder is None else await self._acquire(holder)
        if holder is None or fence is None or fence < 0:
            return None
        node_id, _, generation = holder.partition("/")
        return Placement(node_id=node_id, generation=generation, fence=fence)

    async def _lose(self, placement: Placement) -> None:
        log.warning("media.node_gone", node=placement.node_id)
        self._placement = None
        self._sessions.clear()
        for future in self._asked.values():  # it will not answer: who waits may ask the next node now
            if not future.done():
                future.set_exception(_NodeGone())
        await self._release(placement)
        self._listener.tell_joined(MediaGone(retry_s=RETRY_S))

    async def _release(self, placement: Placement) -> None:
        try:
            await self._leases.release(keys.media_lease(self._meeting_id), placement.holder)
        except BusDown:
            log.warning("media.lease_not_released", node=placement.node_id)

    def _grant(self, placement: Placement) -> control.GrantHearing:
        return control.GrantHearing(
            meeting_id=self._meeting_id, fence=placement.fence, number=self._number, hears=dict(self._hears)
        )

    async def _ask(self, placement: Placement, request_id: str, command: control.Command) -> control.Report | str:
        """The report that answers, or a code why there is none."""
        future: asyncio.Future[control.Report] = asyncio.get_running_loop().create_future()
        self._asked[request_id] = future
        try:
            if not await self._send(placement, command):
                return "media.unavailable"
            async with asyncio.timeout(ANSWER_S):
                return await future
        except TimeoutError:
            return "media.no_answer"
        except _NodeGone:
            return "media.gone"
        finally:
            del self._asked[request_id]

    async def _send(self, placement: Placement, command: control.Command) -> bool:
        try:
            await self._bus.publish(keys.media_node(placement.node_id), _encode(command))
        except BusDown:
            return False
        return True


def _refused(ref: int, why: control.Report | str) -> MediaRefused:
    code = why if isinstance(why, str) else why.code if isinstance(why, control.PeerRefused) else "media.no_answer"
    retry_s = UNAVAILABLE_RETRY_S if code in ("media.unavailable", "media.no_answer") else RETRY_S
    return MediaRefused(ref=ref, code=code, text=TEXTS.get(code, _OTHER_TEXT), retry_s=retry_s)
