"""What the SQL of a cell reads, writes and gives. The parser is loaded when the first SQL comes."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from mage_jlab.notebook.known import names
from mage_jlab.notebook.strings import tables

if TYPE_CHECKING:
    from sqlglot import exp

DIALECTS = {"mssql": "tsql"}
"""sqlglot's names of dialects, where they are not the data provider's."""

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{#.*?#\}|\{%.*?%\}", re.DOTALL)
_BRACE = re.compile(r"(?<!\{)\{([^\W\d]\w*)\}(?!\})")
_LITERAL = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_MARKED = re.compile(r"(?<![:\w$])[:$]([^\W\d]\w*)")
_WORD = re.compile(r"[^\W\d]\w*")
_FILE = re.compile(r"[/\\.*]|^[a-z]+$")
_OF_TEMPLATES = names("words_of_templates")


@dataclass(frozen=True)
class SqlText:
    """What is known of the statements of one cell.

    Attributes:
        reads: the tables that they read and do not make before, each with its line and column
            in the text, from 1; a schema stands before a dot.
        writes: the tables and views that they make or change.
        files_read: the files, or patterns of files, that they read.
        files_written: the files that they write.
        variables: names that stand in templates, and those marked by ``:`` or ``$`` or ``{}``.
        gives: whether the last statement has rows to give.
        verb: the last statement's first word, in lower case.
        problem: a message and its line and column, when it cannot be parsed.
        certain: whether that problem is one of the text, and not of the parser.
    """

    reads: dict[str, tuple[int, int]]
    writes: tuple[str, ...] = ()
    files_read: tuple[str, ...] = ()
    files_written: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    gives: bool = True
    verb: str = "select"
    problem: tuple[str, int, int] | None = None
    certain: bool = True


@lru_cache(maxsize=1024)
def read_sql(text: str, provider: str) -> SqlText:
    """Read the SQL of a cell.

    Args:
        text: the statements; templates and marked names may stand in them.
        provider: the data provider, whose dialect it is.
    """
    import sqlglot
    from sqlglot.errors import SqlglotError

    masked = _masked(text)
    templates, variables = _names(text)
    # sqlglot says on its log what it cannot parse and takes as it is
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        parsed = sqlglot.parse(masked, dialect=DIALECTS.get(provider, provider))
    except SqlglotError as error:
        reads = {name: _place(masked, name) for name in tables(_LITERAL.sub("", masked))}
        said = _complaint(masked, provider)
        message, line, column = _problem(error, masked)
        return SqlText(
            reads,
            templates=templates,
            variables=variables,
            problem=(said or message, line, column),
            certain=bool(said) and "{%" not in text,
        )
    statements = [one for one in parsed if one is not None]
    found = _Found()
    for statement in statements:
        found.statement(statement)
    reads = {name: _place(masked, name) for name in found.reads}
    last = statements[-1] if statements else None
    verb = _WORD.search(_LITERAL.sub("", masked).split(";")[-1].strip() or masked)
    return SqlText(
        {name: place for name, place in reads.items() if not name.startswith("__")},
        tuple(dict.fromkeys(found.writes)),
        tuple(dict.fromkeys(found.files_read)),
        tuple(dict.fromkeys(found.files_written)),
        templates,
        variables,
        last is not None and _gives(last),
        verb[0].lower() if verb else "select",
    )


class _Found:
    def __init__(self) -> None:
        self.reads: dict[str, None] = {}
        self.writes: list[str] = []
        self.files_read: list[str] = []
        self.files_written: list[str] = []

    def statement(self, statement: exp.Expr) -> None:
        """Take over what one statement does."""
        from sqlglot import exp

        written = _target(statement)
        if isinstance(statement, exp.Command):
            for name in tables(statement.sql()):
                self.reads.setdefault(name)
        if isinstance(statement, exp.Copy):
            files = [one.name for one in statement.args.get("files") or () if one.name]
            (self.files_read if statement.args.get("kind") else self.files_written).extend(files)
            if statement.args.get("kind") and isinstance(statement.this, exp.Table):
                written = statement.this
        if isinstance(statement, exp.Attach):
            self.files_read += [one.name for one in statement.find_all(exp.Literal)]
        if isinstance(statement, exp.Use):
            return
        for table in statement.find_all(exp.Table):
            if table is written:
                continue
            self._table(table)
        if written is not None and written.name:
            self.writes.append(_full(written))

    def _table(self, table: exp.Table) -> None:
        from sqlglot import exp

        if not isinstance(table.this, exp.Identifier):
            texts = [one.name for one in table.this.find_all(exp.Literal) if one.is_string]
            self.files_read += [text for text in texts if _FILE.search(text)][:8]
            return
        name = _full(table)
        if table.this.quoted and _is_file(table.name):
            self.files_read.append(table.name)
        elif not table.db and table.name in _common(table):
            return
        elif name not in self.writes:
            self.reads.setdefault(name)


def _target(statement: exp.Expr) -> exp.Table | None:
    """Give the table that a statement makes or changes."""
    from sqlglot import exp

    changing = (exp.Create, exp.Insert, exp.Update, exp.Delete, exp.Drop, exp.Merge, exp.Alter)
    if isinstance(statement, exp.TruncateTable):
        first = statement.expressions[0] if statement.expressions else None
        return first if isinstance(first, exp.Table) else None
    if not isinstance(statement, changing):
        return None
    inner = statement.this or next(iter(statement.args.get("tables") or ()), None)
    while isinstance(inner, exp.Expr) and not isinstance(inner, exp.Table):
        inner = inner.this
    return inner if isinstance(inner, exp.Table) else None


def _common(table: exp.Table) -> set[str]:
    """Give the names of the common table expressions that a table's name may mean."""
    from sqlglot import exp

    names: set[str] = set()
    inner: exp.Expr = table
    outer = table.parent
    while outer is not None:
        clause = (
            outer
            if isinstance(outer, exp.With)
            else outer.args.get("with_") or outer.args.get("with")
        )
        if isinstance(clause, exp.With):
            within = isinstance(outer, exp.With)
            for one in clause.expressions:
                if within and one is inner:
                    names |= {one.alias} if clause.args.get("recursive") else set()
                    break
                if within or clause is not inner:
                    names.add(one.alias)
        inner, outer = outer, outer.parent
    return names


