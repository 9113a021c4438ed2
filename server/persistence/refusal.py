"""Why the record cannot be used, in words for the person who starts the server."""


class DatabaseRefused(Exception):
    """The database must not be used as it is. The text says what to do; nothing was changed."""


class StaleWrite(Exception):
    """Someone else appended first: read again and decide again."""


class StorageUnavailable(Exception):
    """The database cannot be reached or cannot write now. Nothing was acknowledged; try again in a moment."""
