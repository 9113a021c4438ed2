"""Team Decision Making: six stages, a live decision, the agency responsible where the team does not agree.

Minutes are defaults for a booking of about an hour and a half; no published values exist.
"""

from meetings.practice.models import Gate, PracticeModel, SectionForm, SectionKind, Stage

TDM = PracticeModel(
    id="tdm",
    stages=(
        Stage(number=1, id="introduction", planned_min=10),
        Stage(number=2, id="situation", planned_min=15),
        Stage(number=3, id="assess", planned_min=25),
        Stage(number=4, id="ideas", planned_min=20),
        Stage(number=5, id="decision", planned_min=15),
        Stage(number=6, id="recap", planned_min=10),
    ),
    sections=(
        SectionForm(id="decision_question", kind=SectionKind.TEXT),
        SectionForm(id="strengths", kind=SectionKind.CARDS, fields=("text",)),
        SectionForm(id="worries", kind=SectionKind.CARDS, fields=("text",)),
        SectionForm(id="safety_plan", kind=SectionKind.CARDS, fields=("threat", "text", "who", "when", "backup")),
        SectionForm(id="placement", kind=SectionKind.CARDS, fields=("text", "note")),
        SectionForm(
            id="family_time", kind=SectionKind.CARDS, fields=("text", "frequency", "place_note", "supervision")
        ),
        SectionForm(id="steps", kind=SectionKind.STEPS, fields=("what", "who", "by_when")),
        SectionForm(id="own_words", kind=SectionKind.OWN_WORDS),
    ),
    gates=(
        Gate.ATTENDANCE_CONFIRMED,
        Gate.NO_OPEN_PROPOSAL,
        Gate.DECISION_SETTLED,
        Gate.QUESTIONS_ENDED,
        Gate.PLAN_FROZEN,
        Gate.HAS_STEP,
        Gate.STEPS_COMPLETE,
        Gate.STEPS_IN_RANGE,
    ),
)
