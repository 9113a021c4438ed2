"""Refusals over HTTP: one exception with a stable code, and its `application/problem+json` body."""

import math

import msgspec

PROBLEM_JSON = "application/problem+json"

# code of a plain HTTP status, where no better one is known
STATUS_CODES: dict[int, tuple[str, str]] = {
    400: ("request.malformed", "The request could not be read."),
    401: ("sign_in.required", "Please sign in."),
    403: ("request.not_allowed", "This is not allowed."),
    404: ("page.unknown", "There is nothing here."),
    405: ("method.not_allowed", "This address does not take that method."),
    406: ("format.not_available", "This is not available in the format asked for."),
    408: ("request.too_slow", "The request took too long."),
    409: ("request.conflict", "Something changed in between."),
    410: ("page.gone", "This is over."),
    413: ("body.too_large", "The request is too large."),
    414: ("url.too_long", "The address is too long."),
    415: ("body.not_json", "The body must be application/json."),
    421: ("host.unknown", "This server does not answer for that host."),
    422: ("body.invalid", "The request does not have the expected fields."),
    425: ("request.too_early", "It is too early for this."),
    429: ("rate.exceeded", "Too many requests. Please wait a moment."),
    431: ("headers.too_large", "The request headers are too large."),
    499: ("request.broken_off", "The connection ended before the request was whole."),  # counted; nobody reads it
    500: ("server.failed", "Something went wrong on our side. Nothing was lost."),
    503: ("server.not_ready", "The server is not ready. Please try again in a moment."),
}


class HttpError(Exception):
    """A request is refused. `code` is stable (`noun.problem`), `text` is for a person and holds no private facts.

    `extra` is added to the problem body (such as `scheduled_at` for a meeting that has not begun).
    """

    def __init__(
        self,
        status: int,
        code: str | None = None,
        text: str | None = None,
        *,
        retry_s: float | None = None,
        extra: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        known_code, known_text = STATUS_CODES.get(status, ("request.refused", "The request was refused."))
        self.status = status
        self.code = code or known_code
        self.text = text or known_text
        self.extra = extra or {}
        self.headers = dict(headers or {})
        if retry_s is not None:
            self.headers["Retry-After"] = str(max(1, math.ceil(retry_s)))
        super().__init__(f"{status} {self.code}")


def problem(status: int, code: str, text: str, extra: dict[str, object] | None = None) -> bytes:
    """The problem body (RFC 9457): type, title, status, detail, code and `extra`."""
    title = STATUS_CODES.get(status, ("", "Refused"))[1]
    body = {"type": f"urn:hearth:problem:{code}", "title": title, "status": status, "detail": text, "code": code}
    return msgspec.json.encode({**(extra or {}), **body})
