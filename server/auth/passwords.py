"""Staff passwords: argon2id with 19 MiB, two passes, one lane; checked off the event loop."""

import asyncio
from collections.abc import Hashable

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from server.auth.turns import Turns

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
    """Checks passwords in threads, at most two at once (each takes 19 MiB and a core): one for browsers that are known,
    one for strangers, who are served address by address, and whoever tries for the first time before all others. So a
    crowd of strangers makes nobody else wait long."""

    def __init__(self) -> None:
        self._known = Turns()
        self._strangers = Turns()

    async def __call__(
        self, stored: str | None, password: str, *, place: Hashable, is_known: bool = False, is_first: bool = False
    ) -> bool:
        """As `is_password`, without holding up the loop. `place`: whose turn it takes. Raises TooMany."""
        async with (self._known if is_known else self._strangers).turn(place, is_first=is_first):
            return await asyncio.to_thread(is_password, stored, password)
