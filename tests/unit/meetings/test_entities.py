from meetings.entities import Entity
from meetings.view import view
from tests.support.story import RUTH, SAM, device, disagreed_story, proposed_story


def test_a_key_begins_with_the_name_of_its_entity() -> None:
    story = proposed_story()
    story.arrive(RUTH, number=2, second=True)
    kinds = set()
    for key, entity in {
        **view(story.meeting, SAM.id, device(SAM)),
        **view(story.meeting, RUTH.id, device(RUTH, 2)),
    }.items():
        assert key.split("/")[0] == entity.__struct_config__.tag
        kinds.add(type(entity))
    assert kinds == set(Entity.__args__)


def test_what_a_person_sees_cannot_be_printed() -> None:
    story = disagreed_story()
    printed = repr(view(story.meeting, SAM.id, device(SAM)))
    assert not any(word in printed for word in ("Dana", "Reyes", "evenings"))
