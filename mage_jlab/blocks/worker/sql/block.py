"""One SQL block: from its text and the results above to the rows of its last statement."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from ..codecs.decode import Decoder
from ..codecs.rows import Rows
from ..failures import StatedError
from ..log import AttemptLog
from .alchemy import Alchemy
from .duck import Duck
from .functions import Secrets, block_functions
from .inputs import Inputs
from .pieces import Statement
from .placing import place
from .profiles import Profile, provider_of, read_profile
from .statements import gives_rows, named_tables, only_reads, verb, words, written_table
from .target import Target
from .template import Rendered, TableName, plain, render

_TEMPLATES = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)

MOST_WRITTEN = 1000
"""How many rows are read back of a table that raw SQL wrote, as in Mage AI."""


class SqlBlock:
    """Runs the SQL of one attempt; rows come until it is closed.

    Args:
        task: the attempt.
        context: runtime variables and what the run says.
        decoder: loads products.
        log: where notes go.
    """

    def __init__(
        self, task: dict[str, Any], context: dict[str, Any], decoder: Decoder, log: AttemptLog
    ) -> None:
        self._task = task
        self._block = task["block"]
        self._configuration = self._block.get("configuration") or {}
        self._context = context
        self._log = log
        self._recorded = self._block.get("results") is not None
        self._inputs = Inputs(task, decoder, log)
        self._secrets = Secrets()
        self._provider = provider_of(self._configuration)
        self._profile = Profile()
        self._database: Duck | Alchemy | None = None
        self._target = Target(self._block, context, task["pipeline"], self._inputs)

    def close(self, done: bool) -> None:
        """Commit or roll back, and close the connection.

        Args:
            done: whether all went well.
        """
        if self._database is not None:
            self._database.close(done)

    def results(self) -> dict[str, Rows]:
        """Run the block and give its rows by the name of its result.

        Raises:
            StatedError: when the block, its profile or the database says no.
        """
        self._profile = self._read_profile()
        rendered = self._rendered()
        statements = place(rendered, self._provider)
        if self._profile.read_only:
            self._check_reads(statements)
        database = self._open(statements)
        self._database = database
        self._load_inputs(database, rendered, statements)
        database.settle()
        rows = self._run(database, statements)
        if self._configuration.get("disable_query_preprocessing") and not self._recorded:
            return {}
        named = self._block.get("results")
        if named == []:
            return {}
        if rows is None:
            if not named:
                return {}
            raise StatedError(
                "NoRows",
                f"{self._block['name']} gives {named[0]}, and its last statement gives no rows: "
                "end it with a SELECT.",
            )
        return {named[0] if named else "output_0": rows}

    def _read_profile(self) -> Profile:
        wanted = self._configuration.get("data_provider_profile")
        if self._provider in ("duckdb", "sqlite") and self._configuration.get("database"):
            in_memory = wanted is None
        else:
            in_memory = self._provider == "duckdb" and not self._configuration.get("data_provider")
        if in_memory:
            return Profile()
        if isinstance(wanted, str) and "{{" in wanted:
            wanted = self._one_value(wanted)
        return read_profile(self._task["place"], wanted or None, self._secrets)

    def _one_value(self, template: str) -> str:
        """Render a setting that is a template: its value, not SQL."""
        functions = block_functions(self._secrets, self._context, self._inputs)
        rendered = render(template, self._context, functions)
        text = rendered.text
        for marker, value in rendered.values.items():
            text = text.replace(marker, str(value))
        return text

    def _rendered(self) -> Rendered:
        path = os.path.join(self._task["folder"], self._block["file"])
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
        if self._configuration.get("disable_query_preprocessing"):
            return plain(text)
        functions = block_functions(self._secrets, self._context, self._inputs)
        return render(text, {**self._context, **self._names_in(text)}, functions)

    def _names_in(self, text: str) -> dict[str, Any]:
        """Give what ``{{ name }}`` means for each result above that the text has a name of."""
        names: dict[str, Any] = {}
        templates = " ".join(_TEMPLATES.findall(text))
        used = set(re.findall(r"\w+", templates))
        for name in self._inputs.names:
            if name not in used:
                continue
            source = self._inputs.find(name)
            if source is None:
                continue
            numbered = self._inputs.numbered(name)
            if self._inputs.is_table(source) or (numbered and self._inputs.table(source)):
                names[name] = TableName(self._table_name(name))
            else:
                names[name] = self._inputs.value(source)
        return names

    def _table_name(self, name: str) -> str:
        standing = self._target.standing_table(name)
        if standing and not self._recorded and self._provider != "duckdb":
            return ".".join(part for part in standing if part)
        return name

    def _check_reads(self, statements: list[Statement]) -> None:
        for statement in statements:
            if not only_reads(statement):
                raise statement.error(
                    "ReadOnly",
                    f"The profile {self._profile.name} is read-only, and {verb(statement)} "
                    "may change something: it was not sent.",
                )
        if self._target.wraps and self._persistent:
            raise StatedError(
                "ReadOnly",
                f"The profile {self._profile.name} is read-only, and this block writes the table "
                f"{self._target.name}: set use_raw_sql to read only.",
            )

    @property
    def _file(self) -> str | None:
        """The DuckDB file; None means in memory."""
        file = self._configuration.get("database") or self._profile.get("DUCKDB_DATABASE")
        if not file or file == ":memory:":
            return None
        return os.path.join(self._task["cwd"], os.path.expanduser(str(file)))

    @property
    def _persistent(self) -> bool:
        return self._provider != "duckdb" or self._file is not None

    def _open(self, statements: list[Statement]) -> Duck | Alchemy:
        if self._provider == "duckdb":
            return Duck(self._file, self._profile.read_only, statements)
        return Alchemy(
            self._provider, self._profile, self._configuration, self._task["cwd"], self._secrets
        )

    def _load_inputs(
        self, database: Duck | Alchemy, rendered: Rendered, statements: list[Statement]
    ) -> None:
        """Make the results above that the statements name tables of the connection."""
        referred = {str(v) for v in rendered.values.values() if isinstance(v, TableName)}
        if self._provider == "duckdb":
            named = set().union(*map(words, statements)) if statements else set()
        else:
            named = set().union(*(named_tables(one, self._provider) for one in statements))
        for name in self._inputs.names:
            is_named = name.casefold() in named
            if is_named and self._inputs.is_ambiguous(name):
                # the word may be an alias
                is_named = any(
                    name.casefold() in named_tables(one, self._provider) for one in statements
                )
            text = self._table_name(name)
            clean = self._inputs.numbered(name) and not self._recorded
            if text not in referred and not is_named:
                continue
            if text != name and self._target.stands_already(name):
                continue
            source = self._inputs.find(name)
            clean = clean and source is not None and not self._target.is_sql(source.block)
            table = source and self._inputs.table(source, clean=clean)
            if table is None:
                if text in referred:
                    raise StatedError("NoTable", f"{name} is no table, and is used as one.")
                continue
            standing = None if text == name else self._target.standing_table(name)
            if isinstance(database, Duck) or standing is None:
                database.load(name, table)
            else:
                database.store(standing, table)

    def _run(self, database: Duck | Alchemy, statements: list[Statement]) -> Rows | None:
        frame = str(self._configuration.get("frame") or "pandas")
        limit = self._configuration.get("limit_in_pipeline_run")
        written: str | None = None
        rows: Rows | None = None
        for place_, statement in enumerate(statements):
            is_last = place_ == len(statements) - 1
            if is_last and self._target.wraps and database.persistent:
                rows = self._target.write(database, statement, frame)
                break
            rows = database.run(statement, fetch=is_last and gives_rows(statement), frame=frame)
            written = None if verb(statement) == "DROP" else written_table(statement) or written
        if rows is None and written and self._block.get("results") != []:
            count = int(limit) if limit else MOST_WRITTEN
            query = f"SELECT * FROM {written} LIMIT {count}"  # noqa: S608  # the block's own name
            if self._provider == "mssql":
                query = f"SELECT TOP {count} * FROM {written}"  # noqa: S608  # the block's own name
            rows = self._target.read(database, query, frame)
        return _limited(rows, int(limit)) if rows is not None and limit else rows


def _limited(rows: Rows, most: int) -> Rows:
    def batches(given: Iterator[Any]) -> Iterator[Any]:
        left = most
        for batch in given:
            yield batch.slice(0, left)
            left -= batch.num_rows
            if left <= 0:
                return

    return rows.changed(batches)
