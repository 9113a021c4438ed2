"""What the documents name exists: files, folders, modules and commands. A map that lies is worse than none."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (
    "README.md",
    "meetings/README.md",
    "meetings/RULES.md",
    "realtime/README.md",
    "realtime/PROTOCOL.md",
    "tests/README.md",
)
SUFFIXES = {".py", ".ts", ".svelte", ".md", ".json", ".toml", ".yml", ".css", ".html", ".lock", ".mjs"}
CODE = re.compile(r"`([^`\n]+)`")
TARGET = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def is_path(word: str) -> bool:
    """Whether a word of a code span names a file, or a folder by a slash at its end or within."""
    plain = re.fullmatch(r"[\w.<>*-]+(/[\w.<>*-]+)*/?", word) is not None
    return plain and ("/" in word or Path(word).suffix in SUFFIXES)


def named(line: str) -> Iterator[str]:
    """The paths a line names, in code spans and as targets of links."""
    yield from TARGET.findall(line)
    for span in CODE.findall(line):
        yield from (word for word in span.split() if is_path(word) and not word.startswith("./"))


def exists(path: str, bases: list[Path]) -> bool:
    """Whether it is there, seen from one of the folders; `<name>` stands for any name."""
    pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
    return any(base.is_dir() and next(base.glob(pattern), None) is not None for base in bases)


def unknown(document: str) -> list[str]:
    """Paths the document names that are not there, seen from the root, the document, or a folder on the same line."""
    found = []
    for line in (ROOT / document).read_text().splitlines():
        paths = list(named(line))
        bases = [ROOT, (ROOT / document).parent]
        bases += [base / path for base in bases for path in paths if (base / path).is_dir()]
        found += [path for path in paths if not exists(path, bases)]
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_a_document_names_exists(document: str) -> None:
    assert unknown(document) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_module_a_document_runs_exists(document: str) -> None:
    modules = re.findall(r"python -m ([a-z_.]+[a-z_])", (ROOT / document).read_text())
    assert [name for name in modules if not (ROOT / (name.replace(".", "/") + ".py")).exists()] == []


def test_every_command_of_the_readme_is_one_of_runs() -> None:
    verbs = set(re.findall(r"\./run ([a-z]+)", (ROOT / "README.md").read_text()))
    known = re.findall(r"^  ([a-z |]+)\)$", (ROOT / "run").read_text(), re.MULTILINE)
    assert verbs and verbs <= {verb.strip() for line in known for verb in line.split("|")} | {"setup"}


def test_a_path_that_is_not_there_would_be_noticed() -> None:
    assert list(named("| a | `meetings/nowhere.py` and [it](realtime/NOTHING.md) |")) == [
        "realtime/NOTHING.md",
        "meetings/nowhere.py",
    ]
    assert not exists("meetings/nowhere.py", [ROOT])
    assert not exists("web/src/screens/<name>/nowhere.ts", [ROOT])
