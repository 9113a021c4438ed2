import hashlib

from meetings.proposals import Answer, Outcome, words_sha256
from tests.support.story import FIRST, disagreed_story


def test_the_values_are_those_of_the_practice_record() -> None:
    assert [one.value for one in Outcome] == ["reached", "reached_with_reservations", "not_reached"]
    assert [one.value for one in Answer] == ["support", "live_with", "cannot_support", "question"]


def test_the_hash_of_words_is_of_every_code_point() -> None:
    words = " La niña se queda\ncon Ruth 🙂 "
    assert words_sha256(words) == hashlib.sha256(words.encode("utf-8")).hexdigest()
    assert words_sha256(words) != words_sha256(words.strip())


def test_the_words_of_a_proposal_cannot_be_printed() -> None:
    proposal = disagreed_story().meeting.proposals[FIRST]
    printed = repr((proposal, proposal.agency_decision, *proposal.positions.values()))
    assert not any(word in printed for word in ("Dana", "Lee", "night"))
