import inspect

from realtime.link import Link
from tests.support.wire_pair import WirePair


def test_the_double_has_exactly_the_interface() -> None:
    for name in ("receive", "send", "close"):
        assert list(inspect.signature(getattr(WirePair, name)).parameters) == list(
            inspect.signature(getattr(Link, name)).parameters
        )
