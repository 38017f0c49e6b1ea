"""What parsed SQL statements read, write and give."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mage_jlab.notebook.strings import tables

if TYPE_CHECKING:
    from sqlglot import exp

_FILE = re.compile(r"[/\\.*]|^[a-z]+$")


class Found:
    """What statements do, gathered one after the other.

    Attributes:
        reads: the tables that they read and do not make before, in order.
        writes: the tables and views that they make or change.
        files_read: the files, or patterns of files, that they read.
        files_written: the files that they write.
    """

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


def gives_rows(statement: exp.Expr) -> bool:
    """Say whether a statement has rows to give."""
    from sqlglot import exp

    if isinstance(statement, exp.Command):
        return statement.name.lower() in ("explain", "show", "describe", "summarize", "call")
    giving = (exp.Query, exp.Describe, exp.Show, exp.Pragma, exp.Summarize, exp.Pivot, exp.Values)
    return isinstance(statement, giving) or statement.args.get("returning") is not None
