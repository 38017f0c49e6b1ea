"""Empty ledgers on a real PostgreSQL, each in a database of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine

from mage_jlab.store.ledger.database import parse_url, writing_engine
from mage_jlab.store.migrations import schema
from tests.servers.database_server import DatabaseServer, postgres

BLANK = "blank"
"""The database that the others are copied from."""


@contextmanager
def ledger_server() -> Iterator[DatabaseServer]:
    """Start a PostgreSQL that can give ledgers."""
    with postgres() as server:
        administer(server, f"CREATE DATABASE {BLANK}")
        blank = writing_engine(parse_url(address(server, BLANK)))
        schema.upgrade(blank)
        blank.dispose()
        yield server


@contextmanager
def ledger_database(server: DatabaseServer) -> Iterator[str]:
    """Make an empty ledger and give its address; it is dropped at the end."""
    name = f"ledger_{uuid.uuid4().hex}"
    administer(server, f"CREATE DATABASE {name} TEMPLATE {BLANK}")
    yield address(server, name)
    administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def address(server: DatabaseServer, database: str) -> str:
    """Give the address of a database of a server."""
    return f"postgresql://{server.user}:{server.password}@{server.host}:{server.port}/{database}"


def administer(server: DatabaseServer, statement: str) -> None:
    """Carry out one statement as the server's superuser, outside a transaction."""
    url = parse_url(address(server, server.database))
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
