"""One server for the scenes of a file, and a browser for each scene. Every scene has a meeting of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser

from tests.support.meeting import open_browser
from tests.support.office import Office
from tests.support.server import HearthServer, hearth_server


@pytest.fixture(scope="module")
def hearth() -> Iterator[HearthServer]:
    """A running server behind a trusted proxy at 127.0.0.1, so that each phone can be a household of its own."""
    with hearth_server(environment={"HEARTH_TRUSTED_PROXIES": "127.0.0.1/32"}) as server:
        yield server


@pytest.fixture(scope="module")
def office(hearth: HearthServer) -> Office:
    """The agency's side."""
    return Office(hearth)


@pytest.fixture
async def browser(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """A browser for everyone's windows; pictures are kept of a failure."""
    async with open_browser(lambda: bool(getattr(request.node, "has_failed", False))) as one:
        yield one


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Tell the fixtures how the test went."""
    report = yield
    if report.when == "call":
        item.has_failed = report.failed  # type: ignore[attr-defined]
    return report
