import msgspec

from meetings.plan import Card, CasePlan, canonical, plan_sha256
from tests.support.story import plan


def test_L5_equal_plans_have_equal_bytes() -> None:
    one = plan()
    again = msgspec.json.decode(msgspec.json.encode(one), type=CasePlan)
    assert canonical(again) == canonical(one)
    turned = Card(id="k", fields={"b": "2", "a": "1"})
    straight = Card(id="k", fields={"a": "1", "b": "2"})
    assert msgspec.json.encode(turned, order="deterministic") == msgspec.json.encode(straight, order="deterministic")


def test_L5_another_word_is_another_plan() -> None:
    shorter = msgspec.structs.replace(plan(), own_words=())
    assert canonical(plan()) != canonical(shorter)
    assert plan_sha256(plan()) != plan_sha256(shorter)


def test_the_plans_words_cannot_be_printed() -> None:
    assert "home" not in repr(plan())
    assert "home" not in repr(plan().own_words[0])
