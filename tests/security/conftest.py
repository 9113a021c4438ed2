"""One server for the security tests. It trusts this machine as its proxy, so that a test can be many households."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.support.server import HearthServer, hearth_server
from tests.support.visitor import Visitor

_households = itertools.count(1)


@pytest.fixture(scope="session")
def hearth() -> Iterator[HearthServer]:
    """A running server behind a trusted proxy at 127.0.0.1."""
    with hearth_server(environment={"HEARTH_TRUSTED_PROXIES": "127.0.0.1/32"}) as server:
        yield server


@pytest.fixture(scope="session")
def direct() -> Iterator[HearthServer]:
    """A running server that trusts no proxy."""
    with hearth_server() as server:
        yield server


@pytest.fixture
def visitor(hearth: HearthServer) -> Callable[[], Visitor]:
    """Makes a new browser in a household of its own."""

    def new() -> Visitor:
        number = next(_households)
        return Visitor(hearth, f"198.51.{number // 250}.{number % 250 + 1}")

    return new
