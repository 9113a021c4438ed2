"""Tries to sign in: how many wrong ones each may make, so that guessing costs time and nobody is locked out by it.

Three budgets stand apart. A browser that the account knows (`server.auth.devices`) has its own. A stranger is counted
by address at this account, with a wait that grows. And all strangers together have a budget at one account: addresses
that have hardly tried there yet a wide one, the others a narrow one. Whoever attacks an account, from however many
addresses, soon shares the narrow one, while its owner, on a new browser at another address, passes by the wide one.
"""

from server.auth.limits import Limits

FRESH = 3
"""Tries of one address at one account before it no longer counts as one that hardly tried."""


class Attempt:
    """One try. It is counted as wrong from the beginning, so that tries sent side by side do not slip past."""

    def __init__(self, limits: Limits, peer: str, account: str, device: str | None) -> None:
        self._limits = limits
        self._peer = peer
        self._pair = (peer, account)
        self._account = account
        self._device = (device, account) if device is not None else None
        self.is_known = False
        self.is_first = False

    def begin(self, now: float) -> float:
        """Count it. Returns 0, or the seconds this one must wait: then nothing was counted."""
        limits = self._limits
        if self._device is not None and not limits.device_wait.wait(self._device, now):
            limits.device_wait.failed(self._device, now)
            self.is_known = True
            return 0.0
        if pause := limits.sign_in_wait.wait(self._pair, now):
            return pause
        if pause := limits.sign_in_by_peer.take(self._peer, now):
            return pause
        failures = limits.sign_in_wait.failures(self._pair, now)
        self.is_first = failures == 0
        account = limits.sign_in_fresh if failures < FRESH else limits.sign_in_again
        if pause := account.take(self._account, now):
            limits.sign_in_by_peer.give_back(self._peer, now)
            return pause
        limits.sign_in_wait.failed(self._pair, now)
        return 0.0

    def succeeded(self, now: float) -> None:
        """The password was right: it does not count."""
        if self._device is not None:
            self._limits.device_wait.succeeded(self._device)
        self._limits.sign_in_wait.succeeded(self._pair)
        if not self.is_known:
            self._limits.sign_in_by_peer.give_back(self._peer, now)
