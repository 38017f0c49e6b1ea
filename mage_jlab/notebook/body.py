"""The text of a cell as the body of a function: the same lines, with only what must change."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from mage_jlab.notebook.scopes import bound_names

INDENT = "    "


@dataclass(frozen=True)
class Body:
    """A cell's text made fit for a function.

    Attributes:
        source: as many lines as the cell, without those that only a module may hold.
        lifted: the statements that were taken out, for the head of the file.
        bound: the names that the text binds in the function itself.
    """

    source: str
    lifted: tuple[str, ...]
    bound: frozenset[str]


@dataclass(frozen=True)
class _Edit:
    line: int
    start: int
    end_line: int
    end: int
    text: str


@lru_cache(maxsize=1024)
def fit_body(source: str) -> Body:
    """Make a cell's text fit for a function: star imports and ``from __future__`` go to the head.

    Raises:
        SyntaxError: when the text is no Python.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    tree = ast.parse(source)
    found = [node for node in _own_statements(tree) if _module_only(node)]
    return Body(
        _apply(source, [_replace(source, node, "pass") for node in found]),
        tuple(ast.unparse(node) for node in found),
        frozenset(bound_names(tree.body)),
    )


def lift_future(source: str) -> tuple[str, list[str]]:
    """Take ``from __future__`` lines out of a text; gives it with as many lines, and them.

    Raises:
        SyntaxError: when the text is no Python.
    """
    found = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]
    edits = [_replace(source, node, "pass") for node in found]
    return _apply(source, edits), [ast.unparse(node) for node in found]


@lru_cache(maxsize=4096)
def indent(source: str, prefix: str = INDENT) -> str:
    """Indent a Python text by token: lines that begin inside a string stay as they are."""
    inside = _lines_in_strings(source)
    return "\n".join(
        line if number in inside or not line.strip() else prefix + line
        for number, line in enumerate(source.split("\n"), 1)
    )


@lru_cache(maxsize=1024)
def has_statements(source: str) -> bool:
    """Whether a Python text does something: more than comments and blank lines."""
    return bool(ast.parse(source).body)


def _own_statements(tree: ast.Module) -> Iterable[ast.stmt]:
    """All statements of the cell's own scope, those in its ``if`` and ``for`` too."""
    queue: list[ast.AST] = list(tree.body)
    while queue:
        node = queue.pop(0)
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            queue.extend(
                child
                for child in ast.iter_child_nodes(node)
                if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case)
            )


def _module_only(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and (
        node.module == "__future__" or any(alias.name == "*" for alias in node.names)
    )


def _place(source: str, node: ast.stmt) -> tuple[int, int, int, int]:
    """A statement's place, columns in characters (``ast`` counts bytes)."""
    lines = source.split("\n")
    last = node.end_lineno or node.lineno
    start = len(lines[node.lineno - 1].encode()[: node.col_offset].decode())
    end = len(lines[last - 1].encode()[: node.end_col_offset or 0].decode())
    return node.lineno, start, last, end


def _replace(source: str, node: ast.stmt, text: str) -> _Edit:
    return _Edit(*_place(source, node), text)


def _apply(source: str, edits: list[_Edit]) -> str:
    """Carry out edits; one over several lines leaves blank lines, so that their number stays."""
    lines = source.split("\n")
    for edit in sorted(edits, key=lambda e: (e.line, e.start), reverse=True):
        head = lines[edit.line - 1][: edit.start]
        tail = lines[edit.end_line - 1][edit.end :]
        blank = [""] * (edit.end_line - edit.line)
        lines[edit.line - 1 : edit.end_line] = [head + edit.text + tail, *blank]
    return "\n".join(lines)


def _lines_in_strings(source: str) -> set[int]:
    """The lines that begin inside a string, f-strings included."""
    starts = {tokenize.STRING}
    opened: list[int] = []
    found: set[int] = set()
    opens = {getattr(tokenize, n, None) for n in ("FSTRING_START", "TSTRING_START")} - {None}
    closes = {getattr(tokenize, n, None) for n in ("FSTRING_END", "TSTRING_END")} - {None}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in starts:
            found.update(range(token.start[0] + 1, token.end[0] + 1))
        elif token.type in opens:
            opened.append(token.start[0])
        elif token.type in closes:
            found.update(range(opened.pop() + 1, token.end[0] + 1))
    return found
