"""Reading connections of one ledger, and what holds before there is one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from mage_jlab.domain.errors import BadInputError, ConflictError, EngineUnavailableError
from mage_jlab.domain.page import HARD_CAP
from mage_jlab.store.ledger.database import parse_url, reading_engine, sqlite_file
from mage_jlab.store.migrations import schema
from mage_jlab.store.paths import StateFolder


class Access:
    """Gives reading connections; None while no engine has made the ledger yet."""

    def __init__(self, state: StateFolder) -> None:
        self._url = parse_url(state.database_url)
        self._file = sqlite_file(self._url)
        self._engine: Engine | None = None
        self._ready = False
        self._lock = threading.Lock()

    @contextmanager
    def connection(self) -> Iterator[Connection | None]:
        """Open a connection for one reading; safe from any thread.

        Raises:
            ConflictError: when the ledger's schema is another than this version's.
            EngineUnavailableError: when the database does not answer, or is damaged.
        """
        if self._file is not None and not self._file.exists():
            yield None
            return
        with self._lock:
            if self._engine is None:
                self._engine = reading_engine(self._url)
            engine = self._engine
        try:
            with engine.connect() as connection:
                yield connection if self._ready or self._check(connection) else None
        except DBAPIError as error:
            place = self._file or self._url.render_as_string()
            raise EngineUnavailableError(
                f"The ledger {place} cannot be read: {error.orig}. Restore it from a copy, or move "
                "it away to begin with an empty one.",
                "ledger-unreadable",
            ) from error

    def close(self) -> None:
        """Close the connections that are not in use."""
        with self._lock:
            engine, self._engine = self._engine, None
            self._ready = False
        if engine is not None:
            engine.dispose()

    def _check(self, connection: Connection) -> bool:
        found = schema.revision(connection)
        if found is None:
            return False
        schema.check(found)
        if found != schema.HEAD:
            raise ConflictError(
                f"The ledger has the older schema {found}. Start the engine once: it brings it up "
                "to date.",
                "older-schema",
            )
        self._ready = True
        return True


def page_limit(limit: int) -> int:
    """Give the number of items that a page may have.

    Raises:
        BadInputError: when less than one was asked for.
    """
    if limit < 1:
        raise BadInputError("A page has at least one item: limit must be 1 or more.")
    return min(limit, HARD_CAP)


def write_cursor(at: int, item_id: str) -> str:
    """Write the cursor after an item of a list that is newest first."""
    return f"{at}.{item_id}"


def read_cursor(text: str) -> tuple[int, str]:
    """Read a cursor.

    Raises:
        BadInputError: when no list gave it.
    """
    at, _, item_id = text.partition(".")
    if not at.isdigit() or not item_id:
        raise BadInputError(f"{text!r} is no cursor: use the `next` of the page before.")
    return int(at), item_id
