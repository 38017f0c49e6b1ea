"""Databases by their Python drivers, found and typed by SQLAlchemy."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any, Callable

from ..codecs.rows import Rows
from ..failures import StatedError
from .failures import SqlError
from .fetching import fetched
from .functions import Secrets
from .names import Place
from .pieces import Statement
from .places_of_errors import place_of_error
from .profiles import Profile
from .statements import is_query, takes_parameters, words
from .uploading import upload
from .urls import make_engine

_CURSOR = "mage_jlab_rows"
_DECLARE = f"DECLARE {_CURSOR} NO SCROLL CURSOR FOR "

_READ_ONLY = {
    "postgres": "SET default_transaction_read_only = on",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
    "redshift": "SET default_transaction_read_only = on",
}
"""What makes a session refuse changes, where the database can do so."""

_MARKS: dict[str, Callable[[int], str]] = {
    "qmark": lambda _: "?",
    "format": lambda _: "%s",
    "pyformat": lambda place: f"%(p{place})s",
    "named": lambda place: f":p{place}",
    "numeric": lambda place: f":{place}",
    "numeric_dollar": lambda place: f"${place}",
}
"""How drivers mark parameters, by the ``paramstyle`` of Python's database API."""


class Alchemy:
    """A connection to a database of a profile.

    Args:
        provider: which database.
        profile: where it is.
        configuration: the block's own.
        cwd: what relative paths start at.
        secrets: what no message may show.

    Raises:
        StatedError: when the driver is missing or the database does not answer.
    """

    persistent = True

    def __init__(
        self,
        provider: str,
        profile: Profile,
        configuration: dict[str, Any],
        cwd: str,
        secrets: Secrets,
    ) -> None:
        self.provider = provider
        self._profile = profile
        self._secrets = secrets
        self._engine = make_engine(provider, profile, configuration, cwd)
        if provider == "redshift":
            # it has no standard_conforming_strings to be asked for
            self._engine.dialect._set_backslash_escapes = lambda _: None  # noqa: SLF001  # as sqlalchemy-redshift does
        try:
            self._connection = self._engine.connect()
        except Exception as error:
            raise StatedError(
                "ConnectionFailed",
                secrets.hidden(
                    f"The profile {profile.name} ({provider}) cannot be connected to: "
                    f"{_original(error)}"
                ),
            ) from None
        self._driver = self._connection.connection.dbapi_connection
        if provider == "mysql":
            self._thread_id = self._driver.thread_id()
        if provider == "sqlite":
            # lets a signal be seen while a query runs
            self._driver.set_progress_handler(lambda: 0, 10_000)

    def load(self, name: str, table: Any) -> None:
        """Store an Arrow table as a temporary table of this session."""
        self.store(Place(None, None, name), table, temporary=True)

    def store(self, place: Place, table: Any, *, temporary: bool = False) -> None:
        """Store an Arrow table, in the place of one of that name.

        Raises:
            StatedError: what the database says.
        """
        try:
            upload(self._connection, self.provider, place, table, temporary)
            self._connection.commit()
        except StatedError:
            raise
        except Exception as error:
            raise StatedError(
                type(error).__name__,
                self._secrets.hidden(
                    f"The table {place.name} cannot be written: {_original(error)}"
                ),
            ) from None

    def settle(self) -> None:
        """Refuse changes from now on, when the profile is read-only."""
        statement = _READ_ONLY.get(self.provider)
        if self._profile.read_only and statement:
            cursor = self._driver.cursor()
            cursor.execute(statement)
            cursor.close()
            self._driver.commit()

    def run(self, statement: Statement, *, fetch: bool, frame: str = "pandas") -> Rows | None:
        """Run a statement.

        Args:
            statement: the statement.
            fetch: whether its rows are wanted.
            frame: what a Python block gets of them.

        Raises:
            SqlError: what the database says, at its place in the file.
        """
        if self.provider == "sqlite" and not takes_parameters(statement):
            statement = statement.without_values("sqlite")
        style = self._engine.dialect.paramstyle
        values = [self._adapted(value) for value in statement.values]
        marks = [_MARKS[style](place + 1) for place in range(len(values))]
        by_percent = bool(values) and style in ("format", "pyformat")
        text = statement.text(marks, double_percent=by_percent)
        by_name = {f"p{place + 1}": value for place, value in enumerate(values)}
        given: Any = by_name if style in ("pyformat", "named") else tuple(values)
        streamed = fetch and is_query(statement) and "into" not in words(statement)
        cursor = self._cursor(streamed)
        declared = streamed and self.provider == "postgres"

        def explained(error: Exception) -> SqlError:
            before = len(_DECLARE) if declared else 0
            return self._explained(error, statement, cursor, values, before)

        try:
            arguments = (given,) if values else ()
            cursor.execute(_DECLARE + text if declared else text, *arguments)
            if declared:
                cursor.execute(f"FETCH FORWARD 0 FROM {_CURSOR}")
        except Exception as error:
            raise explained(error) from None
        if not fetch:
            if cursor.description is not None:
                cursor.fetchall()
            cursor.close()
            return None
        return fetched(cursor, self.provider, frame, explained, _CURSOR if declared else None)

    def exists(self, database: str | None, schema: str | None, name: str) -> bool:
        """Say whether there is such a table."""
        import sqlalchemy as sa

        where = ".".join(part for part in (database, schema) if part) or None
        if self.provider in ("postgres", "redshift", "mysql", "sqlite"):
            where = schema
        return bool(sa.inspect(self._connection).has_table(name, schema=where))

    def table(self, database: str | None, schema: str | None, name: str) -> str:
        """Give the SQL text that names a table."""
        quote = self._engine.dialect.identifier_preparer.quote
        if self.provider in ("postgres", "redshift", "mysql", "sqlite"):
            database = None
        return ".".join(quote(part) for part in (database, schema, name) if part)

    def close(self, done: bool) -> None:
        """Commit or roll back, and close; a query that still runs is ended.

        Args:
            done: whether all went well.
        """
        try:
            if done:
                # statements went past SQLAlchemy, which knows of no transaction
                self._driver.commit()
            else:
                self._cancel()
        except Exception as error:
            if done:
                raise StatedError(
                    "DatabaseError", self._secrets.hidden(str(_original(error)))
                ) from None
        finally:
            if done:
                self._connection.close()
            else:
                # what is on the wire in the middle of a query cannot be used again
                self._connection.invalidate()
            self._engine.dispose()

    def _cancel(self) -> None:
        if self.provider == "postgres":
            self._driver.cancel()
        elif self.provider == "mysql":
            with self._engine.connect() as other:
                other.exec_driver_sql(f"KILL QUERY {int(self._thread_id)}")
        elif self.provider == "sqlite":
            self._driver.interrupt()

    def _cursor(self, streamed: bool) -> Any:
        if streamed and self.provider == "mysql":
            from pymysql.cursors import SSCursor

            return self._driver.cursor(SSCursor)
        return self._driver.cursor()

    def _adapted(self, value: Any) -> Any:
        if self.provider != "sqlite":
            return value
        if isinstance(value, dt.datetime):
            return value.isoformat(" ")
        if isinstance(value, (dt.date, dt.time)):
            return value.isoformat()
        return str(value) if isinstance(value, (decimal.Decimal, dt.timedelta)) else value

    def _explained(
        self, error: Exception, statement: Statement, cursor: Any, values: list[Any], before: int
    ) -> SqlError:
        marks = ["?"] * len(values)
        if self.provider == "postgres":
            marks = [cursor.mogrify("%s", [value]) for value in values]
        message, at = place_of_error(self.provider, error, statement.text(marks), before)
        offset = None if at is None else statement.origin(at, marks)
        if offset is None and at is None:
            offset = statement.start
        return statement.error(type(error).__name__, self._secrets.hidden(message), offset)


def _original(error: Exception) -> Any:
    """Give the driver's error below SQLAlchemy's, which names statement and parameters."""
    return str(getattr(error, "orig", None) or error).strip()
