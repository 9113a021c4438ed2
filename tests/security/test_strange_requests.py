"""What the layers below the app would answer by themselves: each a problem with the security headers, or a plain end.

Never a failure of ours, and nothing of what was sent comes back or is logged as an error.
"""

import pytest

from tests.support.raw_http import RawAnswer, port_of, raw_http
from tests.support.server import HearthServer

MARK = b"<script>evil</script>"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
SOCKET = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
BODY = b"Content-Length: 2\r\n\r\n{}"
H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"

# The request line, headers and body beside our own Host and Origin; the status, 0: the connection just ends.
CASES: dict[str, tuple[bytes, bytes, int]] = {
    "unknown method": (b"EVIL /j HTTP/1.1", b"", 400),
    "method in small letters": (b"get /j HTTP/1.1", b"", 400),
    "method of WebDAV": (b"PROPFIND /j HTTP/1.1", b"", 405),
    "TRACE": (b"TRACE /j HTTP/1.1", b"X: " + MARK + b"\r\n", 405),
    "CONNECT": (b"CONNECT evil.example:443 HTTP/1.1", b"", 400),
    "OPTIONS of everything": (b"OPTIONS * HTTP/1.1", b"", 404),
    "HTTP/0.9": (b"GET /evil", b"", 404),
    "HTTP/1.0": (b"GET /evil HTTP/1.0", b"", 404),
    "HTTP/1.7": (b"GET /evil HTTP/1.7", b"", 400),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM", b"", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03evil", b"", 400),
    "upgrade to h2c": (b"GET /evil HTTP/1.1", H2C, 404),
    "upgrade to h2c with a body": (b"POST /evil HTTP/1.1", H2C + BODY, 404),
    "upgrade to what there is not": (b"GET /evil HTTP/1.1", b"Connection: Upgrade\r\nUpgrade: " + MARK + b"\r\n", 404),
    "expects to go on": (b"POST /evil HTTP/1.1", b"Expect: 100-continue\r\nContent-Length: 9\r\n", 404),
    "expects too much": (b"POST /csp HTTP/1.1", b"Expect: 100-continue\r\nContent-Length: 99999999\r\n", 413),
    "expects what there is not": (b"POST /evil HTTP/1.1", b"Expect: " + MARK + b"\r\n" + BODY, 404),
    "absolute address": (b"GET http://evil.example/evil HTTP/1.1", b"", 404),
    "absolute address without path": (b"GET http://evil.example HTTP/1.1", b"", 400),
    "address of another kind": (b"GET javascript:evil HTTP/1.1", b"", 400),
    "address with two slashes": (b"GET //evil.example/j HTTP/1.1", b"", 404),
    "address of bytes": (b"GET /\xff\xfeevil HTTP/1.1", b"", 400),
    "two lengths": (b"POST /csp HTTP/1.1", b"Content-Length: 1\r\n" + BODY, 400),
    "length and chunks": (b"POST /csp HTTP/1.1", b"Transfer-Encoding: chunked\r\n" + BODY, 400),
    "length below nothing": (b"POST /csp HTTP/1.1", b"Content-Length: -1\r\n", 400),
    "encoding there is not": (b"POST /csp HTTP/1.1", b"Transfer-Encoding: evil\r\n", 0),
    "folded header": (b"GET /j HTTP/1.1", b"X: a\r\n evil\r\n", 400),
    "header with NUL": (b"GET /j HTTP/1.1", b"X: a\x00evil\r\n", 400),
    "second host": (b"GET /j HTTP/1.1", b"Host: evil.example\r\n", 400),
    "socket without key": (b"GET /live HTTP/1.1", SOCKET, 400),
    "socket with a bad key": (b"GET /live HTTP/1.1", SOCKET + b"Sec-WebSocket-Key: " + MARK + b"\r\n", 400),
    "socket of version 99": (b"GET /live HTTP/1.1", SOCKET.replace(b"13", b"99") + KEY, 400),
    "socket by POST": (b"POST /live HTTP/1.1", SOCKET + KEY, 405),
    "socket with a body": (b"GET /live HTTP/1.1", SOCKET + KEY + BODY, 400),
    "socket with chunks": (b"GET /live HTTP/1.1", SOCKET + KEY + b"Transfer-Encoding: chunked\r\n", 400),
    "socket with a bad option": (
        b"GET /live HTTP/1.1",
        SOCKET.replace(b"Upgrade\r", b"Upgrade, <evil>\r") + KEY,
        400,
    ),
    "socket with a bad protocol": (b"GET /live HTTP/1.1", SOCKET + KEY + b"Sec-WebSocket-Protocol: <evil>\r\n", 400),
    "socket and another upgrade": (b"GET /live HTTP/1.1", b"Upgrade: h2c\r\n" + SOCKET + KEY, 400),
    "socket with a second origin": (b"GET /live HTTP/1.1", SOCKET + KEY + b"Origin: http://evil.example\r\n", 400),
    "socket with a second host": (b"GET /live HTTP/1.1", SOCKET + KEY + b"Host: evil.example\r\n", 403),
    "socket to a page": (b"GET /app HTTP/1.1", SOCKET + KEY, 404),
    "socket to nowhere": (b"GET /evil HTTP/1.1", SOCKET + KEY, 404),
    "socket at an absolute address": (b"GET http://evil.example/live HTTP/1.1", SOCKET + KEY, 404),
    "socket at a long address": (b"GET /live?evil" + b"a" * 3000 + b" HTTP/1.1", SOCKET + KEY, 414),
    "socket at an endless address": (b"GET /evil" + b"a" * 9000 + b" HTTP/1.1", SOCKET + KEY, 414),
    "socket with a long header": (b"GET /live HTTP/1.1", SOCKET + KEY + b"X: evil" + b"a" * 9000 + b"\r\n", 431),
}


def whole(server: HearthServer, line: bytes, rest: bytes) -> bytes:
    """The request, with our own Host and Origin first."""
    ours = f"Host: {server.url.removeprefix('http://')}\r\nOrigin: {server.url}\r\n".encode()
    return line + b"\r\n" + ours + rest + (b"" if b"\r\n\r\n" in rest else b"\r\n")


async def answer_to(server: HearthServer, request: bytes) -> RawAnswer | None:
    """The answer; None when the connection just ends."""
    async with raw_http(port_of(server)) as client:
        client.send(request)
        try:
            return await client.answer()
        except EOFError:
            return None


@pytest.mark.parametrize("name", CASES)
async def test_each_is_a_problem_or_a_plain_end(direct: HearthServer, name: str) -> None:
    line, rest, status = CASES[name]
    answer = await answer_to(direct, whole(direct, line, rest))
    if status == 0:
        assert answer is None
        return
    assert answer is not None and answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.code and b"evil" not in answer.body and "evil" not in str(answer.headers)


def test_nothing_of_all_this_was_logged_as_a_failure(direct: HearthServer) -> None:
    assert [line for line in direct.logged() if line["level"] in ("error", "critical")] == []
    assert "evil" not in direct.log_text()
