"""Blocks in SQL and R: what they take from the blocks above, and what they give."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mage_jlab.domain.block import BlockType, Language
from mage_jlab.notebook.block_work import BlockWork, ForeignWork
from mage_jlab.notebook.environment import Binding, Environment
from mage_jlab.notebook.facts import CellFacts, Parsed
from mage_jlab.notebook.foreign import Foreign
from mage_jlab.notebook.outside import Outside, address
from mage_jlab.notebook.problems import Place, error, make_block, warning
from mage_jlab.notebook.r_text import RText, read_r
from mage_jlab.notebook.resolving import Resolver
from mage_jlab.notebook.scope_state import Bound
from mage_jlab.notebook.sql_session import Connection, SqlSession
from mage_jlab.notebook.sql_templates import as_templates
from mage_jlab.notebook.sql_text import SqlText, read_sql
from mage_jlab.notebook.values import Value

_OF_THE_DATABASE = (
    "information_schema",
    "pg_catalog",
    "sqlite_master",
    "sqlite_schema",
    "duckdb_",
    "pragma_",
    "main.sqlite_",
)
_WORDS = frozenset({"select", "from", "with", "values"})


@dataclass
class ForeignCells:
    """Follows the cells of SQL and R through a notebook, from the top.

    Attributes:
        sql: what the cells above say to the SQL magics.
        libraries: the lines of R above that load packages.
        made: the names that cells of R above bind in R's own session, each with its cell.
    """

    environment: Environment
    sql: SqlSession = field(default_factory=SqlSession)
    libraries: dict[str, None] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)

    def block(self, block: BlockWork, resolver: Resolver) -> CellFacts:
        """Find what a block needs and gives; its work is noted on it."""
        foreign = block.parsed.translation.foreign
        if foreign is None:
            return CellFacts()
        for problem in block.parsed.translation.problems:
            block.report(problem)
        if foreign.language == "R":
            return self._r(block, foreign, resolver)
        return self._sql(block, foreign, resolver)

    def scratch(self, parsed: Parsed) -> tuple[str, ...]:
        """Take over what an untagged cell gives to the names of the notebook."""
        foreign = parsed.translation.foreign
        if foreign is None:
            return ()
        if foreign.language == "R":
            found = read_r(foreign.text)
            self.libraries.update(dict.fromkeys(found.libraries))
        self.sql.connect(foreign.connection)
        return foreign.results

    def _sql(self, block: BlockWork, foreign: Foreign, resolver: Resolver) -> CellFacts:
        connection = self.sql.of(foreign, block.role.configuration)
        sql = read_sql(foreign.text, connection.provider or "duckdb")
        self._check(block, foreign, connection, sql)
        for name, (line, column) in sql.reads.items():
            place = _at(foreign, line, column, len(name))
            self._table(block, connection, name, place, resolver)
        known = {
            name
            for name in (*sql.templates, *sql.variables)
            if self._variable(block, name, resolver)
        }
        text = as_templates(foreign.text, frozenset(known))
        for name in sql.writes if connection.memory else ():
            self.sql.made.setdefault(name.lower(), block.index)
        name = foreign.results[0] if foreign.results else sql_name(sql)
        kind = "pandas" if foreign.frame or self.sql.frames else "resultset"
        block.foreign = ForeignWork(
            Language.SQL,
            text,
            configuration=connection.configuration(block.role.configuration),
            outside=_outside(sql, connection, block),
            words=name,
            bound=kind if foreign.results and not foreign.saved else "",
        )
        if not sql.gives:
            return CellFacts()
        place = Place(foreign.line, 1)
        if foreign.saved:
            self.environment.saved[name] = Binding("block", block.index, place=place)
        return _given((name,), place, "pandas")

    def _check(
        self, block: BlockWork, foreign: Foreign, connection: Connection, sql: SqlText
    ) -> None:
        if sql.problem is not None:
            message, line, column = sql.problem
            place = _at(foreign, line, column, 0)
            what = f"This is no SQL that {connection.provider or 'duckdb'} runs: {message}."
            if sql.certain:
                block.report(error("syntax", what, place, ("Mend the line",)))
            else:
                what = f"This SQL could not be followed ({message}), so its tables may be missing."
                block.report(
                    warning("unknown-code", what, place, ("Declare the blocks above in upstream",))
                )
        if not connection.provider:
            message = f"Which database {connection.named} is cannot be read here."
            fixes = (
                "Name it by its URL (%sql duckdb:///…)",
                "Give the block data_provider and data_provider_profile",
            )
            block.report(error("sql-connection", message, Place(1, 1), fixes))
        elif connection.profile:
            profile = block.role.configuration.get("data_provider_profile", "default")
            message = (
                f"This asks {connection.provider}; in a run the profile {profile} of "
                "io_config.yaml says where and as whom."
            )
            block.report(warning("sql-connection", message, Place(1, 1), ("Write the profile",)))

    def _table(
        self, block: BlockWork, connection: Connection, name: str, place: Place, resolver: Resolver
    ) -> None:
        """Find where a table comes from: a block above, the notebook's names, or the database."""
        saved = self.environment.saved.get(name)
        if saved is not None:
            resolver.give(name, saved, place)
            return
        binding = self.environment.names.get(name)
        if connection.provider == "duckdb" and binding is not None and self._is_value(binding):
            if binding.origin == "block":
                resolver.read(name, place, bare=False)
            else:
                message = (
                    f"{name} is made in an untagged cell, so a run would not have it as a table."
                )
                fix = make_block("Make that cell a block", binding.cell)
                block.report(error("scratch-value", message, place, (fix,)))
            return
        maker = self.sql.made.get(name.lower())
        if not connection.memory or name.lower().startswith(_OF_THE_DATABASE) or "." in name:
            return
        if maker is not None:
            message = (
                f"{name} is a table of a database in memory, which cell #{maker} made; each block "
                "of a run has a new one."
            )
            merged = "Write the two into one cell"
        else:
            message = (
                f"There is no table {name}: no cell above gives it, and the database is in memory."
            )
            merged = "Write the cells that use it into one"
        fixes = (merged, "Ask a database in a file (%sql duckdb:///….db)")
        block.report(error("cannot-travel", message, place, fixes))

    def _is_value(self, binding: Binding) -> bool:
        return (
            binding.origin in ("block", "scratch", "literal", "derived")
            and binding.function is None
        )

    def _variable(self, block: BlockWork, name: str, resolver: Resolver) -> bool:
        """Hand a value to a template; say whether it is one of the notebook's."""
        binding = self.environment.names.get(name)
        if binding is None or binding.origin in ("import", "definition"):
            return False
        if binding.origin == "parameter":
            block.variables[name] = binding.statements[0]
        elif binding.origin == "block":
            resolver.read(name, Place(1, 1), bare=False)
        else:
            message = (
                f"{name} stands in this SQL and is made in an untagged cell, so a run has it not."
            )
            fixes = (f"Make {name} a parameter", make_block("Make that cell a block", binding.cell))
            block.report(error("scratch-value", message, Place(1, 1), fixes))
        return True

    def _r(self, block: BlockWork, foreign: Foreign, resolver: Resolver) -> CellFacts:
        place = Place(max(foreign.line - 1, 1), 1)
        found = read_r(foreign.text)
        for name in foreign.inputs:
            self._input(block, name, place, resolver)
        for name in sorted(found.uses - set(foreign.inputs)):
            maker = self.made.get(name)
            if maker is not None and name not in found.binds:
                message = f"{name} is made in R by cell #{maker}, and each block begins R anew."
                fixes = (
                    "Write the two into one cell",
                    f"Hand it on (%%R -o {name} there, -i {name} here)",
                )
                block.report(error("cannot-travel", message, place, fixes))
        for name in found.binds:
            self.made[name] = block.index
        for name in foreign.inputs:
            self.made.pop(name, None)
        head = [line for line in self.libraries if line not in found.libraries]
        self.libraries.update(dict.fromkeys(found.libraries))
        configuration = dict(block.role.configuration)
        if foreign.figure:
            figure = {key: _number(value) for key, value in foreign.figure}
            configuration = {"figure": figure} | configuration
        outside = Outside(
            frozenset(address(one) for one in found.files_written),
            frozenset(address(one) for one in (*found.files_read, *found.files_written)),
        )
        block.foreign = ForeignWork(
            Language.R,
            foreign.text,
            "\n".join(head),
            configuration,
            outside,
            _r_words(foreign, found),
            "unknown",
        )
        return _given(foreign.results, place, "unknown")

    def _input(self, block: BlockWork, name: str, place: Place, resolver: Resolver) -> None:
        binding = self.environment.names.get(name)
        if binding is None or binding.origin == "block":
            resolver.read(name, place)
        elif binding.origin == "parameter":
            block.variables[name] = binding.statements[0]
        else:
            message = f"{name} is made in an untagged cell, so a run would not have it for R."
            block.report(
                error(
                    "scratch-value",
                    message,
                    place,
                    (make_block("Make that cell a block", binding.cell),),
                )
            )


