"""A browser's worth of HTTP for tests: cookies, our own Fetch-Metadata, and an address behind the trusted proxy."""

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.support.server import HearthServer, StaffSignIn


class Reply:
    """One answer."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name: str) -> str | None:
        """The header's value; None when absent. Fails when it is there twice."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) <= 1, f"{name} is there {len(found)} times"
        return found[0] if found else None

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The stable code of a problem."""
        assert self.header("content-type") == "application/problem+json", (self.status, self.body[:200])
        return str(self.json["code"])


class Visitor:
    """One browser. `address` is believed where the server trusts this machine as a proxy; `node` is the host and port
    the proxy would send it to (default: where the name leads). `source` is an address of this machine to come from."""

    def __init__(
        self,
        server: HearthServer | str,
        address: str | None = None,
        node: str | None = None,
        source: str | None = None,
    ) -> None:
        url = server if isinstance(server, str) else server.url
        self.host = urlsplit(url).netloc
        self.node = node or self.host
        self.origin = url
        self.cookies: dict[str, str] = {}
        self.csrf = ""
        self.address = address
        self.source = source

    def get(self, path: str, **headers: str) -> Reply:
        """GET."""
        return self.request("GET", path, None, headers)

    def post(self, path: str, body: object = None, **headers: str) -> Reply:
        """POST JSON as our own page does. Header names in keywords have _ for -."""
        return self.request("POST", path, json.dumps({} if body is None else body).encode(), headers)

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Any request."""
        sent = self._headers(method) | {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        source = (self.source, 0) if self.source else None
        connection = http.client.HTTPConnection(self.node, timeout=40, source_address=source)
        try:
            connection.request(method, path, body, {name: value for name, value in sent.items() if value})
            answer = connection.getresponse()
            reply = Reply(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()
        self._keep(reply)
        return reply

    def sign_in(self, one: StaffSignIn) -> Reply:
        """Sign in as staff."""
        reply = self.post("/api/sign-in", {"email": one.email, "password": one.password})
        assert reply.status == 200, reply.body
        self.csrf = reply.json["csrf"]
        return reply

    def spend(self, token: str) -> Reply:
        """Open a personal link."""
        return self.post("/api/links/spend", {"token": token})

    def _headers(self, method: str) -> dict[str, str]:
        found = {"host": self.host}
        if method not in ("GET", "HEAD", "OPTIONS"):
            found |= {"content-type": "application/json", "sec-fetch-site": "same-origin", "origin": self.origin}
        if self.csrf:
            found["x-csrf-token"] = self.csrf
        if self.cookies:
            found["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.address:
            found["x-forwarded-for"] = self.address
        return found

    def _keep(self, reply: Reply) -> None:
        for name, value in reply.headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                if "Max-Age=0" in rest:
                    self.cookies.pop(key, None)
                else:
                    self.cookies[key] = rest.split(";")[0]
