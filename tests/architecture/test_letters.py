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


# What people wrote, where a screen shows it by itself. Inside our sentences it is an argument (`spoken` isolates it).
WRITTEN = re.compile(
    r"<(?P<tag>\w+)(?P<attributes>[^<]*?)>(?P<before>[^<]*?)"
    r"\{[^{}]*(?:\.(?:name|relation|text|reason|what|who|decision_question)|nameOf\([^)]*\)|\$words)(?P<rest>[^{}]*)\}",
    re.DOTALL,
)


def shown_without_direction(page: str) -> list[str]:
    """The elements of a Svelte page that show a person's text in the direction of the page."""
    markup = re.sub(r"<script.*?</script>|<!--.*?-->", "", page, flags=re.DOTALL)
    markup = re.sub(r"=>|\b\w+Words\.\w+(\(\{[^{}]*\}\))?", "", markup)  # an arrow ends no tag; sentences isolate
    return [
        found[0]
        for found in WRITTEN.finditer(markup)
        if found["tag"] not in ("bdi", "Fresh")
        and "dir=" not in found["attributes"]
        and not re.match(r"\{[#@:]|\{isolated\(|\{[\w.]+ \? \" · \"", found[0][found[0].rindex("{") :])
    ]


def test_every_text_a_person_wrote_has_its_own_direction() -> None:
    pages = [path for path in (ROOT / "web/src").rglob("*.svelte") if "gallery" not in path.parts]
    found = {path.name: shown for path in pages if (shown := shown_without_direction(path.read_text()))}
    assert found == {}


def test_every_box_has_the_direction_of_what_is_written_in_it() -> None:
    boxes = [
        box
        for path in (ROOT / "web/src").rglob("*.svelte")
        for box in re.findall(r"<textarea\b[^<]*|<input\b[^<]*bind:value=\{invite\.[^<]*", path.read_text())
    ]
    assert len(boxes) > 8
    assert [box for box in boxes if 'dir="auto"' not in box] == []


def test_a_text_in_the_pages_direction_is_found() -> None:
    assert shown_without_direction("<p>{person.name}</p>") == ["<p>{person.name}"]
    assert shown_without_direction("<li><b>x</b>: {step.what}</li>") == []  # known limit: after another element
    assert shown_without_direction('<p dir="auto">{person.name}</p><bdi>{a.reason}</bdi>') == []
