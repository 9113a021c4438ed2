"""No task runs unseen: each is kept by the supervisor, awaited where it was made, or belongs to a group or an owner."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Where a task may be made by hand, and who sees it end.
MADE_BY_HAND = {
    "realtime/supervision.py:keep": "the supervisor itself",
    "realtime/bus/lease.py:_whole": "one command; its end is logged",
    "realtime/bus/redis_bus.py:_say": "one command; the reader connects anew when it failed",
    "realtime/rooms.py:tick": "one tick of one room; guarded, awaited up to a second",
    "realtime/rooms.py:_room": "a room; the next tick buries one that broke, and its people come back to a new one",
    "realtime/plan/replica.py:open": "one load; awaited by who comes",
    "realtime/media/peer.py:_spawn": "one step of one connection, whose consent runs out when it fails",
    "realtime/media/node.py:serve": "the process: it ends with its task, and is started again by who started it",
    "server/embedded/child.py:__aenter__": "awaited there",
    "server/listener.py:stop": "the drain; whatever happens the server stops",
    "server/persistence/probe.py:__call__": "one try; awaited there",
}
# A group ends with the first of its tasks that fails, and so does who owns it.
GROUPS = {"tasks", "_tasks"}


def made() -> set[str]:
    found = set()
    for package in ("server", "realtime", "meetings"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for function in ast.walk(ast.parse(path.read_text())):
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(
                    map(_makes, ast.walk(function))
                ):
                    found.add(f"{path.relative_to(ROOT)}:{function.name}")
    return found


def _makes(node: ast.AST) -> bool:
    """A call of `create_task` or `ensure_future` that is not a task group's."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    owner = node.func.value
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    return node.func.attr in ("create_task", "ensure_future") and name not in GROUPS


def test_every_task_made_by_hand_is_seen_by_somebody() -> None:
    assert made() == set(MADE_BY_HAND)
