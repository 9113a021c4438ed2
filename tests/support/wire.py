"""A participant over the real network: link or sign-in, ticket, WebSocket, and the plan in a Yjs document."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import msgspec
from pycrdt import Doc, Map, Text
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from meetings.commands import AdmitParticipant, PersonCommand
from meetings.entities import Entity, MeetingEntity, SeatState, WaitingEntity, YouEntity
from meetings.meeting import Phase
from realtime import messages as m
from realtime.plan import frames, sync
from tests.support.plan_peer import plan_doc
from tests.support.visitor import Visitor

WAIT_S = 20.0
_decoder = msgspec.json.Decoder(m.ServerMessage)


class WireSeat:
    """One browser tab of one person, without the browser. `typed` tokens are `acked` once the server said saved."""

    def __init__(self, visitor: Visitor, meeting_id: str | None, source: str | None = None) -> None:
        self.visitor = visitor
        self.source = source
        self.raw: list[str | bytes] = []
        self.meeting_id = meeting_id
        self.entities: dict[str, Entity] = {}
        self.doc: Doc[Any] | None = None
        self.channel: m.PlanChannel | None = None
        self.seq: int | None = None
        self.saved_clock = 0
        self.number = 0
        self.typed: list[tuple[str, int]] = []
        self.refused: list[str] = []
        self.closed: int | None = None
        self._link: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._applying = False
        self._ref = 0
        self._answers: dict[int, m.Done | m.Refused] = {}

    async def enter(self) -> None:
        """Ticket, socket, hello; again after a loss, with what is still held."""
        body = {"meeting_id": self.meeting_id} if self.meeting_id else {}
        reply = await asyncio.to_thread(self.visitor.post, "/api/tickets", body)
        assert reply.status in (200, 201), reply.body
        node, _, port = self.visitor.node.partition(":")
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.visitor.cookies.items())}
        if self.visitor.address:
            headers["X-Forwarded-For"] = self.visitor.address
        self.closed = None
        self._link = await connect(
            f"ws://{self.visitor.host}/live",
            host=node,
            port=int(port),
            local_addr=(self.source, 0) if self.source else None,
            origin=self.visitor.origin,  # type: ignore[arg-type]  # it is a string
            additional_headers=headers,
            proxy=None,
            max_size=None,
            compression=None,
        )
        resume: tuple[m.PlanResume, ...] = ()
        if self.channel is not None and self.seq is not None:
            resume = (
                m.PlanResume(
                    audience=self.channel.audience,
                    epoch=self.channel.epoch,
                    seq=self.seq,
                    client_id=self.channel.client_id,
                ),
            )
        await self.send(m.Hello(ticket=reply.json["ticket"], after=self.number or None, plan=resume))
        self._reader = asyncio.create_task(self._read(self._link))

    async def send(self, message: m.ClientMessage) -> None:
        """One JSON message."""
        assert self._link is not None
        await self._link.send(msgspec.json.encode(message).decode())

    async def do(self, command: PersonCommand) -> m.Done | m.Refused:
        """A command and its answer."""
        self._ref += 1
        ref = self._ref
        await self.send(m.Do(ref=ref, command=command))
        await self.until(lambda: ref in self._answers)
        return self._answers.pop(ref)

    async def until(self, seen: Callable[[], bool], timeout_s: float = WAIT_S) -> None:
        """Wait until something has come about."""
        async with asyncio.timeout(timeout_s):
            while not seen():
                self._changed.clear()
                await self._changed.wait()

    async def admitted(self) -> None:
        """Wait to be let in and to hold the plan."""
        await self.until(lambda: self.you.state is SeatState.ADMITTED and self.seq is not None)

    async def in_session(self) -> None:
        """Wait to hold the plan and to be told that the meeting began: from then on this seat may write."""
        await self.admitted()

        def has_begun() -> bool:
            meeting = self.entities.get("meeting")
            return isinstance(meeting, MeetingEntity) and meeting.phase is Phase.IN_SESSION

        await self.until(has_begun)

    @property
    def you(self) -> YouEntity:
        """What the server says about this person; a stand-in before the welcome."""
        found = self.entities.get("you")
        if isinstance(found, YouEntity):
            return found
        return msgspec.convert(
            {"participant_id": "", "name": "", "role": "observer", "state": "waiting", "second_device": False,
             "capabilities": (), "entity": "you"},
            YouEntity,
        )  # fmt: skip

    def waiting(self) -> list[WaitingEntity]:
        """Who waits, as the facilitator is told."""
        found = [one for one in self.entities.values() if isinstance(one, WaitingEntity)]
        return sorted(found, key=lambda one: one.order)

    async def admit_everyone(self, count: int) -> None:
        """The facilitator lets `count` people in, one by one."""
        for _ in range(count):
            await self.until(lambda: bool(self.waiting()))
            first = self.waiting()[0]
            done = await self.do(AdmitParticipant(participant_id=first.participant_id, device_id=first.device_id))
            assert isinstance(done, m.Done), done
            await self.until(lambda gone=first: gone not in self.waiting())  # type: ignore[misc]

    async def add_card(self, root: str, token: str) -> None:
        """Write a card whose text is the token, and send it if there is a socket."""
        card = {"order": "a" + token, "by": str(self.you.participant_id), "text": Text(token)}
        await self._add(root, token, Map(card))

    async def add_step(self, token: str, what: str, by_when: str) -> None:
        """Write an action step that this person takes on."""
        who = str(self.you.participant_id)
        step = {"what": Text(what), "who": who, "by_when": by_when, "order": "a" + token, "done": False}
        await self._add("steps", token, Map(step))

    async def _add(self, root: str, token: str, entry: "Map[Any]") -> None:
        assert self.doc is not None
        entries: Map[Any] = self.doc.get(root, type=Map)
        entries[token] = entry
        self.typed.append((token, self.clock()))
        with contextlib.suppress(ConnectionClosed):
            for update in self._outgoing():
                await self._send_update(update)

    def clock(self) -> int:
        """The next clock of this document's own client id."""
        assert self.doc is not None and self.channel is not None
        return sync_state(self.doc).get(self.channel.client_id, 0)

    def acked(self) -> list[str]:
        """The tokens the server said are saved."""
        return [token for token, clock in self.typed if clock <= self.saved_clock]

    def cards(self, root: str) -> dict[str, str]:
        """Every card's text by id."""
        assert self.doc is not None
        return {key: str(card["text"]) for key, card in self.doc.get(root, type=Map).items()}

    async def leave(self) -> None:
        """Close the socket."""
        if self._link is not None:
            await self._link.close()
        if self._reader is not None:
            await self._reader

    def _outgoing(self) -> list[bytes]:
        outgoing, self._written = self._written, []
        return outgoing

    async def _send_update(self, update: bytes) -> None:
        assert self._link is not None and self.channel is not None
        await self._link.send(frames.join(self.channel.channel, sync.update(update)))

    async def _read(self, link: ClientConnection) -> None:
        try:
            async for frame in link:
                self.raw.append(frame)
                await (self._got_plan(frame) if isinstance(frame, bytes) else self._got(_decoder.decode(frame)))
                self._changed.set()
        except ConnectionClosed as closed:
            self.closed = closed.rcvd.code if closed.rcvd else 1006
        else:
            self.closed = link.close_code or 1000
        self._changed.set()

    async def _got(self, message: m.ServerMessage) -> None:
        match message:
            case m.Welcome():
                if message.fresh:
                    self.entities = {}
                self._merge(message.number, message.entities, message.gone)
                for channel in message.plan:
                    self._open(channel)
                if message.plan:
                    mode = m.MediaState(camera=False, microphone=False, mode="typing")  # type: ignore[arg-type]
                    await self.send(mode)
            case m.Changed():
                self._merge(message.number, message.entities, message.gone)
            case m.Done() | m.Refused():
                self._answers[message.ref] = message
            case m.PlanSaved():
                self.saved_clock = max(self.saved_clock, message.clock)
            case m.PlanRefused():
                self.refused.append(message.code)
            case m.PlanSeq():
                self.seq = message.seq

    def _merge(self, number: int, entities: dict[str, Entity], gone: tuple[str, ...]) -> None:
        self.number = number
        self.entities |= entities
        for key in gone:
            self.entities.pop(key, None)

    def _open(self, channel: m.PlanChannel) -> None:
        if not (channel.resumed and self.doc is not None):
            self.doc = plan_doc(channel.client_id, str(self.you.participant_id))
            self.seq = None
            self._written: list[bytes] = []
            self.doc.observe(lambda event: None if self._applying else self._written.append(event.update))
        self.channel = channel

    async def _got_plan(self, frame: bytes) -> None:
        assert self.doc is not None
        _, message = frames.split(frame)
        match sync.parse(message):
            case sync.StepTwo(update) | sync.Update(update):
                self._applying = True
                self.doc.apply_update(update)
                self._applying = False
            case sync.StepOne(state):
                assert self._link is not None and self.channel is not None
                self._written.clear()
                unsaved = self.doc.get_update(sync.state_vector(state))
                await self._link.send(frames.join(self.channel.channel, sync.step_two(unsaved)))


def sync_state(doc: Doc[Any]) -> dict[int, int]:
    """The document's own state vector: client id → next clock."""
    parsed = sync.parse(b"\x00\x00" + _var_bytes(doc.get_state()))
    assert isinstance(parsed, sync.StepOne)
    return parsed.state


def _var_bytes(data: bytes) -> bytes:
    size, prefix = len(data), bytearray()
    while size > 0x7F:
        prefix.append(0x80 | (size & 0x7F))
        size >>= 7
    return bytes(prefix) + bytes((size,)) + data
