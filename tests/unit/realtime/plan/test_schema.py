from realtime.plan import schema
from tests.support.plan_peer import PlanPeer, plan_doc
from tests.support.yjs_corpus import stories


def written() -> PlanPeer:
    peer = PlanPeer("dana")
    peer.doc = plan_doc(9, "dana")
    peer.text("text:decision_question").insert(0, "Where will Lee live?\r\n")
    peer.text("words:dana").insert(0, "I want to be heard.")
    peer.add_card("cards:strengths", "c2", "a1", text="Ruth lives close by")
    peer.add_card("cards:strengths", "c1", "a1", text="Lee paints")
    peer.add_card("cards:strengths", "c3", "a0", text="School knows us")
    return peer


def test_a_plan_reads_in_the_order_shown() -> None:
    plan = schema.case_plan(written().doc)
    by_id = {section.id: section for section in plan.sections}
    assert list(by_id) == ["decision_question", "strengths", "worries", "safety_plan", "placement", "family_time"]
    assert by_id["decision_question"].text == "Where will Lee live?\n"
    assert [card.id for card in by_id["strengths"].cards] == ["c3", "c1", "c2"]
    assert by_id["strengths"].cards[1].fields == {"text": "Lee paints"}
    assert [(words.participant_id, words.text) for words in plan.own_words] == [("dana", "I want to be heard.")]


def test_action_steps_are_read() -> None:
    (story,) = [story for story in stories() if story.name == "action steps"]
    plan = schema.case_plan(schema.document([step.update for step in story.steps]))
    assert [(step.id, step.what, step.by_when, step.done) for step in plan.steps] == [
        ("s2", "", "2026-12-24", False),
        ("s1", "Please: Call the school", story.roots["steps"]["s1"]["by_when"], False),
    ]


def test_equal_plans_have_equal_hashes_whatever_their_history() -> None:
    one, other = written(), written()
    other.text("text:decision_question").insert(0, "x")
    del other.text("text:decision_question")[0:1]
    assert schema.plan_sha256(schema.case_plan(one.doc)) == schema.plan_sha256(schema.case_plan(other.doc))
    assert schema.content_sha256(one.doc) == schema.content_sha256(other.doc)
    other.text("words:dana").insert(0, "!")
    assert schema.plan_sha256(schema.case_plan(one.doc)) != schema.plan_sha256(schema.case_plan(other.doc))


def test_half_made_cards_are_no_reason_to_fail() -> None:
    peer = written()
    peer.cards("cards:worries")["w1"] = "not a card"
    peer.cards("cards:worries")["w2"] = type(peer.cards("steps"))({"order": 3})
    plan = schema.case_plan(peer.doc)
    (worries,) = [section for section in plan.sections if section.id == "worries"]
    assert [(card.id, card.fields) for card in worries.cards] == [("w2", {"text": ""})]
