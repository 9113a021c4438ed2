from meetings.proposals import Answer, Outcome
from tests.support.story import FIRST, disagreed_story


def test_the_values_are_those_of_the_practice_record() -> None:
    assert [one.value for one in Outcome] == ["reached", "reached_with_reservations", "not_reached"]
    assert [one.value for one in Answer] == ["support", "live_with", "cannot_support", "question"]


def test_the_words_of_a_proposal_cannot_be_printed() -> None:
    proposal = disagreed_story().meeting.proposals[FIRST]
    printed = repr((proposal, proposal.agency_decision, *proposal.positions.values()))
    assert not any(word in printed for word in ("Dana", "Lee", "night"))