def _full(table: exp.Table) -> str:
    return f"{table.db}.{table.name}" if table.db else table.name


def _is_file(name: str) -> bool:
    return "://" in name or "/" in name or bool(re.search(r"\.\w{2,7}$", name))


def _gives(statement: exp.Expr) -> bool:
    from sqlglot import exp

    if isinstance(statement, exp.Command):
        return statement.name.lower() in ("explain", "show", "describe", "summarize", "call")
    giving = (exp.Query, exp.Describe, exp.Show, exp.Pragma, exp.Summarize, exp.Pivot, exp.Values)
    return isinstance(statement, giving) or statement.args.get("returning") is not None


def _masked(text: str) -> str:
    """Give the text with a name as long in the place of each template, its lines kept."""

    def blank(found: re.Match[str]) -> str:
        whole = found[0]
        if whole.startswith(("{#", "{%")) or "\n" in whole:
            return re.sub(r"[^\n]", " ", whole)
        return "__" + "x" * (len(whole) - 2)

    return _BRACE.sub(blank, _TEMPLATE.sub(blank, text))


def _names(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the names in Jinja's templates, and those that are marked in another way."""
    templates: dict[str, None] = {}
    for found in _TEMPLATE.findall(text):
        bare = re.sub(r"'[^']*'|\"[^\"]*\"|\|\s*\w+|\.\s*\w+|\b\w+\s*\(", " ", found)
        if not found.startswith("{#"):
            templates |= dict.fromkeys(w for w in _WORD.findall(bare) if w not in _OF_TEMPLATES)
    rest = _LITERAL.sub(lambda found: " " * len(found[0]), _TEMPLATE.sub("", text))
    marked = [*_MARKED.findall(rest), *_BRACE.findall(_TEMPLATE.sub("", text))]
    return tuple(templates), tuple(dict.fromkeys(marked))


def as_templates(text: str, names: frozenset[str]) -> str:
    """Give the text with Jinja's templates in the place of marked names (``:x``, ``$x``, ``{x}``).

    Args:
        text: the SQL.
        names: the names that are variables here; others stay as they are.
    """

    def template(found: re.Match[str]) -> str:
        return "{{ " + found[1] + " }}" if found[1] in names else found[0]

    parts = []
    end = 0
    for found in [*_LITERAL.finditer(text), None]:
        start = found.start() if found else len(text)
        parts.append(_MARKED.sub(template, _BRACE.sub(template, text[end:start])))
        if found is not None:
            parts.append(_BRACE.sub(template, found[0]))
            end = found.end()
    return "".join(parts)


def _place(text: str, name: str) -> tuple[int, int]:
    last = re.escape(name.rsplit(".", 1)[-1])
    found = re.search(rf"(?<![\w.]){last}(?!\w)", text) or re.search(last, text)
    at = found.start() if found else 0
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _problem(error: Exception, text: str) -> tuple[str, int, int]:
    details = list(_details(error))
    if not details:
        return "it cannot be read", 1, 1
    line, column, word, what = details[0]
    message = f"{what[0].lower()}{what[1:]}" if what else "it cannot be read"
    message = "something is missing" if "Required keyword" in message else message
    near = f" at {word}" if word.strip() else ""
    return f"{message}{near}", min(line, text.count("\n") + 1), max(column - len(word) + 1, 1)


def _details(error: Exception) -> Iterator[tuple[int, int, str, str]]:
    for one in getattr(error, "errors", ()):
        word = str(one.get("highlight") or "")
        yield (
            int(one.get("line") or 1),
            int(one.get("col") or 1),
            word,
            str(one.get("description") or ""),
        )


def _complaint(text: str, provider: str) -> str:
    """Give what DuckDB's or SQLite's own parser says against a text that sqlglot cannot read."""
    if provider == "duckdb":
        import duckdb

        try:
            duckdb.extract_statements(text)
        except duckdb.Error as error:
            return str(error).split("\n")[0].removeprefix("Parser Error: ")
    if provider == "sqlite":
        import sqlite3

        database = sqlite3.connect(":memory:")
        try:
            database.execute(f"EXPLAIN {text.strip().rstrip(';')}")
        except sqlite3.Error as error:
            said = str(error)
            return said if "syntax error" in said or "incomplete" in said else ""
        finally:
            database.close()
    return ""
