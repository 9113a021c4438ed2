"""Case records of the example meeting."""

from meetings.attendance import Attended
from meetings.commands import MoveStage
from meetings.filing import case_record
from meetings.plan import ActionStep, plan_sha256
from meetings.record import CaseRecord
from tests.support.story import (
    EVERYONE,
    MORGAN,
    RECORD,
    RUTH,
    SAM,
    Story,
    agreed_story,
    disagreed_story,
    plan,
)

STEPS = (
    ActionStep(id="s1", what="Take Lee to the dentist", who=RUTH.id, by_when="2026-12-01"),
    ActionStep(id="s2", what="Drive Dana to her Tuesday group", who="Aunt Carmen", by_when="2026-11-30", done=True),
)


def record_of(story: Story, absent: bool = False) -> CaseRecord:
    """Confirm everyone (Morgan absent if so), freeze, close, and arrange the record."""
    story.wait(minutes=5).do(MoveStage(stage=6), SAM)
    for who in EVERYONE:
        story.confirm(who, Attended.ABSENT if absent and who is MORGAN else Attended.ALL)
    story.wait(minutes=10).freeze(plan(*STEPS))
    story.close(plan(*STEPS))
    return case_record(story.meeting, plan(*STEPS), RECORD, story.now, plan_sha256(plan(*STEPS)))


def agreed_record() -> CaseRecord:
    """All supported it."""
    return record_of(agreed_story())


def disagreed_record() -> CaseRecord:
    """Dana could not support it; Alex decided for the agency; Morgan was confirmed absent."""
    return record_of(disagreed_story(), absent=True)
