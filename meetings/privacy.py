"""What is private cannot be printed: the base of every struct that holds names, words of people or plan text."""

import msgspec


class Unprinted(msgspec.Struct, frozen=True, kw_only=True):
    """A struct whose repr is its type and the first characters of its id. Logs and errors hold no more."""

    def __repr__(self) -> str:
        """Only type and short id."""
        own_id = getattr(self, "id", "")
        return f"{type(self).__name__}({own_id[:6]})"
