"""Services that tests may ask for. Each is started once a run, and only when asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import fresh_database, postgres
from tests.support.privacy import listening
from tests.support.redis import private_redis


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server in which databases may be made."""
    with postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server."""
    with private_redis() as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind: everything stored passes on both."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hearth.sqlite3'}"
        return
    server: str = request.getfixturevalue("postgres_url")
    with fresh_database(server) as url:
        yield url


@pytest.fixture(autouse=True)
def nothing_private_is_logged() -> Iterator[None]:
    """Fails any test during which a name, a plan sentence, an address or a secret is logged."""
    with listening() as listener:
        yield
    assert listener.overheard == []
