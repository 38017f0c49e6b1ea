"""What the SQL of a cell reads, writes and gives. The parser is loaded when the first SQL comes."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mage_jlab.notebook.sql_statements import Found, gives_rows
from mage_jlab.notebook.sql_templates import LITERAL, WORD, marked_names, masked
from mage_jlab.notebook.strings import tables

DIALECTS = {"mssql": "tsql"}
"""sqlglot's names of dialects, where they are not the data provider's."""


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

    bare = masked(text)
    templates, variables = marked_names(text)
    # sqlglot says on its log what it cannot parse and takes as it is
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        parsed = sqlglot.parse(bare, dialect=DIALECTS.get(provider, provider))
    except SqlglotError as error:
        reads = {name: _place(bare, name) for name in tables(LITERAL.sub("", bare))}
        said = _complaint(bare, provider)
        message, line, column = _problem(error, bare)
        return SqlText(
            reads,
            templates=templates,
            variables=variables,
            problem=(said or message, line, column),
            certain=bool(said) and "{%" not in text,
        )
    statements = [one for one in parsed if one is not None]
    found = Found()
    for statement in statements:
        found.statement(statement)
    reads = {name: _place(bare, name) for name in found.reads}
    last = statements[-1] if statements else None
    verb = WORD.search(LITERAL.sub("", bare).split(";")[-1].strip() or bare)
    return SqlText(
        {name: place for name, place in reads.items() if not name.startswith("__")},
        tuple(dict.fromkeys(found.writes)),
        tuple(dict.fromkeys(found.files_read)),
        tuple(dict.fromkeys(found.files_written)),
        templates,
        variables,
        last is not None and gives_rows(last),
        verb[0].lower() if verb else "select",
    )


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