def _given(names: tuple[str, ...], place: Place, kind: str) -> CellFacts:
    """Give the facts of a cell that binds names and does nothing else to them."""
    bound = {name: Bound("assign", place) for name in names}
    values = {name: Value(frozenset({("new", name)}), kind=kind) for name in names}
    return CellFacts(binds=bound, sure=frozenset(bound), values=values)


def _r_words(foreign: Foreign, found: RText) -> str:
    """Give a name for a cell of R: what it draws, writes or calls."""
    thing = foreign.inputs[0] if foreign.inputs else ""
    if found.plots:
        return f"plot_{thing or 'r'}"
    if found.files_written:
        return "write_" + found.files_written[0].rsplit("/", 1)[-1].split(".")[0]
    last = re.findall(r"([A-Za-z][\w.]*)\(", foreign.text)
    return f"{last[-1]}_{thing}".rstrip("_") if last else "r"


def sql_name(sql: SqlText) -> str:
    """Give the result of a query that has no name: its verb, and the first thing that it reads."""
    things = [*sql.writes[-1:]] if not sql.gives else []
    things += [*sql.reads, *(one.rsplit("/", 1)[-1].split(".")[0] for one in sql.files_read)]
    verb = "select" if sql.verb in _WORDS or not sql.verb.isidentifier() else sql.verb
    things = [one.rsplit(".", 1)[-1] for one in things if one]
    name = "".join(char if char.isalnum() else "_" for char in things[0]) if things else "values"
    return f"{verb}_{name}".strip("_").lower()


