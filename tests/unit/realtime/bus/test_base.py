"""The interfaces name exactly what the implementations have; what they do is in tests/contracts."""

import pytest

from realtime.bus.base import Bus, Leases
from realtime.bus.lease import RedisLeases
from realtime.bus.memory import MemoryBus, MemoryLeases
from realtime.bus.redis_bus import RedisBus


@pytest.mark.parametrize(
    ("interface", "made"), [(Bus, MemoryBus), (Bus, RedisBus), (Leases, MemoryLeases), (Leases, RedisLeases)]
)
def test_every_method_of_the_interface_is_there(interface: type, made: type) -> None:
    methods = [name for name in vars(interface) if not name.startswith("_")]
    assert methods
    assert [name for name in methods if not callable(getattr(made, name, None))] == []
