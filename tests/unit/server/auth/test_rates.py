from server.auth.rates import GrowingWait, OpenCount, TokenBuckets


def test_a_bucket_gives_its_burst_then_its_rate() -> None:
    buckets = TokenBuckets(rate_per_s=1, burst=3)
    assert [buckets.take("a", 0) for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a", 0) == 1
    assert buckets.take("a", 0.5) == 0.5
    assert buckets.take("a", 1) == 0
    assert buckets.take("b", 1) == 0


def test_a_refused_take_costs_nothing() -> None:
    buckets = TokenBuckets(rate_per_s=1, burst=1)
    buckets.take("a", 0)
    for _ in range(50):
        assert buckets.take("a", 0.9) > 0
    assert buckets.take("a", 1) == 0


def test_the_number_of_buckets_is_bounded() -> None:
    buckets = TokenBuckets(rate_per_s=1, burst=1, keys=2)
    for key in "abc":
        buckets.take(key, 0)
    assert buckets.take("a", 0) == 0  # forgotten: the longest unused
    assert buckets.take("c", 0) > 0


def test_five_failures_are_free_and_then_the_wait_doubles() -> None:
    wait = GrowingWait(free=5, slowest_s=60)
    now = 0.0
    for _ in range(5):
        assert wait.wait("a", now) == 0
        wait.failed("a", now)
    assert wait.wait("a", now) == 2
    wait.failed("a", now)
    assert wait.wait("a", now) == 4
    for _ in range(40):
        wait.failed("a", now)
    assert wait.wait("a", now) == 60
    assert wait.wait("a", now + 60) == 0
    assert wait.wait("b", now) == 0


def test_success_and_long_quiet_forget_failures() -> None:
    wait = GrowingWait(free=1, slowest_s=10)
    wait.failed("a", 0)
    assert wait.wait("a", 0) > 0
    wait.succeeded("a")
    assert wait.wait("a", 0) == 0
    for _ in range(9):
        wait.failed("b", 0)
    wait.failed("b", 100)
    assert wait.wait("b", 100) == 2


def test_the_memory_of_failures_is_bounded() -> None:
    wait = GrowingWait(free=1, slowest_s=10, keys=2)
    for key in "abc":
        wait.failed(key, 0)
    assert wait.wait("a", 0) == 0


def test_open_sockets_are_counted_up_and_down() -> None:
    count = OpenCount()
    assert count.enter("a", 2) and count.enter("a", 2)
    assert not count.enter("a", 2)
    count.leave("a")
    assert count.enter("a", 2)
    count.leave("a")
    count.leave("a")
    assert count._open == {}
