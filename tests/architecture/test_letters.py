"""Both ends count letters alike, and no box cuts what is typed or pasted into it."""

import re
from pathlib import Path

from meetings import words

ROOT = Path(__file__).resolve().parents[2]


def test_both_ends_have_the_same_caps() -> None:
    source = (ROOT / "web/src/live/letters.ts").read_text()
    for name in ("LONGEST_NAME", "LONGEST_WORDS", "MOST_IN_A_LETTER"):
        found = re.search(rf"const {name} = (\d+);", source)
        assert found and int(found[1]) == getattr(words, name), name


def test_no_box_has_a_cap_that_cuts_in_silence() -> None:
    pages = [*(ROOT / "web/src").rglob("*.svelte"), *(ROOT / "server/templates").rglob("*.html")]
    assert len(pages) > 50
    assert [path.name for path in pages if "maxlength" in path.read_text().lower()] == []
