import inspect
from typing import get_args

from realtime.actions import Action
from realtime.room import Room


def test_every_action_is_dealt_with_by_the_room() -> None:
    source = inspect.getsource(Room._act)
    assert [kind.__name__ for kind in get_args(Action) if f"case {kind.__name__}()" not in source] == []
