"""The statements of an untagged cell.

Imports, definitions, literals, and the rest.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from mage_jlab.notebook.guess import is_constant, makes_class
from mage_jlab.notebook.known import BUILTINS, kind_of
from mage_jlab.notebook.scopes import bound_names, imported_name, target_names

Kind = Literal["import", "definition", "literal", "value", "effect"]


@dataclass(frozen=True)
class Statement:
    """One statement at the top of a cell.

    Attributes:
        names: the names that it binds.
        text: its lines, without what stands beside it on the same line.
    """

    kind: Kind
    node: ast.stmt
    names: tuple[str, ...]
    text: str


def statements_of(tree: ast.Module, source: str, modules: Mapping[str, str]) -> Iterator[Statement]:
    """Sort a cell's statements.

    Args:
        tree: the parsed cell.
        source: its text.
        modules: what the cell's names were imported as, dotted.
    """
    for node, names, text in _parts(tree, source):
        yield Statement(_kind(node, modules), node, names, text)


@lru_cache(maxsize=4096)
def _parts(tree: ast.Module, source: str) -> tuple[tuple[ast.stmt, tuple[str, ...], str], ...]:
    """Give each statement with the names that it binds and its text."""
    lines = source.split("\n")
    return tuple(
        (node, tuple(sorted(bound_names([node]))), text_of(node, lines)) for node in tree.body
    )


def text_of(node: ast.stmt, lines: list[str]) -> str:
    """Give the lines of a statement; written anew when it shares a line with another."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    last = node.end_lineno or node.lineno
    text = "\n".join(lines[first - 1 : last])
    try:
        alone = len(ast.parse(text).body) == 1
    except SyntaxError:
        alone = False
    return text if alone else ast.unparse(node)


def import_statements(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """Give each name that an import binds, with a statement that binds it alone."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield imported_name(alias), ast.unparse(ast.Import([alias]))
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            if alias.name != "*":
                yield (
                    imported_name(alias),
                    ast.unparse(ast.ImportFrom(node.module, [alias], node.level)),
                )


def _kind(node: ast.stmt, modules: Mapping[str, str]) -> Kind:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return "import"
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return "definition"
    if isinstance(node, ast.Try | ast.If) and _only_imports(node):
        return "import"
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return _assignment(node, modules)
    return "value" if bound_names([node]) else "effect"


def _assignment(node: ast.Assign | ast.AnnAssign, modules: Mapping[str, str]) -> Kind:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if not any(list(target_names(target)) for target in targets):
        return "value"
    if node.value is None:
        return "effect"
    if len(targets) == 1 and isinstance(targets[0], ast.Name) and _defines(node.value, modules):
        return "definition"
    if all(isinstance(target, ast.Name) for target in targets) and is_literal(node.value, modules):
        return "literal"
    return "value"


def _defines(value: ast.expr, modules: Mapping[str, str]) -> bool:
    """Say whether an expression makes a function or a class: a lambda, a ``namedtuple``."""
    if isinstance(value, ast.Call):
        dotted = dotted_name(value.func, modules)
        return makes_class(value) or dotted == "functools.partial"
    return isinstance(value, ast.Lambda)


def is_literal(value: ast.expr, modules: Mapping[str, str]) -> bool:
    """Say whether an expression is made of literals, or makes an unchanging value from literals."""
    if is_constant(value):
        return True
    for node in ast.walk(value):
        if isinstance(
            node,
            ast.Await | ast.NamedExpr | ast.Lambda | ast.comprehension | ast.Yield | ast.YieldFrom,
        ):
            return False
        if isinstance(node, ast.Call):
            dotted = dotted_name(node.func, modules)
            if not dotted or kind_of(dotted) != "immutable" or _varies(dotted):
                return False
        if isinstance(node, ast.Name) and node.id not in modules and node.id not in _CONSTRUCTORS:
            return False
    return True


_CONSTRUCTORS = frozenset(
    {
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "frozenset",
        "len",
        "abs",
        "round",
        "range",
        "slice",
        "__name__",
    }
)
_VARYING = (
    "time.",
    "uuid.",
    "os.",
    "hash",
    "id",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "datetime.now",
    "datetime.date.now",
    "pandas.Timestamp.now",
    "pandas.Timestamp.today",
)


def _varies(dotted: str) -> bool:
    if dotted.startswith("os.path."):
        return False
    return dotted.startswith(_VARYING) or dotted.rsplit(".", 1)[-1] in (
        "now",
        "today",
        "utcnow",
        "cwd",
        "home",
        "exists",
        "glob",
        "read_text",
    )


def dotted_name(node: ast.expr, modules: Mapping[str, str]) -> str:
    """Give the full name of ``np.random.seed`` by what ``np`` was imported as.

    Empty when it is no plain name.
    """
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    root = modules.get(node.id, node.id)
    if node.id not in modules and node.id not in BUILTINS:
        return ""
    return ".".join([root, *reversed(parts)])


def _only_imports(node: ast.Try | ast.If) -> bool:
    parts: list[ast.stmt] = [*node.body, *node.orelse]
    if isinstance(node, ast.Try):
        parts += [part for handler in node.handlers for part in handler.body] + node.finalbody
    elif any(isinstance(part, ast.Name) for part in ast.walk(node.test)):
        return False
    has_import = any(isinstance(part, ast.Import | ast.ImportFrom) for part in parts)
    return has_import and all(
        isinstance(part, ast.Import | ast.ImportFrom | ast.Pass)
        or (isinstance(part, ast.Assign) and is_constant(part.value))
        for part in parts
    )
