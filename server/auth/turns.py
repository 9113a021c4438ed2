"""Turns at what there is little of: the checking of passwords, and the loop itself; place by place."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from server.auth.lines import Lines

STARTS = 8
"""Requests begun in one turn of the loop; each holds it for about a millisecond before it first waits for anything."""


class TooMany(Exception):
    """The line is full, and this place has most in it."""


class Turns:
    """One at a time, in lines of at most `most` together: who comes for the first time goes before the others. When the
    lines are full, one of the others makes room for a first, else the newest of the place with most."""

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._first: Lines[asyncio.Future[None]] = Lines()
        self._others: Lines[asyncio.Future[None]] = Lines()
        self._is_taken = False

    @asynccontextmanager
    async def turn(self, place: Hashable, *, is_first: bool = False) -> AsyncIterator[None]:
        """Wait for a turn and have it. Raises TooMany."""
        if self._is_taken:
            await self._wait(self._first if is_first else self._others, place)
        self._is_taken = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, lines: "Lines[asyncio.Future[None]]", place: Hashable) -> None:
        if len(self._first) + len(self._others) >= self._most:
            self._make_room(lines, place)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        lines.join(place, mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._pass_on()  # the turn had come, and nobody took it
            lines.leave(place, mine)
            raise

    def _make_room(self, lines: "Lines[asyncio.Future[None]]", place: Hashable) -> None:
        gives_way = lines is self._first and len(self._others) > 0
        found = (self._others if gives_way else lines).newest_of_fullest(unless=None if gives_way else place)
        if found is None:
            raise TooMany
        (self._others if gives_way else lines).leave(*found)
        found[1].set_exception(TooMany())

    def _pass_on(self) -> None:
        """To the next place in turn; it stays taken in between."""
        self._is_taken = False
        while lines := self._first or self._others:
            one = lines.first()
            if not one.done():
                self._is_taken = True
                one.set_result(None)
                return


class Starts:
    """A few at each turn of the loop, so that a burst of one place neither holds the loop nor goes before others."""

    def __init__(self, at_once: int = STARTS) -> None:
        self._at_once = at_once
        self._lines: Lines[asyncio.Future[None]] = Lines()
        self._left = at_once
        self._is_counting = False

    async def turn(self, place: Hashable) -> None:
        """Go on at once, or when it is this place's turn."""
        if not self._is_counting:
            self._is_counting = True
            asyncio.get_running_loop().call_soon(self._next)
        if self._left > 0 and not self._lines:
            self._left -= 1
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.join(place, mine)
        await mine

    def _next(self) -> None:
        self._left = self._at_once
        self._is_counting = bool(self._lines)
        while self._lines and self._left > 0:
            one = self._lines.first()
            if not one.done():  # its request is still there
                self._left -= 1
                one.set_result(None)
        if self._is_counting:
            asyncio.get_running_loop().call_soon(self._next)