def foreign_type(foreign: Foreign) -> BlockType | None:
    """Guess the type of a cell in SQL or R; None when it does nothing that a run needs."""
    if foreign.language == "R":
        found = read_r(foreign.text)
        if found.only_loads:
            return None
        if found.plots and not foreign.results:
            return BlockType.CHART
        if found.files_written and not foreign.results:
            return BlockType.DATA_EXPORTER
        return BlockType.TRANSFORMER if foreign.inputs else BlockType.DATA_LOADER
    sql = read_sql(foreign.text, foreign.dialect or "duckdb")
    if not sql.gives:
        return BlockType.DATA_EXPORTER
    return BlockType.DATA_LOADER if sql.files_read or not sql.reads else BlockType.TRANSFORMER


def _outside(sql: SqlText, connection: Connection, block: BlockWork) -> Outside:
    writes = {address(one) for one in sql.files_written}
    names = {address(one) for one in sql.files_read}
    if not connection.memory:
        writes |= {f"table:{one.lower()}" for one in sql.writes}
        names |= {f"table:{one.lower()}" for one in sql.reads if one not in block.inputs}
        if connection.database:
            (writes if sql.writes else names).add(address(connection.database))
    return Outside(frozenset(writes), frozenset(names | writes))


def _at(foreign: Foreign, line: int, column: int, length: int) -> Place:
    column += foreign.column - 1 if line == 1 else 0
    return Place(foreign.line + line - 1, column, column + length if length else None)


def _number(text: str) -> float | int | str:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text
