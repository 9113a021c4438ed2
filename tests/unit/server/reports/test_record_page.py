import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from msgspec.structs import replace

from meetings.commands import (
    AmendProposal,
    DecideForAgency,
    OpenMeeting,
    OpenProposal,
    SettleProposal,
    StatePosition,
    WithdrawProposal,
)
from meetings.filing import case_record
from meetings.ids import ProposalId
from meetings.plan import Card, OwnWords, Section
from meetings.proposals import Answer
from meetings.record import CaseRecord
from server.reports.record_page import record_html
from tests.support.records import agreed_record, disagreed_record, record_of
from tests.support.story import (
    ADJOURNED,
    ALEX,
    DANA,
    DISSENT,
    EVERYONE,
    FIRST,
    LEE,
    PRIYA,
    RECORD,
    RUTH,
    SAM,
    SCHEDULE,
    SHA,
    TEAM,
    WORDS,
    Story,
    agreed_story,
    plan,
    planned_story,
    proposed_story,
)

SECOND, THIRD = ProposalId("e" * 32), ProposalId("9" * 32)
BREAK = "We break at three."
SOFTER = "Lee stays with Ruth until December 4; Dana visits whenever Ruth is home."
ATTACK = '<script>alert(1)</script><img src="file:///etc/passwd">'


