"""Errors of the live layer. A broken peer is closed; a refusal is a message. [pure]"""

CLOSE_RESTART = 1012
CLOSE_BAD_MESSAGE = 4400
CLOSE_UNAUTHENTICATED = 4401
CLOSE_NOT_ALLOWED = 4403
CLOSE_TOO_SLOW = 4408
CLOSE_OTHER_EPOCH = 4409
CLOSE_REMOVED = 4410
CLOSE_REPLACED = 4411
CLOSE_TOO_BIG = 4413
CLOSE_RATE = 4429


class ProtocolError(Exception):
    """The peer broke the protocol or may not be here: its socket is closed with `close_code`."""

    def __init__(self, close_code: int, code: str) -> None:
        super().__init__(code)
        self.close_code = close_code
        self.code = code
