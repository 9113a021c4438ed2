"""Who may see, hear and write: asked by the view, the room, the media and the plan before anything is sent or taken in.

`tests/architecture/test_access_is_asked.py` fails for a rule here that no product code asks.
"""

from meetings.ids import DeviceId, ParticipantId
from meetings.meeting import Meeting, Phase
from meetings.participants import STAFF_ROLES, Capability

WORDS_ROOT = "words:"
"""Plan roots of people's own words: `words:{participant_id}`."""


def may_see_meeting(meeting: Meeting, participant_id: ParticipantId, device_id: DeviceId) -> bool:
    """[X8] Only the admitted device of an admitted person sees anything of the meeting."""
    return meeting.is_admitted(participant_id, device_id)


def may_see_person(meeting: Meeting, viewer: ParticipantId, other: ParticipantId) -> bool:
    """[X9] The facilitator sees everyone invited; others see themselves, the staff and whoever came in."""
    return (
        viewer == other
        or meeting.participants[viewer].may(Capability.RUN_MEETING)
        or meeting.participants[other].role in STAFF_ROLES
        or other in meeting.admitted
        or other in meeting.stays
        or any(other in one.positions for one in meeting.proposals.values())
    )


def may_let_in(meeting: Meeting, participant_id: ParticipantId) -> bool:
    """[X12] [X13] Who waits is shown to those who let people in: the facilitator, and who holds the room meanwhile."""
    return meeting.may(participant_id, Capability.RUN_MEETING) or participant_id == meeting.holder


def hears(meeting: Meeting) -> dict[ParticipantId, tuple[ParticipantId, ...]]:
    """[X10] Receiver → sources for pictures and sound: admitted people, once the meeting is open, all of each other."""
    if meeting.phase is not Phase.IN_SESSION:
        return {}
    return {one: tuple(other for other in meeting.admitted if other != one) for one in meeting.admitted}


def plan_visible(meeting: Meeting, participant_id: ParticipantId, device_id: DeviceId) -> bool:
    """[X8] The plan is read on the admitted device of an admitted person, also after the meeting closed."""
    return may_see_meeting(meeting, participant_id, device_id) and meeting.phase is not Phase.CANCELLED


def may_write_plan(meeting: Meeting, participant_id: ParticipantId) -> bool:
    """[L1] The plan is written in session, unfrozen, by admitted people whose role may."""
    return (
        meeting.phase is Phase.IN_SESSION
        and meeting.frozen is None
        and (
            meeting.may(participant_id, Capability.EDIT_PLAN) or meeting.may(participant_id, Capability.WRITE_OWN_WORDS)
        )
    )


def may_write_root(meeting: Meeting, participant_id: ParticipantId, root: str) -> bool:
    """[L1] [L7] [L8] Whether the person may write, or take out what is written, in this root of the plan.

    Own words are written by their owner alone, and only family roles have any.
    """
    if not may_write_plan(meeting, participant_id):
        return False
    if root.startswith(WORDS_ROOT):
        return root == WORDS_ROOT + participant_id and meeting.may(participant_id, Capability.WRITE_OWN_WORDS)
    return meeting.may(participant_id, Capability.EDIT_PLAN)
