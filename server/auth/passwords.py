"""Staff passwords: argon2id with 19 MiB, two passes, one lane; checked off the event loop, two at a time."""

import asyncio

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)

# A real hash of nothing anyone knows: an unknown e-mail costs the same time as a wrong password.
_NOBODY = _HASHER.hash("nobody signs in with this")


def password_hash(password: str) -> str:
    """The PHC string to store."""
    return _HASHER.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the stored hash; `stored` None (no such person) takes as long and is False."""
    try:
        return _HASHER.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


class PasswordCheck:
    """Checks passwords in threads, at most `at_once` together (each takes 19 MiB)."""

    def __init__(self, at_once: int = 2) -> None:
        self._turns = asyncio.Semaphore(at_once)

    async def __call__(self, stored: str | None, password: str) -> bool:
        """As `is_password`, without holding up the loop."""
        async with self._turns:
            return await asyncio.to_thread(is_password, stored, password)
