"""Why a plan update is refused, as stable codes. [pure]"""

MALFORMED = "plan.malformed"
TOO_BIG = "plan.too_big"
NOT_ALLOWED = "plan.not_allowed"
READ_ONLY = "plan.read_only"
OTHER_CLIENT = "plan.other_client"
GAP = "plan.gap"
MISSING = "plan.missing"
OUTSIDE_OUTLINE = "plan.outside_outline"
SPLIT_CHARACTER = "plan.split_character"
FULL = "plan.full"
FROZEN = "plan.frozen"
NOT_SAVED = "plan.not_saved"

TEXTS = {
    MALFORMED: "The change could not be read.",
    TOO_BIG: "The change is too big. Paste it in smaller pieces.",
    NOT_ALLOWED: "Only the person whose words these are can change them.",
    READ_ONLY: "You can read this plan but not change it.",
    OTHER_CLIENT: "The change carries someone else's name.",
    GAP: "An earlier change is missing.",
    MISSING: "The change refers to something this plan does not hold.",
    OUTSIDE_OUTLINE: "The change does not fit the plan's sections.",
    SPLIT_CHARACTER: "The change cuts a character in two.",
    FULL: "The plan is full.",
    FROZEN: "The plan is finished and can no longer be changed.",
    NOT_SAVED: "The change could not be saved just now.",
}

RESYNC = frozenset({GAP, MISSING, NOT_SAVED})
"""After these the client's text is good: the server sends its step 1 again and the client sends everything unsaved."""


class PlanUpdateError(Exception):
    """An update is refused; nothing changed. `code` is one of `TEXTS`. The message never holds plan text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
