"""What only the Redis implementation has to show without a server; the rest is in tests/contracts."""

import pytest

from realtime.bus.base import BusDown
from realtime.bus.lease import RedisLeases


@pytest.mark.parametrize("method", ["acquire", "release", "holder", "put", "all"])
async def test_without_a_server_every_method_says_so(method: str) -> None:
    leases = RedisLeases("redis://127.0.0.1:1/0")
    arguments = {
        "acquire": ("a", "one", 1.0),
        "release": ("a", "one"),
        "holder": ("a",),
        "put": ("a", b"", 1.0),
        "all": ("a",),
    }
    with pytest.raises(BusDown):
        await getattr(leases, method)(*arguments[method])
    await leases.close()
