"""DuckDB in the worker's own process: tables of the blocks above without a copy, rows as Arrow."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from typing import Any

from ..codecs.rows import Rows
from ..failures import StatedError
from .failures import SqlError, missing_package
from .names import unique
from .pieces import Statement
from .statements import is_query, only_reads, takes_parameters, verb

ROWS_A_BATCH = 122_880
"""DuckDB's own row group."""

LOCK_WAIT = 60.0
"""How long a file that another process has open is waited for, in seconds."""

_JSON_ERROR = re.compile(r"^(?:[^:{]*: )?(?P<json>\{.*\})$", re.DOTALL)
_OUTSIDE = {"ATTACH", "DETACH", "CHECKPOINT", "VACUUM", "BEGIN", "COMMIT", "ROLLBACK", "START"}
_SETTINGS = {"python_enable_replacements": "false", "errors_as_json": "true"}

_warm: Any = None
"""An in-memory database that is kept: opening one costs more than most queries."""


class Duck:
    """A connection to a DuckDB database.

    Args:
        path: its file; None means in memory.
        read_only: whether nothing may be changed.
        statements: what will run: plain queries alone share a database that is kept.

    Raises:
        StatedError: when DuckDB is missing or the file cannot be opened.
    """

    provider = "duckdb"

    def __init__(self, path: str | None, read_only: bool, statements: list[Statement]) -> None:
        self._own = path is not None or not all(map(_changes_nothing, statements))
        self._in_transaction = False
        self.persistent = path is not None
        self._connection = _open(path, read_only) if self._own else _kept().cursor()
        # its threads go on while a batch is hashed and written
        self._connection.execute("SET streaming_buffer_size = '32MB'")
        if path is not None and not any(verb(one) in _OUTSIDE for one in statements):
            self._connection.execute("BEGIN")
            self._in_transaction = True

    def load(self, name: str, table: Any) -> None:
        """Make an Arrow table a table of this connection; nothing is copied.

        Raises:
            StatedError: when DuckDB does not know one of its types.
        """
        try:
            self._connection.register(name, table)
        except Exception as error:
            raise StatedError(
                "UnknownType", f"The table {name} cannot be read by DuckDB: {_message(error)[0]}"
            ) from None

    def run(self, statement: Statement, *, fetch: bool, frame: str = "pandas") -> Rows | None:
        """Run a statement.

        Args:
            statement: the statement.
            fetch: whether its rows are wanted.
            frame: what a Python block gets of them.

        Raises:
            SqlError: what the database says, at its place in the file.
        """
        if not takes_parameters(statement):
            statement = statement.without_values("duckdb")
        marks = [f"${place + 1}" for place in range(len(statement.values))]
        try:
            self._connection.execute(statement.text(marks), statement.values or None)
        except Exception as error:
            raise self._explained(error, statement, marks) from None
        return self._rows(statement, marks, frame) if fetch else None

    def exists(self, database: str | None, schema: str | None, name: str) -> bool:
        """Say whether there is such a table."""
        conditions = ["lower(table_name) = lower($1)"]
        values = [name]
        for column, value in (("table_catalog", database), ("table_schema", schema)):
            if value:
                values.append(value)
                conditions.append(f"lower({column}) = lower(${len(values)})")
            elif column == "table_schema":
                conditions.append("table_schema = current_schema()")
        query = f"SELECT 1 FROM information_schema.tables WHERE {' AND '.join(conditions)}"  # noqa: S608  # bound
        return self._connection.execute(query, values).fetchone() is not None

    def table(self, database: str | None, schema: str | None, name: str) -> str:
        """Give the SQL text that names a table."""
        return ".".join(quoted(part) for part in (database, schema, name) if part)

    def settle(self) -> None:
        """Do nothing: what is read-only was opened so."""

    def close(self, done: bool) -> None:
        """Commit or roll back, and close.

        Args:
            done: whether all went well.
        """
        try:
            if not done:
                self._connection.interrupt()
            if self._in_transaction:
                self._connection.execute("COMMIT" if done else "ROLLBACK")
        except Exception as error:
            if done:
                raise StatedError("DatabaseError", _message(error)[0]) from None
        finally:
            self._connection.close()

    def _rows(self, statement: Statement, marks: list[str], frame: str) -> Rows:
        reader = getattr(self._connection, "to_arrow_reader", None)
        if reader is None:
            reader = self._connection.fetch_record_batch
        wide = tuple(
            place
            for place, column in enumerate(self._connection.description or [])
            if str(column[1]) == "HUGEINT"
        )
        batches = reader(ROWS_A_BATCH)
        schema = batches.schema
        for place, name in enumerate(unique(schema.names)):
            schema = schema.set(place, schema.field(place).with_name(name))

        def read() -> Iterator[Any]:
            import pyarrow as pa

            try:
                for batch in batches:
                    yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)
            except Exception as error:
                raise self._explained(error, statement, marks) from None

        return Rows(schema, read(), frame, wide)

    def _explained(self, error: Exception, statement: Statement, marks: list[str]) -> SqlError:
        message, at = _message(error)
        kind = _kind(error)
        if at is None:
            return statement.error(kind, message)
        if kind != "ParserException":
            # past its parser, DuckDB counts bytes
            at = len(statement.text(marks).encode()[:at].decode("utf-8", "ignore"))
        return statement.error(kind, message, statement.origin(at, marks))


def quoted(name: str) -> str:
    """Quote a name for DuckDB."""
    return '"' + name.replace('"', '""') + '"'


def _changes_nothing(statement: Statement) -> bool:
    return is_query(statement) and only_reads(statement)


def _module() -> Any:
    try:
        import duckdb
    except ImportError:
        raise missing_package("duckdb") from None
    return duckdb


def _kept() -> Any:
    global _warm
    if _warm is None:
        _warm = _module().connect(":memory:", config=_SETTINGS)
    return _warm


def _open(path: str | None, read_only: bool) -> Any:
    duckdb = _module()
    if path is None:
        return duckdb.connect(":memory:", config=_SETTINGS)
    if not read_only and not os.path.isdir(os.path.dirname(path)):
        raise StatedError("BadProfile", f"The folder of the DuckDB file {path} does not exist.")
    until = time.monotonic() + LOCK_WAIT
    while (connection := _unless_locked(duckdb, path, read_only, until)) is None:
        time.sleep(0.1)
    return connection


def _unless_locked(duckdb: Any, path: str, read_only: bool, until: float) -> Any:
    """Open a file; None while another process has it open and there is time to wait."""
    try:
        return duckdb.connect(path, read_only=read_only, config=_SETTINGS)
    except duckdb.Error as error:
        message = _message(error)[0]
        if "lock" in message.lower() and time.monotonic() < until:
            return None
        raise StatedError(
            "ConnectionFailed", f"The DuckDB file {path} cannot be opened: {message}"
        ) from None


def _said(error: Exception) -> dict[str, Any]:
    """Give what DuckDB says of an error as JSON; Arrow wraps it in an error of its own."""
    found = _JSON_ERROR.match(str(error))
    try:
        said = json.loads(found["json"]) if found else {}
    except ValueError:
        said = {}
    return said if isinstance(said, dict) else {}


def _kind(error: Exception) -> str:
    said = _said(error).get("exception_type")
    return f"{said}Exception" if said else type(error).__name__


def _message(error: Exception) -> tuple[str, int | None]:
    """Give DuckDB's message and the place in the statement that it is about."""
    said = _said(error)
    position = str(said.get("position"))
    message = str(said.get("exception_message", error))
    return message, int(position) if position.isdigit() else None
