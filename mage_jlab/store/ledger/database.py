"""Connections to the ledger's database: one that writes, and many that only read."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, QueuePool, create_engine, event, make_url

from mage_jlab.domain.errors import BadInputError

BUSY_TIMEOUT_S = 10
JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024


def parse_url(url: str) -> URL:
    """Read the ledger's address.

    Raises:
        BadInputError: when it is no SQLAlchemy URL, or is of neither SQLite nor PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except Exception as error:
        raise BadInputError(
            "MAGE_JLAB_DATABASE_URL is no database address; write it like "
            "postgresql+psycopg://user@host/name.",
        ) from error
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise BadInputError(
            f"The ledger cannot live in {backend}: MAGE_JLAB_DATABASE_URL takes sqlite or "
            "postgresql."
        )
    return parsed


def sqlite_file(url: URL) -> Path | None:
    """Give the file of an SQLite address, None for another database."""
    if url.get_backend_name() != "sqlite":
        return None
    return Path(url.database or "")


def writing_engine(url: URL) -> Engine:
    """Open the database for the one thread that writes it."""
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url,
            pool_size=1,
            isolation_level="READ COMMITTED",
            connect_args={
                "options": "-c lock_timeout=5000 -c statement_timeout=60000"
                " -c idle_in_transaction_session_timeout=60000"
            },
        )
    engine = create_engine(
        url, pool_size=1, max_overflow=0, connect_args={"timeout": BUSY_TIMEOUT_S}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own BEGIN would only read; ours takes the write lock at once.
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"journal_size_limit = {JOURNAL_LIMIT_BYTES}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reading_engine(url: URL) -> Engine:
    """Open the database for reading alone; safe from any thread."""
    file = sqlite_file(url)
    if file is None:
        return create_engine(
            url, pool_size=4, isolation_level="READ COMMITTED", pool_pre_ping=True
        ).execution_options(postgresql_readonly=True)

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{quote(str(file))}?mode=ro",
            uri=True,
            timeout=BUSY_TIMEOUT_S,
            check_same_thread=False,
        )

    return create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=8, max_overflow=16
    )
