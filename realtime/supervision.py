"""Keeps long-lived tasks running: one that dies is started again, with growing waits, and who asks is told.

supervisor = Supervisor(on_lost=...)
task = supervisor.keep("publisher", publisher.run)    # the owner cancels it in the end; a return ends it too

A task that cannot be started again is lost: `on_lost` is called once, so that the process ends and whoever started it
starts it anew. Half a server that looks alive is worse than none.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

# Before each new start after a quick death; one death more and the task is lost. More: a server that cannot serve lives
# longer. Fewer: a short trouble of the machine ends meetings.
PAUSES_S = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 2.0, 2.0)
# A life longer than this counts as recovered: until then `down` names the task.
SETTLED_S = 3.0

log = structlog.get_logger(__name__)


class Supervisor:
    """One a process. Times are seconds."""

    def __init__(
        self,
        on_lost: Callable[[], None] | None = None,
        *,
        pauses_s: Sequence[float] = PAUSES_S,
        settled_s: float = SETTLED_S,
    ) -> None:
        self.on_lost = on_lost
        self._pauses_s = pauses_s
        self._settled_s = settled_s
        self._died_at: dict[str, float] = {}
        self.lost = ""

    @property
    def down(self) -> list[str]:
        """The tasks that died a short while ago, and the one that was lost."""
        since = asyncio.get_running_loop().time() - self._settled_s
        recent = [name for name, died_at in self._died_at.items() if died_at > since and name != self.lost]
        return [self.lost, *recent] if self.lost else recent

    def keep(self, name: str, work: Callable[[], Awaitable[None]]) -> "asyncio.Task[None]":
        """Run `work` until it returns or the task is cancelled, again whenever it dies."""
        return asyncio.create_task(self._kept(name, work), name=name)

    async def _kept(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        time, quick = asyncio.get_running_loop().time, 0
        while True:
            began = time()
            try:
                return await work()
            except asyncio.CancelledError as error:
                if _is_ending():
                    raise
                death: BaseException = error  # not ours: something it waited for was cancelled
            except Exception as error:
                death = error
            self._died_at[name] = time()
            quick = 1 if time() - began > self._settled_s else quick + 1
            if quick > len(self._pauses_s):
                return self._lose(name, death)
            pause_s = self._pauses_s[quick - 1]
            log.error("task.died", task=name, kind=type(death).__name__, again_in_s=pause_s, exc_info=death)
            await asyncio.sleep(pause_s)

    def _lose(self, name: str, death: BaseException) -> None:
        log.critical("task.lost", task=name, kind=type(death).__name__, exc_info=death)
        is_first, self.lost = not self.lost, self.lost or name
        if is_first and self.on_lost is not None:
            self.on_lost()


def _is_ending() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
