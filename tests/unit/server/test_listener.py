import asyncio
import socket
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from server.bounded_requests import BoundedRequests
from server.bounded_sockets import BoundedSocket
from server.config import Settings
from server.listener import Listener, PortTaken, bind, uvicorn_config
from tests.support.listening import listening


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Echoes the length of every message."""
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": str(len(message.get("bytes") or message.get("text") or b""))})


def test_a_taken_port_is_said_in_words() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortTaken, match="--port"):
            bind("127.0.0.1", other.getsockname()[1])


def test_a_port_of_a_server_that_is_still_starting_is_taken_too() -> None:
    with bind("127.0.0.1", 0) as first, pytest.raises(PortTaken, match="--port"):
        bind("127.0.0.1", first.getsockname()[1])


def test_every_limit_of_the_wire_is_set() -> None:
    config = uvicorn_config(echo, Settings())
    assert (config.ws_max_size, config.ws_max_queue, config.ws_per_message_deflate) == (278_528, 8, False)
    assert (config.ws_ping_interval, config.ws_ping_timeout) == (15, 10)
    assert (config.timeout_graceful_shutdown, config.server_header, config.proxy_headers) == (25, False, False)
    assert config.limit_concurrency == 1500 < Settings().connections  # the rest is for sessions
    assert (config.timeout_keep_alive, config.access_log) == (5, False)
    assert config.ws_protocol_class is BoundedSocket
    assert config.http_protocol_class is BoundedRequests


async def test_it_drains_before_it_closes_with_1012() -> None:
    async with listening(echo) as server, connect(server.socket_url) as client:
        server.listener.stop()
        await asyncio.wait_for(server.drained.wait(), 5)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(client.recv(), 5)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1012


def test_the_listener_is_uvicorns_server() -> None:
    assert issubclass(Listener, uvicorn.Server)
