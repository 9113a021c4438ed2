from realtime.rates import Bucket, Rate


def test_a_burst_passes_and_then_only_the_rate() -> None:
    bucket = Bucket(Rate(per_s=10, burst=30), now=100.0)
    assert sum(bucket.take(100.0) for _ in range(50)) == 30
    assert sum(bucket.take(101.0) for _ in range(50)) == 10
    assert sum(bucket.take(200.0) for _ in range(50)) == 30, "never more than a burst"


def test_costs_are_taken_whole_or_not_at_all() -> None:
    bucket = Bucket(Rate(per_s=100, burst=1000), now=0.0)
    assert bucket.take(0.0, cost=900)
    assert not bucket.take(0.0, cost=200)
    assert bucket.take(0.0, cost=100)
