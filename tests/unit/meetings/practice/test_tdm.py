from meetings.practice.models import Gate, SectionKind
from meetings.practice.tdm import TDM


def test_six_stages_in_order_with_their_minutes() -> None:
    assert [(one.number, one.id, one.planned_min) for one in TDM.stages] == [
        (1, "introduction", 10),
        (2, "situation", 15),
        (3, "assess", 25),
        (4, "ideas", 20),
        (5, "decision", 15),
        (6, "recap", 10),
    ]


def test_sections_in_the_order_of_the_plan() -> None:
    assert [one.id for one in TDM.sections] == [
        "decision_question",
        "strengths",
        "worries",
        "safety_plan",
        "placement",
        "family_time",
        "steps",
        "own_words",
    ]
    assert all(one.fields for one in TDM.sections if one.kind is SectionKind.CARDS)


def test_R1_every_gate_holds_before_a_team_decision_meeting_closes() -> None:
    assert set(TDM.gates) == set(Gate)
