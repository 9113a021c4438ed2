"""The one clock and the one maker of ids and secrets. Everything else is handed the time."""

import hashlib
import secrets
import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock (`realtime.ports.Clock`)."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never run back."""
        return time.monotonic()


def new_id() -> str:
    """128 random bits as 32 hex characters (`realtime.ports.NewId`)."""
    return secrets.token_hex(16)


def new_secret() -> str:
    """256 random bits as 43 base64url characters: links, session ids, tickets."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """SHA-256 in hex: what is stored of a secret. 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
