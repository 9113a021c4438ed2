"""What waits to be sent to one session, bounded. [pure]

Messages and plan frames keep their order. Of each person's cursor only the newest waits. Who reads too slowly is told
so by `put` returning False: the socket is then closed with 4408, the client comes back and catches up from the log.
"""

from collections import deque

import msgspec

# More: a dead phone costs more memory before it is given up. Fewer: short stalls close sockets.
MAX_ITEMS = 256
MAX_BYTES = 1_048_576
# While a session catches up (its welcome, the plan's snapshot and tail) this much more may wait.
CATCH_UP_ITEMS = 16_384
CATCH_UP_BYTES = 8_388_608

Frame = str | bytes


class _Item:
    __slots__ = ("frame", "is_catch_up", "key")

    def __init__(self, frame: Frame, key: int | None, is_catch_up: bool) -> None:
        self.frame = frame
        self.key = key
        self.is_catch_up = is_catch_up


class Outbox:
    """Frames in the order they are to be sent."""

    def __init__(self) -> None:
        self._items: deque[_Item] = deque()
        self._cursors: dict[int, _Item] = {}
        self._counts = {False: 0, True: 0}
        self._bytes = {False: 0, True: 0}

    def __len__(self) -> int:
        return len(self._items)

    @property
    def waiting_bytes(self) -> int:
        """Bytes waiting (characters for text frames, which are nearly all ASCII)."""
        return self._bytes[False] + self._bytes[True]

    def put(self, message: msgspec.Struct, *, is_catch_up: bool = False) -> bool:
        """Queue a message. False: too slow."""
        return self._add(_Item(msgspec.json.encode(message).decode(), None, is_catch_up))

    def put_frame(self, frame: bytes, *, is_catch_up: bool = False) -> bool:
        """Queue a plan frame. False: too slow."""
        return self._add(_Item(frame, None, is_catch_up))

    def put_cursor(self, key: int, frame: bytes) -> bool:
        """Queue a cursor frame; a waiting one with the same key is replaced where it stands. False: too slow."""
        waiting = self._cursors.get(key)
        if waiting is None:
            item = _Item(frame, key, False)
            self._cursors[key] = item
            return self._add(item)
        self._bytes[False] += len(frame) - len(waiting.frame)
        waiting.frame = frame
        return self._fits(False)

    def take(self) -> Frame | None:
        """The next frame, or None when nothing waits."""
        if not self._items:
            return None
        item = self._items.popleft()
        if item.key is not None:
            del self._cursors[item.key]
        self._counts[item.is_catch_up] -= 1
        self._bytes[item.is_catch_up] -= len(item.frame)
        return item.frame

    def _add(self, item: _Item) -> bool:
        self._items.append(item)
        self._counts[item.is_catch_up] += 1
        self._bytes[item.is_catch_up] += len(item.frame)
        return self._fits(item.is_catch_up)

    def _fits(self, is_catch_up: bool) -> bool:
        items, size = (CATCH_UP_ITEMS, CATCH_UP_BYTES) if is_catch_up else (MAX_ITEMS, MAX_BYTES)
        return self._counts[is_catch_up] <= items and self._bytes[is_catch_up] <= size
