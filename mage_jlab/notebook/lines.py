"""Statements of a cell as lines: taking one out, putting one in; the rest stays as it is."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from mage_jlab.notebook.facts import parse
from mage_jlab.notebook.scopes import bound_names


def binding_statements(source: str, name: str) -> list[ast.stmt]:
    """Give the statements at the top of a cell that bind a name."""
    tree = parse(source).tree
    if tree is None:
        return []
    return [node for node in tree.body if name in bound_names([node])]


def lines_of(node: ast.stmt) -> tuple[int, int]:
    """Give the first and the last line of a statement, from 1, decorators included."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return first, node.end_lineno or node.lineno


def stands_alone(source: str, node: ast.stmt) -> bool:
    """Say whether a statement shares none of its lines with another one."""
    tree = parse(source).tree
    first, last = lines_of(node)
    return tree is not None and not any(
        lines_of(other) != (first, last)
        and lines_of(other)[0] <= last
        and lines_of(other)[1] >= first
        for other in tree.body
    )


def take_out(source: str, node: ast.stmt) -> tuple[str, str]:
    """Take a statement's lines out of a cell's text.

    Returns:
        The lines, and what is left of the cell.
    """
    lines = source.split("\n")
    first, last = lines_of(node)
    taken = lines[first - 1 : last]
    left = lines[: first - 1] + lines[last:]
    while left and not left[0].strip():
        del left[0]
    return "\n".join(taken), "\n".join(left)


def put_first(source: str, lines: str) -> str:
    """Put lines at the start of a cell, below a ``%%time`` or ``from __future__`` that leads it."""
    rows = source.split("\n")
    at = 0
    for number, row in enumerate(rows):
        if row.startswith(("%%", "from __future__")):
            at = number + 1
        elif row.strip() and not row.lstrip().startswith("#"):
            break
    return joined([*rows[:at], *lines.split("\n"), *rows[at:]])


def put_last(source: str, lines: str) -> str:
    """Put lines at the end of a cell."""
    kept = source.rstrip()
    return f"{kept}\n{lines}" if kept else lines


def joined(rows: Sequence[str]) -> str:
    """Join lines to a cell's text."""
    return "\n".join(rows).rstrip("\n")


def names_read(text: str) -> set[str]:
    """Give all names that a text mentions as names; none of one that is no Python."""
    tree = parse(text).tree
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} if tree else set()
