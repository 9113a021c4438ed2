"""Refusals by the rules of a meeting. Each has a stable code (`noun.problem`) and a sentence for a person."""


class MeetingError(Exception):
    """A command the rules refuse. The meeting goes on; only the one who asked is told.

    `code` never changes once published (PROTOCOL.md lists all); `text` is English and free of private facts; `details`
    are more codes, where one refusal has several reasons.
    """

    def __init__(self, code: str, text: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.details = details
