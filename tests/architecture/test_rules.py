"""Every rule of RULES.md is cited by the function that keeps it and named by a test; nothing cites an unknown rule."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
RULE = re.compile(r"^- \*\*([A-Z]\d+)\*\* ", re.MULTILINE)
CITED = re.compile(r"\[([A-Z]\d+)\]")
NAMED = re.compile(r"^test_((?:[A-Z]\d+_)+)")


def rules() -> list[str]:
    return RULE.findall((ROOT / "meetings" / "RULES.md").read_text())


def definitions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]


def cited_in_docstrings() -> set[str]:
    functions = [one for path in (ROOT / "meetings").rglob("*.py") for one in definitions(path)]
    return {rule for one in functions for rule in CITED.findall(ast.get_docstring(one) or "")}


def named_by_tests() -> set[str]:
    files = [
        *(ROOT / "tests" / "unit" / "meetings").rglob("test_*.py"),
        ROOT / "tests" / "simulation" / "test_meeting.py",
    ]
    names = [one.name for path in files for one in definitions(path)]
    return {rule for name in names if (found := NAMED.match(name)) for rule in found.group(1).strip("_").split("_")}


def test_every_rule_has_a_number_of_its_own() -> None:
    assert len(rules()) == len(set(rules())) > 0


def test_every_rule_is_cited_by_a_docstring_and_nothing_else_is() -> None:
    assert cited_in_docstrings() == set(rules())


def test_every_rule_is_named_by_a_test_and_nothing_else_is() -> None:
    assert named_by_tests() == set(rules())
