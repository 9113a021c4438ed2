"""Where a request was started: same-origin or refused. [pure]"""

from collections.abc import Iterable, Mapping

from server.config import Settings
from server.errors import HttpError


def allowed_origins(settings: Settings) -> frozenset[str]:
    """The public origin; on this very machine 127.0.0.1 and localhost are two names of it."""
    origin = settings.origin
    found = {origin}
    for one, other in (("//127.0.0.1", "//localhost"), ("//localhost", "//127.0.0.1")):
        if origin.startswith((f"http:{one}:", f"https:{one}:")):
            found.add(origin.replace(one, other, 1))
    return frozenset(found)


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """Host headers this server answers for: the public one, and this machine's own names at the port it listens on."""
    local = {f"{name}:{settings.port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    return frozenset({settings.public_host, *local})


def require_same_origin(headers: Mapping[str, str], origins: frozenset[str]) -> None:
    """A state change must be started by our own page: Sec-Fetch-Site same-origin, or (old browsers) our Origin.

    Raises HttpError 403 `request.cross_site`.
    """
    site = headers.get("sec-fetch-site")
    is_ours = site == "same-origin" if site is not None else headers.get("origin") in origins
    if not is_ours:
        raise HttpError(403, "request.cross_site", "This request did not come from our own page.")


def is_our_socket(origin_headers: Iterable[str], origins: frozenset[str]) -> bool:
    """Whether a WebSocket handshake carries exactly one Origin and it is ours, byte for byte."""
    values = list(origin_headers)
    return len(values) == 1 and values[0] in origins
