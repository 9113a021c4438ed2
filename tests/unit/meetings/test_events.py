import re

import msgspec

from meetings.events import Event, Recorded
from tests.support.story import closed_story, disagreed_story


def test_every_event_is_named_in_the_past_once() -> None:
    tags = [one.__struct_config__.tag for one in Event.__args__]
    assert len(set(tags)) == len(tags)
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+", tag) for tag in tags)


def test_a_log_survives_storage() -> None:
    for story in (closed_story(), disagreed_story()):
        for one in story.events:
            assert msgspec.json.decode(msgspec.json.encode(one), type=Recorded) == one


def test_an_answer_stored_before_it_named_its_words_is_read() -> None:
    stored = {"kind": "position.stated", "proposal_id": "a", "participant_id": "b", "version": 1}
    old = msgspec.json.encode({**stored, "answer": "support", "reason": ""})
    assert msgspec.json.decode(old, type=Event).text_sha256 == ""


def test_what_happened_cannot_be_printed() -> None:
    printed = repr(disagreed_story().events)
    assert not any(word in printed for word in ("Dana", "Reyes", "Lee", "evenings"))
