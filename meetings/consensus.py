"""What a team's answers amount to. Consensus is not a vote and silence is never agreement."""

from collections.abc import Collection, Mapping

from meetings.ids import ParticipantId
from meetings.proposals import Answer, Outcome


def outcome(answers: Mapping[ParticipantId, Answer], asked: Collection[ParticipantId]) -> Outcome:
    """[C1] [C2] [C3] [C4] The outcome among those asked. `answers` hold the current version only; answers of people
    who are not in `asked` do not count."""
    given = {answers.get(one) for one in asked}
    if not given or not given <= {Answer.SUPPORT, Answer.LIVE_WITH}:
        return Outcome.NOT_REACHED
    return Outcome.WITH_RESERVATIONS if Answer.LIVE_WITH in given else Outcome.CONSENSUS
