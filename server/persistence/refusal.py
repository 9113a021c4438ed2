"""Why the record cannot be used, in words for the person who starts the server."""


class DatabaseRefused(Exception):
    """The database must not be used as it is. The text says what to do; nothing was changed."""


class StaleWrite(Exception):
    """Someone else appended first: read again and decide again."""


class Unstorable(Exception):
    """A value that no row can hold was to be looked up or written: no row has it, and trying again is of no use."""


class StorageUnavailable(Exception):
    """The database cannot be reached or cannot write now. Nothing was acknowledged; try again in a moment."""


def in_its_words(error: BaseException) -> str:
    """What the database or the disk said, in one line without a full stop; never a statement or its parameters."""
    while isinstance(error, StorageUnavailable) and error.__cause__ is not None:
        error = error.__cause__
    said = (isinstance(error, OSError) and error.strerror) or str(getattr(error, "orig", None) or error)
    lines = said.splitlines() or [""]
    return lines[0].strip().rstrip(".") or type(error).__name__
