"""Tasks that die are started again with growing waits, are named while it is so, and are lost when it does not help."""

import asyncio

import pytest

from realtime.supervision import Supervisor

QUICK = (0.0, 0.0, 0.0)


class Work:
    """Dies as often as told, then works until cancelled."""

    def __init__(self, deaths: int, error: BaseException) -> None:
        self.deaths = deaths
        self.error = error
        self.starts = 0
        self.works = asyncio.Event()

    async def run(self) -> None:
        self.starts += 1
        if self.starts <= self.deaths:
            raise self.error
        self.works.set()
        await asyncio.get_running_loop().create_future()


async def ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("error", [RuntimeError("x"), asyncio.CancelledError()], ids=["error", "cancelled inside"])
async def test_a_task_that_dies_is_started_again_and_named_while_it_is_so(error: BaseException) -> None:
    work, supervisor = Work(2, error), Supervisor(pauses_s=QUICK, settled_s=60)
    task = supervisor.keep("part", work.run)
    assert supervisor.down == []
    await work.works.wait()
    assert (work.starts, supervisor.down, supervisor.lost) == (3, ["part"], "")
    await ended(task)


async def test_a_task_that_settled_is_no_longer_named_and_begins_with_the_shortest_wait() -> None:
    work, supervisor = Work(9, RuntimeError()), Supervisor(pauses_s=(0.0,), settled_s=-1)
    task = supervisor.keep("part", work.run)
    await work.works.wait()
    assert (work.starts, supervisor.down, supervisor.lost) == (10, [], "")
    await ended(task)


async def test_a_task_that_cannot_be_started_again_is_lost_and_said_once() -> None:
    said: list[str] = []
    supervisor = Supervisor(lambda: said.append("lost"), pauses_s=QUICK, settled_s=60)
    first, second = Work(99, RuntimeError()), Work(99, RuntimeError())
    await asyncio.gather(supervisor.keep("first", first.run), supervisor.keep("second", second.run))
    assert (first.starts, second.starts, said) == (4, 4, ["lost"])
    assert supervisor.lost == "first" and supervisor.down[0] == "first"


async def test_nobody_need_be_told() -> None:
    supervisor = Supervisor(pauses_s=())
    await supervisor.keep("part", Work(1, RuntimeError()).run)
    assert supervisor.lost == "part"


async def test_work_that_returns_is_done() -> None:
    async def work() -> None:
        return None

    supervisor = Supervisor()
    await supervisor.keep("part", work)
    assert supervisor.down == []
