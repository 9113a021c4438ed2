"""The database's address as people write it, with the options libpq knows, for the drivers that do not."""

import ssl
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from server.persistence.refusal import DatabaseRefused

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_NAMED = "The database's address (HEARTH_DATABASE_URL, --database)"


def parsed(url: str) -> URL:
    """The address in parts. Raises DatabaseRefused."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise _unreadable() from error
    if found.port is not None and not 0 < found.port <= 65535:
        raise _unreadable()
    return found


def postgres_options(url: URL) -> tuple[dict[str, Any], dict[str, str]]:
    """What the options of an address mean to asyncpg, as arguments of a connection and as settings of its session.

    Raises DatabaseRefused for an option that would not be heeded: a connection must not be weaker than asked for.
    """
    options = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
    mode, root = options.pop("sslmode", None), options.pop("sslrootcert", None)
    name = options.pop("application_name", None)
    if options:
        known = "sslmode, sslrootcert, application_name"
        raise DatabaseRefused(f"{_NAMED} has an option that Hearth does not know: {min(options)}. It knows {known}.")
    if mode is not None and mode not in SSL_MODES:
        raise DatabaseRefused(f"{_NAMED} has an sslmode that is none of {', '.join(SSL_MODES)}.")
    arguments: dict[str, Any] = {}
    if mode is not None or root is not None:
        arguments["ssl"] = _trusting(root, mode or "prefer") if root else mode
    return arguments, {} if name is None else {"application_name": name}


def _trusting(root: str, mode: str) -> ssl.SSLContext:
    """As libpq: with a root certificate every mode that encrypts checks the server's, and only the last its name."""
    if mode not in ("require", "verify-ca", "verify-full"):
        raise DatabaseRefused(f"{_NAMED} has an sslrootcert: write sslmode=verify-full (or verify-ca) with it.")
    try:
        context = ssl.create_default_context(cafile=root)
    except OSError as error:
        raise DatabaseRefused(f"{_NAMED} has an sslrootcert that cannot be read ({root}).") from error
    context.check_hostname = mode == "verify-full"
    return context


def _unreadable() -> DatabaseRefused:
    return DatabaseRefused(
        "The database's address cannot be read. Write postgresql://user:password@host:5432/name or sqlite:///path."
    )
