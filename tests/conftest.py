"""The databases that a ledger lives in, for every test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.database_server import DatabaseServer
from tests.servers.ledger_databases import ledger_database, ledger_server


@pytest.fixture(scope="session")
def server() -> Iterator[DatabaseServer]:
    """Start a PostgreSQL."""
    with ledger_server() as started:
        yield started


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Give the address of an empty database, None for the SQLite file of a state folder."""
    if request.param == "sqlite":
        yield None
        return
    with ledger_database(request.getfixturevalue("server")) as url:
        yield url
