"""Whether this node should be sent people. Starting and draining nodes should not."""

from collections.abc import Awaitable, Callable, Sequence

Probe = Callable[[], Awaitable[bool]]


class Readiness:
    """Ready between `opened` and `draining`, while every probe says yes."""

    def __init__(self) -> None:
        self._is_open = False
        self._probes: dict[str, Probe] = {}
        self._warnings: list[str] = []
        self._down: Callable[[], Sequence[str]] = tuple

    @property
    def warnings(self) -> list[str]:
        """What whoever runs the server must look at, though people can be sent here."""
        return list(self._warnings)

    def warn(self, what: str) -> None:
        """Something is wrong that no other node would do better."""
        self._warnings.append(what)

    def opened(self, down: Callable[[], Sequence[str]] = tuple, **probes: Probe) -> None:
        """Everything is up. Each probe answers within a second or two whether its part works; `down` names the tasks
        that died just now (`realtime.supervision`)."""
        self._probes = dict(probes)
        self._down = down
        self._is_open = True

    def draining(self) -> None:
        """No new people, please."""
        self._is_open = False

    async def missing(self) -> str:
        """The first part that is not ready, in a word or two; empty when all is well."""
        if not self._is_open:
            return "starting or stopping"
        for task in self._down():
            return f"{task} died and is being started again"
        for name, probe in self._probes.items():
            if not await probe():
                return name
        return ""
