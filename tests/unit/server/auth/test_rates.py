from server.auth.rates import GrowingWait, OpenCount, Recent, Thinned, TokenBuckets


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


def test_what_another_node_counted_is_missing_here_and_never_below_empty() -> None:
    buckets = TokenBuckets(rate_per_s=1, burst=5)
    buckets.taken_elsewhere("a", 0, 3)
    assert [buckets.take("a", 0) for _ in range(3)] == [0, 0, 1]
    buckets.taken_elsewhere("a", 0, 1000)
    assert buckets.take("a", 1) == 0
    assert buckets.told() == {"a": 3}  # only its own


def test_what_was_taken_is_told_once_and_what_was_given_back_is_not() -> None:
    buckets = TokenBuckets(rate_per_s=1, burst=5)
    buckets.take("a", 0)
    buckets.take("a", 0)
    buckets.take("b", 0)
    buckets.give_back("b", 0)
    buckets.give_back("c", 0)
    assert buckets.told() == {"a": 2}
    assert buckets.told() == {}
    assert [buckets.take("b", 0) for _ in range(6)] == [0] * 5 + [1]


def test_what_is_to_be_told_is_bounded() -> None:
    buckets = TokenBuckets(rate_per_s=1, burst=5, keys=2)
    for key in "abc":
        buckets.take(key, 0)
    assert set(buckets.told()) == {"a", "b"}


def test_failures_are_remembered_until_a_quiet_spell() -> None:
    wait = GrowingWait(free=2, slowest_s=10)
    wait.failed("a", 0)
    assert (wait.failures("a", 0), wait.failures("a", 21), wait.failures("b", 0)) == (1, 0, 0)


def test_recent_keys_are_forgotten_by_time_and_by_number() -> None:
    recent = Recent(keep_s=10, keys=2)
    recent.add("a", 0)
    assert recent.has("a", 10) and not recent.has("a", 10.1) and not recent.has("b", 0)
    recent.add("b", 1)
    recent.add("a", 2)
    recent.add("c", 3)
    assert [recent.has(key, 4) for key in "abc"] == [True, False, True]


def test_of_many_alike_some_are_written_with_how_many_were_not() -> None:
    traces = Thinned(rate_per_s=1, burst=2)
    assert [traces.due("sam", 0) for _ in range(5)] == [0, 0, None, None, None]
    assert (traces.due("sam", 1), traces.due("alex", 1)) == (3, 0)
    assert traces.due("sam", 2) == 0
