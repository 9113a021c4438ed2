"""Who takes part in a meeting, in which role, and what each role may do (practice of Team Decision Making)."""

from enum import StrEnum

import msgspec

from meetings.ids import ParticipantId, StaffId


class Role(StrEnum):
    """What a person is in this meeting."""

    FACILITATOR = "facilitator"
    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    PARENT = "parent"
    YOUTH = "youth"
    KIN = "kin"
    CAREGIVER = "caregiver"
    SUPPORT_PERSON = "support_person"
    COMMUNITY_REPRESENTATIVE = "community_representative"
    PROVIDER = "provider"
    ATTORNEY = "attorney"
    TRIBAL_REPRESENTATIVE = "tribal_representative"
    INTERPRETER = "interpreter"
    OBSERVER = "observer"


class Capability(StrEnum):
    """One thing a role may do."""

    ARRANGE_MEETING = "arrange_meeting"
    RUN_MEETING = "run_meeting"
    HOLD_ROOM = "hold_room"
    PROPOSE = "propose"
    STATE_POSITION = "state_position"
    DECIDE_FOR_AGENCY = "decide_for_agency"
    EDIT_PLAN = "edit_plan"
    WRITE_OWN_WORDS = "write_own_words"
    SEE_RECORD = "see_record"


FAMILY_ROLES = frozenset({Role.PARENT, Role.YOUTH, Role.KIN, Role.CAREGIVER, Role.SUPPORT_PERSON})
STAFF_ROLES = frozenset({Role.FACILITATOR, Role.CASEWORKER, Role.SUPERVISOR})

_OFFICE = frozenset({Capability.ARRANGE_MEETING, Capability.SEE_RECORD})
_TEAM = frozenset({Capability.STATE_POSITION, Capability.EDIT_PLAN})
_FAMILY = _TEAM | {Capability.WRITE_OWN_WORDS}

CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.FACILITATOR: frozenset({Capability.RUN_MEETING, Capability.PROPOSE, Capability.EDIT_PLAN} | _OFFICE),
    Role.CASEWORKER: _TEAM | {Capability.PROPOSE, Capability.HOLD_ROOM} | _OFFICE,
    Role.SUPERVISOR: _TEAM | {Capability.PROPOSE, Capability.HOLD_ROOM, Capability.DECIDE_FOR_AGENCY} | _OFFICE,
    Role.PARENT: _FAMILY,
    Role.YOUTH: _FAMILY,
    Role.KIN: _FAMILY,
    Role.CAREGIVER: _FAMILY,
    Role.SUPPORT_PERSON: _FAMILY,
    Role.COMMUNITY_REPRESENTATIVE: _TEAM,
    Role.PROVIDER: _TEAM,
    Role.ATTORNEY: _TEAM,
    Role.TRIBAL_REPRESENTATIVE: _TEAM,
    Role.INTERPRETER: frozenset(),
    Role.OBSERVER: frozenset(),
}


class Participant(msgspec.Struct, frozen=True, kw_only=True):
    """A person invited to one meeting. `relation` is the word the family uses ("Grandmother")."""

    id: ParticipantId
    name: str
    role: Role
    relation: str = ""
    staff_id: StaffId | None = None
    language: str = "en"

    def __repr__(self) -> str:
        """Names cannot be printed."""
        return f"Participant({self.id[:6]}, {self.role})"

    def may(self, capability: Capability) -> bool:
        """[C9] Whether this person's role carries the capability. The facilitator's has no position or decision."""
        return capability in CAPABILITIES[self.role]
