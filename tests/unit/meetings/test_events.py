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


def test_what_happened_cannot_be_printed() -> None:
    printed = repr(disagreed_story().events)
    assert not any(word in printed for word in ("Dana", "Reyes", "Lee", "evenings"))
