"""The table that a SQL block writes, and those that the blocks above it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..codecs.rows import Rows
from ..failures import StatedError
from .alchemy import Alchemy
from .dialects import SYNONYMS
from .duck import Duck
from .inputs import Inputs
from .names import Place, table_of
from .pieces import Statement
from .placing import place
from .statements import is_query, verb
from .template import plain

POLICIES = ("append", "replace", "fail")


class Target:
    """Knows tables by Mage AI's rules.

    A block that is called by position writes its query's rows to its table, unless it says
    ``use_raw_sql``. One whose export recorded its result does so only when it names a table.

    Args:
        block: the planned block.
        context: runtime variables and what the run says.
        pipeline: the pipeline.
        inputs: the results above.
    """

    def __init__(
        self, block: dict[str, Any], context: dict[str, Any], pipeline: str, inputs: Inputs
    ) -> None:
        self._configuration = block.get("configuration") or {}
        self._above: dict[str, Any] = block.get("sql_above") or {}
        self._env = str(context.get("env") or "")
        self._pipeline = pipeline
        self._inputs = inputs
        raw = self._configuration.get("use_raw_sql")
        unchanged = self._configuration.get("disable_query_preprocessing")
        by_position = block.get("results") is None
        names_one = bool(self._configuration.get("data_provider_table"))
        self.wraps = not raw and not unchanged and (by_position or names_one)
        self.place = table_of(
            self._configuration, pipeline, block["name"], self._env,
            context.get("dynamic_block_index"),
        )  # fmt: skip

    @property
    def name(self) -> str:
        """The table's name without its schema."""
        return self.place.name

    def write(self, database: Duck | Alchemy, statement: Statement, frame: str) -> Rows:
        """Write a query's rows to the table by the policy, and give the table's rows.

        Raises:
            StatedError: as :meth:`fill`.
        """
        self.fill(database, statement)
        return self.read(database, f"SELECT * FROM {database.table(*self.place)}", frame)  # noqa: S608  # quoted by the dialect

    def fill(
        self, database: Duck | Alchemy, statement: Statement, columns: Sequence[str] = ()
    ) -> None:
        """Write a query's rows to the table by the policy.

        Args:
            database: the connection.
            statement: the query.
            columns: the query's columns, to find those of a table that exists by their names;
                without them they go by their order.

        Raises:
            StatedError: when the statement is no query, the policy is none, or the table exists
                and must not.
        """
        policy = str(self._configuration.get("export_write_policy") or "append")
        if policy not in POLICIES:
            raise StatedError(
                "BadPolicy",
                f"{policy!r} is no export_write_policy; there are {', '.join(POLICIES)}.",
            )
        if not is_query(statement):
            raise statement.error(
                "NoQuery",
                f"{verb(statement)} is no query whose rows could be written to {self.name}: "
                "set use_raw_sql for statements that run as they stand.",
            )
        table = database.table(*self.place)
        exists = database.exists(*self.place)
        if exists and policy == "fail":
            raise StatedError(
                "TableExists",
                f"The table {table} exists already, and export_write_policy is fail.",
            )
        if exists and policy == "replace":
            self._send(database, f"DROP TABLE {table}")
            exists = False
        before, after = f"CREATE TABLE {table} AS ", ""
        if exists:
            names = ", ".join(database.table(None, None, name) for name in columns)
            before = f"INSERT INTO {table} ({names}) " if names else f"INSERT INTO {table} "
        elif database.provider == "mssql":
            before, after = f"SELECT * INTO {table} FROM (", ") AS query"  # noqa: S608  # quoted by the dialect
        elif database.provider == "clickhouse":
            before = f"CREATE TABLE {table} ENGINE = MergeTree ORDER BY tuple() AS "
        database.run(statement.inside(before, after), fetch=False)

    def read(self, database: Duck | Alchemy, query: str, frame: str) -> Rows:
        """Give the rows of a query of ours."""
        (statement,) = place(plain(query), database.provider)
        rows = database.run(statement, fetch=True, frame=frame)
        assert rows is not None
        return rows

    def _send(self, database: Duck | Alchemy, text: str) -> None:
        (statement,) = place(plain(text), database.provider)
        database.run(statement, fetch=False)

    def standing_table(self, name: str) -> Place | None:
        """Give the table that ``{{ df_N }}`` stands for; None for another name.

        It is the table of the block above: one that is named for it, or its own by the rules.
        """
        if not self._inputs.numbered(name):
            return None
        source = self._inputs.find(name)
        if source is None:
            return None
        block = source.block
        named = (self._configuration.get("upstream_block_configuration") or {}).get(block) or {}
        if named.get("table_name"):
            parts = str(named["table_name"]).split(".")
            *where, own = parts
            database, schema = [None, None, *where][-2:]
            return Place(database, schema, own)
        configuration = self._above.get(block) or {
            key: self._configuration.get(key)
            for key in ("data_provider_database", "data_provider_schema")
        }
        return table_of(configuration, self._pipeline, block, self._env)

    def is_sql(self, block: str) -> bool:
        """Say whether a block above is SQL: its columns have the names that it gave them."""
        return block in self._above

    def stands_already(self, name: str) -> bool:
        """Say whether the block above wrote that table itself, by the same connection."""
        source = self._inputs.find(name)
        above = self._above.get(source.block) if source else None
        if above is None or above.get("use_raw_sql") or above.get("disable_query_preprocessing"):
            return False
        return all(
            _connection(above, key) == _connection(self._configuration, key)
            for key in ("data_provider", "data_provider_profile")
        )


def _connection(configuration: dict[str, Any], key: str) -> str:
    value = str(configuration.get(key) or ("duckdb" if key == "data_provider" else "default"))
    return SYNONYMS.get(value, value)
