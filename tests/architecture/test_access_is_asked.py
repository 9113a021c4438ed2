"""A rule that no code asks is a bug: every public function of `meetings.access` is called by product code."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
RULES = ROOT / "meetings" / "access.py"


def asked(path: Path) -> set[str]:
    """Names of `access` that this file calls or hands on."""
    tree = ast.parse(path.read_text())
    found = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "access"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "meetings.access":
            found |= {alias.name for alias in node.names}
    return found


def test_every_rule_of_access_is_asked_by_product_code() -> None:
    rules = {node.name for node in ast.parse(RULES.read_text()).body if isinstance(node, ast.FunctionDef)}
    sources = [path for folder in ("meetings", "realtime", "server") for path in (ROOT / folder).rglob("*.py")]
    used = {name for path in sources if path != RULES for name in asked(path)}
    assert rules and rules - used == set()
