from realtime.media.bandwidth import POLICED_BURST_S, POLICED_TIMES, SHED_AFTER_S, TRY_AFTER_S, Allowance, Budget


class Link:
    """A link on which the same rate is sent all the time."""

    def __init__(self) -> None:
        self.allowance, self.now, self.octets = Allowance(), 0.0, 0

    def run(self, seconds: float, shown: int, *, estimate: int | None, loss: float = 0.0, trip: float = 0.1) -> int:
        """Tick twice a second at 1 Mb/s; how often the allowance changed."""
        changes = 0
        for _ in range(round(seconds * 2)):
            self.now += 0.5
            self.octets += 62_500
            changes += self.allowance.tick(self.now, shown, self.octets, estimate, loss, trip)
        return changes


def test_a_good_link_has_no_limit() -> None:
    link = Link()
    assert link.run(60, 4, estimate=2_000_000) == 0
    assert link.run(60, 4, estimate=None, loss=0.5) == 0
    assert link.allowance.pictures is None


def test_random_loss_on_a_wide_link_takes_no_picture() -> None:
    link = Link()
    assert link.run(60, 4, estimate=2_000_000, loss=0.2) == 0


def test_a_full_link_loses_one_picture_after_the_other_down_to_none() -> None:
    link = Link()
    assert link.run(SHED_AFTER_S + 1, 3, estimate=300_000, loss=0.2) == 1
    assert link.allowance.pictures == 2
    assert link.run(SHED_AFTER_S + 1, 2, estimate=300_000, trip=2.0) == 1
    assert link.run(SHED_AFTER_S + 1, 1, estimate=300_000, trip=2.0) == 1
    assert link.allowance.pictures == 0
    assert link.run(10, 0, estimate=300_000, loss=0.2) == 0


def test_a_quiet_link_gets_them_back_later_and_later_when_it_fails() -> None:
    link = Link()
    link.run(SHED_AFTER_S + 1, 2, estimate=300_000, loss=0.2)
    assert link.run(TRY_AFTER_S - 1, 1, estimate=2_000_000) == 0
    assert link.run(2, 1, estimate=2_000_000) == 1
    assert link.allowance.pictures == 2
    link.run(SHED_AFTER_S + 1, 2, estimate=300_000, loss=0.2)
    assert link.run(2 * TRY_AFTER_S - 1, 1, estimate=2_000_000) == 0
    assert link.run(2, 1, estimate=2_000_000) == 1


def test_a_limit_that_is_not_needed_goes() -> None:
    link = Link()
    link.run(SHED_AFTER_S + 1, 2, estimate=300_000, loss=0.2)
    link.run(2 * TRY_AFTER_S, 0, estimate=2_000_000)
    assert link.allowance.pictures is None


def test_a_budget_allows_a_burst_and_then_the_rate() -> None:
    budget = Budget(8_000)
    burst = int(1000 * POLICED_TIMES * POLICED_BURST_S)
    assert budget.take(burst, 5.0)
    assert not budget.take(100, 5.0)
    assert budget.take(100, 5.1)
    assert not budget.take(burst, 6.0)
    assert budget.take(burst, 600.0)
