import re
from pathlib import Path

import pytest

from realtime.plan.outline import ROOTS, FieldKind, fits, is_card_id, root_named

BROWSER = Path(__file__).resolve().parents[4] / "web/src/live/plan/outline.ts"


def test_the_browser_knows_the_same_outline() -> None:
    browser = BROWSER.read_text()
    for root in ROOTS:
        texts = [field.name for field in root.fields if field.kind is FieldKind.TEXT]
        if root.name.startswith("cards:"):
            listed = re.search(rf"{root.section}: \[(.*?)\]", browser)
            assert listed is not None and re.findall(r'"(\w+)"', listed[1]) == texts
        else:
            assert f'"{root.name}"' in browser


def test_own_words_are_a_root_for_each_participant_and_nobody_else() -> None:
    root = root_named("words:" + "a" * 32)
    assert root is not None and root.fields == ()
    assert [root_named(name) for name in ("words:", "words:a b", "text:other", "words:" + "a" * 65)] == [None] * 4


def test_card_ids_are_short_and_harmless() -> None:
    assert is_card_id("c1") and is_card_id("a" * 64) and is_card_id("0b-_")
    assert not any(map(is_card_id, ("", "__proto__", "constructor", "prototype", "a" * 65, "a b", "ä", "a\n")))


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (FieldKind.FLAG, [True, False], ["true", 1]),
        (FieldKind.NAME, ["", "Aunt Rosa", "ñandú"], ["a" * 201, "a\nb", "\u202ea", True]),
        (FieldKind.ORDER, ["a0", "Zz!"], ["", "a b", "a" * 129, True]),
        (FieldKind.DAY, ["", "2026-12-04"], ["2026-13-01", "soon", "2026-12-04T00", False]),
        (FieldKind.PERSON, ["dana"], ["", "a b", False]),
        (FieldKind.TEXT, [], ["text"]),
    ],
)
def test_a_value_must_fit_its_field(kind: FieldKind, good: list[object], bad: list[object]) -> None:
    assert [fits(kind, value) for value in good] == [True] * len(good)
    assert [fits(kind, value) for value in bad] == [False] * len(bad)
