"""ICE over TCP on the number of the UDP port, for networks without UDP (RFC 6544 passive, RFC 4571 frames)."""

import asyncio
from collections.abc import Sequence
from struct import Struct

from realtime.media.endpoint import LARGEST_DATAGRAM, Address, Endpoint

# A connection is looked at this often: closed when no guest is (any more) behind it.
PROVE_S = 5.0
CONNECTIONS_LIMIT = 500
# Unproven connections from one source at a time.
STRANGERS_LIMIT = 8
# Waiting bytes after which media is dropped: over TCP it would only come later and later.
WAITING_BYTES = 64 * 1024

_LENGTH = Struct("!H")


class TcpPath(asyncio.Protocol):
    """One connection: frames in, frames out."""

    def __init__(self, listener: "TcpListener") -> None:
        self._listener = listener
        self._endpoint = listener.endpoint
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._limit: asyncio.TimerHandle | None = None
        self.address: Address = ()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept it, unless there are too many."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.address = transport.get_extra_info("peername")
        if not self._listener.admit(self):
            self._endpoint.drops["tcp refused"] += 1
            transport.abort()
            return
        self._expect_proof()

    def _expect_proof(self) -> None:
        self._limit = asyncio.get_running_loop().call_later(PROVE_S, self._must_be_proven)

    @property
    def is_proven(self) -> bool:
        """Whether an authentic check came over this connection."""
        return self._endpoint.is_proven(self, self.address)

    def _must_be_proven(self) -> None:
        """Also ends the connection of a guest that was dismissed meanwhile."""
        if self.is_proven:
            self._expect_proof()
        elif self._transport is not None:
            self._endpoint.drops["tcp stranger"] += 1
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Hand over every whole frame; a frame longer than a datagram ends the connection."""
        self._buffer += data
        at = 0
        while len(self._buffer) - at >= 2:
            size = _LENGTH.unpack_from(self._buffer, at)[0]
            if size > LARGEST_DATAGRAM:
                self._endpoint.drops["tcp frame"] += 1
                self.close()
                return
            if len(self._buffer) - at - 2 < size:
                break
            self._endpoint.take(bytes(self._buffer[at + 2 : at + 2 + size]), self, self.address)
            at += 2 + size
        del self._buffer[:at]

    def send(self, datagram: bytes | memoryview, address: Address) -> None:
        """Send as a frame, or drop when the connection does not keep up or is gone."""
        transport = self._transport
        if transport is None or transport.is_closing() or transport.get_write_buffer_size() > WAITING_BYTES:
            self._endpoint.drops["unsendable"] += 1
            return
        transport.write(_LENGTH.pack(len(datagram)) + bytes(datagram))

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing comes from here any more."""
        if self._limit is not None:
            self._limit.cancel()
        self._listener.forget(self)
        self._endpoint.lost(self, self.address)

    def close(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()


class TcpListener:
    """Listens beside the UDP port."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._paths: set[TcpPath] = set()
        self._servers: list[asyncio.Server] = []

    async def open(self, hosts: Sequence[str], port: int) -> None:
        """Listen on each address. Raises OSError when the number is taken."""
        loop = asyncio.get_running_loop()
        for host in hosts:
            self._servers.append(await loop.create_server(lambda: TcpPath(self), host, port))

    def admit(self, path: TcpPath) -> bool:
        """Whether one more connection from this source is allowed."""
        strangers = sum(1 for held in self._paths if held.address[0] == path.address[0] and not held.is_proven)
        if len(self._paths) >= CONNECTIONS_LIMIT or strangers >= STRANGERS_LIMIT:
            return False
        self._paths.add(path)
        return True

    def forget(self, path: TcpPath) -> None:
        """The connection is gone."""
        self._paths.discard(path)

    def close(self) -> None:
        """Stop listening and end every connection."""
        for server in self._servers:
            server.close()
        for path in list(self._paths):
            path.close()
