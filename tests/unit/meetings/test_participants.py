from meetings.participants import CAPABILITIES, FAMILY_ROLES, STAFF_ROLES, Capability, Role
from tests.support.story import DANA, SAM


def test_every_role_has_its_capabilities() -> None:
    assert set(CAPABILITIES) == set(Role)


def test_C9_the_facilitators_role_carries_neither_position_nor_decision() -> None:
    assert SAM.may(Capability.RUN_MEETING)
    assert not SAM.may(Capability.STATE_POSITION)
    assert not SAM.may(Capability.DECIDE_FOR_AGENCY)


def test_only_a_supervisor_decides_and_only_the_facilitator_runs() -> None:
    for capability, role in (
        (Capability.DECIDE_FOR_AGENCY, Role.SUPERVISOR),
        (Capability.RUN_MEETING, Role.FACILITATOR),
    ):
        assert {one for one in Role if capability in CAPABILITIES[one]} == {role}


def test_family_write_their_own_words_and_staff_see_the_record() -> None:
    assert {one for one in Role if Capability.WRITE_OWN_WORDS in CAPABILITIES[one]} == FAMILY_ROLES
    assert {one for one in Role if Capability.SEE_RECORD in CAPABILITIES[one]} == STAFF_ROLES
    assert {one for one in Role if Capability.ARRANGE_MEETING in CAPABILITIES[one]} == STAFF_ROLES


def test_a_name_cannot_be_printed() -> None:
    assert "Dana" not in repr(DANA)
