from meetings.errors import MeetingError


def test_a_refusal_has_a_code_and_a_sentence() -> None:
    error = MeetingError("plan.frozen", "The plan is locked.")
    assert (error.code, error.text) == ("plan.frozen", "The plan is locked.")
    assert str(error) == "plan.frozen: The plan is locked."