class Outline(HTMLParser):
    """Headings, table headers without scope, and the page's language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.unscoped = 0
        self.language: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "th" and dict(attrs).get("scope") not in ("row", "col"):
            self.unscoped += 1
        if tag == "html":
            self.language = dict(attrs)["lang"]


def text_of(html: str) -> str:
    html = re.sub(r"<(script|style|title)[^>]*>.*?</\1>", " ", html, flags=re.DOTALL)
    words = (
        re.sub(r"<[^>]+>", " ", re.sub(r"</?bdi[^>]*>", "", html))
        .replace("&#39;", "'")
        .replace("&#34;", '"')
        .replace("&amp;", "&")
    )
    return re.sub(r"\s+", " ", words)


def is_in_order(html: str) -> None:
    levels = Outline(html).levels
    assert 4 in levels
    assert all(after - before <= 1 for before, after in pairwise(levels))


def break_story(answer: Answer) -> Story:
    """The question of the meeting is agreed on; of a break at three everyone said this."""
    story = agreed_story()
    story.do(OpenProposal(proposal_id=SECOND, text=BREAK, answers_question=False), PRIYA)
    for who in TEAM:
        story.do(StatePosition(proposal_id=SECOND, version=1, text_sha256=story.words(SECOND), answer=answer), who)
    story.do(SettleProposal(proposal_id=SECOND, text_sha256=story.words(SECOND)), SAM)
    return story


@pytest.mark.parametrize("language", ["en", "es"])
def test_headings_and_tables_are_in_order(language: str) -> None:
    for record in (agreed_record(), disagreed_record()):
        outline = Outline(record_html(record, language))
        assert outline.language == language
        assert (outline.levels[0], outline.levels.count(1)) == (1, 1)
        assert all(after - before <= 1 for before, after in pairwise(outline.levels))
        assert outline.unscoped == 0


def test_the_whole_record_is_on_the_page() -> None:
    words = text_of(record_html(disagreed_record(), "en"))
    for expected in (
        "Reyes family team meeting",
        SCHEDULE.decision_question,
        "The team did not agree.",
        WORDS,
        DISSENT,
        "The safety plan covers every night.",
        "Decided by Alex Whitfield, Supervisor",
        "Take Lee to the dentist Ruth Reyes December 1, 2026",
        "Drive Dana to her Tuesday group (Done) Aunt Carmen November 30, 2026",
        "What could go wrong: Nobody home at night What we do: Lee sleeps at Ruth's Who: Ruth",
        "I want my son home, and I want him safe until then.",
        "Could not be reached",
        "1. Introduce",
    ):
        assert expected in words
    assert all(one.name in words for one in EVERYONE)


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "Fingerprint of the whole log when filed"), ("es", "Huella de todo el registro al archivarse")],
)
def test_the_head_of_the_audit_chain_is_printed(language: str, label: str) -> None:
    head = f"214:{'5f' * 32}"
    assert f"{label} {head}" in text_of(record_html(agreed_record(), language, head))


def test_agreement_needs_no_agency() -> None:
    words = text_of(record_html(agreed_record(), "es"))
    assert "El equipo estuvo de acuerdo." in words
    assert "La decisión de la agencia" not in words


def test_dissent_stands_first() -> None:
    html = record_html(disagreed_record(), "en")
    table = html[html.index('class="positions"') :]
    assert table.index(DANA.name) < table.index(PRIYA.name) < table.index(RUTH.name)


def test_silence_and_earlier_answers_are_named() -> None:
    story = proposed_story()
    story.answer(LEE, Answer.QUESTION, "Can I keep my room?")
    story.do(AmendProposal(proposal_id=FIRST, text="Lee stays with Ruth and keeps his room."), PRIYA)
    for who in (LEE, PRIYA, ALEX, RUTH):
        story.answer(who, Answer.LIVE_WITH, version=2)
    story.settle(missing_ok=True)
    story.do(
        DecideForAgency(
            proposal_id=FIRST, text_sha256=story.words(FIRST), text=WORDS, reason="Every night is covered."
        ),
        ALEX,
    )
    words = text_of(record_html(record_of(story), "en"))
    assert "Asked and did not answer: Dana Reyes, Morgan Hale." in words
    assert "Version 2 of the words" in words
    assert "Lee Reyes Version 1 I have a question Can I keep my room?" in words


def test_several_decisions_are_counted() -> None:
    html = record_html(record_of(break_story(Answer.SUPPORT)), "en")
    words = text_of(html)
    assert words.index("Decision 1") < words.index("Decision 2 · another question")
    assert BREAK in words
    is_in_order(html)


def test_R7_R8_who_was_in_the_room_and_not_asked_is_printed_as_such() -> None:
    """Also in a record of the first shape: a time of nought is not printed for somebody who was there."""
    story = planned_story().bring_in(SAM, PRIYA, ALEX, DANA)
    story.do(OpenMeeting(), SAM)
    story.propose()
    for who in (PRIYA, ALEX, DANA):
        story.answer(who, Answer.SUPPORT)
    story.settle()
    record = record_of(story)
    words = text_of(record_html(record, "en"))
    assert "Was there and was not asked: Ruth Reyes, Lee Reyes, Morgan Hale." in words
    assert "Ruth Reyes Family, Grandmother All of it Video Not connected No device was counted" in words
    assert "Estuvo y no se le preguntó: Ruth Reyes" in text_of(record_html(record, "es"))
    old = replace(record, attendance=tuple(replace(line, seconds=line.seconds or 0.0) for line in record.attendance))
    assert "Not connected No device was counted" in text_of(record_html(old, "en"))


@pytest.mark.parametrize("by", [PRIYA.id, None])
def test_P9_what_was_taken_back_is_printed_with_its_reason(by: str | None) -> None:
    story = break_story(Answer.QUESTION)
    story.do(WithdrawProposal(proposal_id=SECOND, reason="The break came anyway."), PRIYA)
    record = record_of(story)
    (taken_back,) = record.undecided
    assert taken_back.withdrawal is not None
    if by is None:  # as an older log has it
        withdrawal = replace(taken_back.withdrawal, by=None, reason="")
        record = replace(record, undecided=(replace(taken_back, withdrawal=withdrawal),))
    html = record_html(record, "en")
    words = text_of(html)
    assert f"Asked and not decided Question 1 · another question {BREAK} Put to the team by Priya Raman" in words
    assert ("because: The break came anyway." in words) is (by is not None)
    assert ("Taken back." in words) is (by is None)
    is_in_order(html)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "No decision was made."), ("es", "No se tomó ninguna decisión.")]
)
def test_R9_an_adjourned_record_says_what_happened_and_fills_in_nothing(language: str, said: str) -> None:
    story = break_story(Answer.SUPPORT)
    story.do(OpenProposal(proposal_id=THIRD, text=SOFTER, answers_question=True), PRIYA)
    story.do(StatePosition(proposal_id=THIRD, version=1, text_sha256=story.words(THIRD), answer=Answer.SUPPORT), DANA)
    story.confirm(DANA)
    story.wait(minutes=1).adjourn()
    record = case_record(story.meeting, plan(), RECORD, story.now, SHA)
    html = record_html(record, language)
    words = text_of(html)
    for expected in (said, ADJOURNED, WORDS, BREAK, SOFTER):
        assert expected in words
    if language == "en":
        assert "adjourned by Sam Okafor" in words
        assert "Still open for answers when the meeting was adjourned." in words
        assert "Lee Reyes Youth Not confirmed" in words
        assert "Lines that nobody confirmed say so." in words
        assert "As it stood when the meeting was adjourned." in words
        assert "What was decided The" not in words
    is_in_order(html)


def test_words_of_people_are_never_markup() -> None:
    record = disagreed_record()
    attacked = replace(
        record.plan,
        sections=(
            Section(id=ATTACK, text=ATTACK),
            Section(id="empty"),
            Section(id="strengths", cards=(Card(id="k", fields={ATTACK: ATTACK, "text": " "}),)),
        ),
        own_words=(OwnWords(participant_id=ATTACK, text=ATTACK), OwnWords(participant_id=DANA.id, text=" ")),
    )
    meeting = replace(record.meeting, family_name=ATTACK, decision_question=ATTACK, time_zone=ATTACK)
    html = record_html(replace(record, plan=attacked, meeting=meeting), "en")
    assert "<script" not in html
    assert "<img" not in html
    assert "Nothing written." in html


def test_M15_a_step_a_position_and_a_heading_tell_father_and_son_apart() -> None:
    story = agreed_story()
    people = {**story.meeting.participants, RUTH.id: replace(RUTH, name="LEE REYES")}
    record = record_of(story)
    told = case_record(
        replace(story.meeting, participants=people), record.plan, record.record_id, story.now, record.plan_sha256
    )
    words = text_of(record_html(told, "en"))
    assert "LEE REYES (Grandmother) December 1, 2026" in words  # the step
    assert "LEE REYES (Grandmother) Family" in words  # the position and the line of attendance
    assert "Lee Reyes (Lee)" in words


def test_staff_who_took_no_part_are_named_by_account() -> None:
    record = agreed_record()
    supervisor = replace(record.supervisor, name="", role=None, participant_id=None)
    words = text_of(record_html(replace(record, supervisor=supervisor), "en"))
    assert "Staff account staff-alex (not at this meeting)" in words


def test_a_practice_not_known_any_more_still_prints() -> None:
    record: CaseRecord = agreed_record()
    meeting = replace(record.meeting, practice="older")
    assert "Ruth's home is where Lee feels calm." in text_of(record_html(replace(record, meeting=meeting), "en"))


@pytest.mark.parametrize(("language", "said"), [("en", "could not be printed"), ("es", "no se pudieron imprimir")])
def test_R10_what_the_page_has_no_glyph_for_is_said_at_its_head(language: str, said: str) -> None:
    record = agreed_record()
    assert said not in text_of(record_html(record, language))
    some, many = "\u13e3\u13b3", "".join(map(chr, range(0x13A0, 0x13B0)))
    for words, numbers in ((some, "(U+13E3, U+13B3)"), (many, "U+13AA, U+13AB, …)")):
        changed = replace(record, meeting=replace(record.meeting, decision_question=words))
        head = text_of(record_html(changed, language)).partition("U+13")[0]
        assert said in head
        assert numbers in text_of(record_html(changed, language))


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_sentence_about_the_adjourning_ends_with_two_stops(language: str) -> None:
    story = proposed_story()
    story.wait(minutes=1).adjourn()
    assert ".." not in text_of(record_html(case_record(story.meeting, plan(), RECORD, story.now, SHA), language))
