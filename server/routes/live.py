"""The meeting socket: who may open one, and uvicorn's WebSocket as the live layer's Link.

Refused before it opens (403, 429): another site's page, an unknown host, too many of one session, or of one address
where there is no session. What happens on it after that is the live layer's (`realtime.rooms`); its first message
carries the ticket.
"""

import contextlib
import time
from typing import Any, cast

from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect

from realtime.link import LinkClosed
from realtime.rooms import Rooms
from server.auth import cookies
from server.auth.doorway import peer_of, refuse_socket
from server.auth.limits import Limits
from server.auth.origins import allowed_hosts, allowed_origins, is_our_socket
from server.config import Settings
from server.errors import HttpError
from server.observability.metrics import Metrics
from server.services.links import LinkError, Links
from server.services.sign_in import StaffSessions

AnySocket = WebSocket[Any, Any, Any]


class SocketLink:
    """One accepted WebSocket. Frames keep their kind: text is `str`, binary is `bytes`, also when empty."""

    def __init__(self, socket: AnySocket) -> None:
        self._socket = socket
        self._is_closed = False

    async def receive(self) -> str | bytes:
        """The next frame. Raises LinkClosed when the peer is gone."""
        if self._is_closed:
            raise LinkClosed
        try:
            message = cast(dict[str, Any], await self._socket.receive())
        except WebSocketDisconnect as error:
            self._is_closed = True
            raise LinkClosed from error
        if message["type"] == "websocket.disconnect":
            self._is_closed = True
            raise LinkClosed
        text = message.get("text")
        return text if isinstance(text, str) else bytes(message["bytes"])

    async def send(self, frame: str | bytes) -> None:
        """Send one frame; waits while the peer does not read. Raises LinkClosed when the peer is gone."""
        if self._is_closed:
            raise LinkClosed
        if isinstance(frame, str):
            await self._put({"type": "websocket.send", "bytes": None, "text": frame})
        else:
            await self._put({"type": "websocket.send", "bytes": frame, "text": None})

    async def close(self, code: int) -> None:
        """Close with a code; the first one counts."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            await self._put({"type": "websocket.close", "code": code, "reason": ""})
        except LinkClosed:
            return  # the peer was quicker

    async def _put(self, message: dict[str, Any]) -> None:
        try:
            await self._socket.send(cast(Any, message))
        except (OSError, WebSocketDisconnect, RuntimeError) as error:
            # uvicorn says all of these for one thing: the connection ended underneath.
            self._is_closed = True
            raise LinkClosed from error


@websocket("/live")
async def live(
    socket: AnySocket,
    rooms: NamedDependency[Rooms],
    settings: NamedDependency[Settings],
    limits: NamedDependency[Limits],
    metrics: NamedDependency[Metrics],
    staff_sessions: NamedDependency[StaffSessions],
    links: NamedDependency[Links],
) -> None:
    """One socket from its handshake to its end."""
    refusal, place = _stranger(socket, settings), None
    if refusal is None:
        place, refusal = await _place(socket, settings, limits, staff_sessions, links)
    if refusal is not None or place is None:
        refusal = refusal or HttpError(429, "socket.too_many", "Too many windows are open.", retry_s=30)
        metrics.socket_refused(refusal.code)
        await refuse_socket(settings, cast(Any, socket.receive), cast(Any, socket.send), refusal)
        return
    try:
        await _carry(socket, rooms, metrics)
    finally:
        limits.open_sockets.leave(place)


async def _carry(socket: AnySocket, rooms: Rooms, metrics: Metrics) -> None:
    await socket.accept()
    link = SocketLink(socket)
    metrics.sockets.inc()
    try:
        await rooms.serve(link)
    finally:
        metrics.sockets.dec()
        await link.close(1000)


def _stranger(socket: AnySocket, settings: Settings) -> HttpError | None:
    headers = socket.scope["headers"]
    hosts = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
    if len(hosts) != 1 or hosts[0] not in allowed_hosts(settings):
        return HttpError(403, "host.unknown", "This server does not answer for that host.")
    origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
    if not is_our_socket(origins, allowed_origins(settings)):
        return HttpError(403, "request.cross_site", "This request did not come from our own page.")
    return None


async def _place(
    socket: AnySocket, settings: Settings, limits: Limits, sessions: StaffSessions, links: Links
) -> tuple[tuple[str, str] | None, HttpError | None]:
    """What this socket is counted by, counted: its session, or the address of whoever has none. None: too many."""
    digest = limits.session_of(socket.scope["headers"])
    if digest is None:  # the doorway has counted it by its address
        digest = await _looked_up(socket, limits, sessions, links)
    if digest is None:
        place, most = ("address", peer_of(socket)), settings.sockets_open_stranger
    elif pause := limits.sockets.take(digest, time.monotonic()):
        return None, HttpError(429, retry_s=pause)
    else:
        place, most = ("session", digest), settings.sockets_open
    return (place, None) if limits.open_sockets.enter(place, most) else (None, None)


async def _looked_up(socket: AnySocket, limits: Limits, sessions: StaffSessions, links: Links) -> str | None:
    headers = socket.scope["headers"]
    if (sid := cookies.read(headers, cookies.STAFF)) and await sessions.find(sid) is not None:
        limits.know(sid)
    if gid := cookies.read(headers, cookies.GUEST):
        with contextlib.suppress(LinkError):
            await links.guest(gid)
            limits.know(gid)
    return limits.session_of(headers)
