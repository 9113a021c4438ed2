import asyncio

import pytest

from server.auth.turns import Starts, TooMany, Turns


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


class Line:
    """People who take turns, each until it is let go."""

    def __init__(self, most: int = 256) -> None:
        self.turns = Turns(most)
        self.served: list[str] = []
        self.sent_away: list[str] = []
        self.go_on = asyncio.Semaphore(0)

    async def comes(self, name: str) -> None:
        try:
            async with self.turns.turn(name[0], is_first=name.endswith("!")):
                self.served.append(name)
                await self.go_on.acquire()
        except TooMany:
            self.sent_away.append(name)

    async def all_come(self, *names: str) -> list["asyncio.Task[None]"]:
        tasks = [asyncio.create_task(self.comes(name)) for name in names]
        await settled()
        return tasks

    async def next(self) -> None:
        self.go_on.release()
        await settled()


async def test_one_at_a_time_and_place_by_place() -> None:
    line = Line()
    await line.all_come("a1", "a2", "a3", "b1")
    assert line.served == ["a1"]
    for _ in range(4):
        await line.next()
    assert line.served == ["a1", "a2", "b1", "a3"]
    await line.all_come("c1")
    assert line.served[-1] == "c1"  # nobody has it: at once
    await line.next()


async def test_who_comes_for_the_first_time_goes_before_all_who_come_again() -> None:
    line = Line(most=4)
    tasks = await line.all_come("a1", "a2", "b1", "c1!", "d1!")
    await line.all_come("e1!")  # full: one of those who come again makes room
    for _ in range(5):
        await line.next()
    assert line.served == ["a1", "c1!", "d1!", "e1!", "b1"]
    assert line.sent_away == ["a2"]
    await asyncio.gather(*tasks)


async def test_a_full_line_sends_away_the_newest_of_the_place_with_most() -> None:
    line = Line(most=3)
    tasks = await line.all_come("a1", "a2", "a3", "a4", "a5")
    assert line.sent_away == ["a5"]
    await line.all_come("b1")
    assert line.sent_away == ["a5", "a4"]
    for _ in range(4):
        await line.next()
    assert line.served == ["a1", "a2", "b1", "a3"]
    await asyncio.gather(*tasks)


async def test_who_gives_up_is_passed_over_even_when_the_turn_had_just_come() -> None:
    line = Line()
    tasks = await line.all_come("a1", "a2", "a3", "a4")
    tasks[1].cancel()
    await settled()
    line.go_on.release()
    await asyncio.sleep(0)
    tasks[2].cancel()  # its turn may have come in this moment
    await settled()
    assert line.served[-1] == "a4"
    await line.next()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_few_begin_at_each_turn_of_the_loop() -> None:
    starts, begun = Starts(at_once=2), list[str]()

    async def begins(name: str) -> None:
        await starts.turn(name[0])
        begun.append(name)

    tasks = [asyncio.create_task(begins(name)) for name in ("a1", "a2", "a3", "a4", "a5", "b1")]
    await asyncio.sleep(0)
    assert begun == ["a1", "a2"]
    tasks[3].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert begun == ["a1", "a2", "a3", "b1", "a5"]
    await settled()
    await begins("c1")  # after a pause there is room at once
    assert begun[-1] == "c1"


async def test_without_a_line_only_one_is_served() -> None:
    turns = Turns(most=0)
    async with turns.turn("a"):
        with pytest.raises(TooMany):
            async with turns.turn("b"):
                raise AssertionError
