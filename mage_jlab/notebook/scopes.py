"""Which names a scope binds: Python's rules for functions, classes, patterns and targets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NO_NODES = frozenset({type(None), str, int, bool, float, bytes, ast.Load, ast.Store, ast.Del})


@lru_cache(maxsize=4096)
def tree_of(source: str) -> ast.Module:
    """Parse a cell's Python; whoever is given the tree must leave it as it is.

    Raises:
        SyntaxError: when it is no Python.
        ValueError: when it holds null bytes.
    """
    return ast.parse(source)


def all_nodes(tree: ast.AST) -> list[ast.AST]:
    """Give a parsed tree's nodes as ``ast.walk`` does, in a third of its time.

    Without those that say nothing but whether a name is read or bound. Only fields are followed: a
    debugger may have hung a ``parent`` on the operators, which all trees of a process share.
    """
    found = [tree]
    for node in found:
        for name in node._fields:
            part = getattr(node, name, None)
            if part.__class__ is list:
                found += [one for one in part if isinstance(one, ast.AST)]
            elif part.__class__ not in _NO_NODES and isinstance(part, ast.AST):
                found.append(part)
    return found


def target_names(target: ast.AST) -> Iterator[ast.Name]:
    """Give the names that a target binds (of ``a, *b, c[0] = …``: a and b)."""
    if isinstance(target, ast.Name):
        yield target
    elif isinstance(target, ast.Starred):
        yield from target_names(target.value)
    elif isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from target_names(part)


def pattern_names(pattern: ast.AST) -> Iterator[str]:
    """Give the names that a ``case`` pattern binds."""
    for node in ast.walk(pattern):
        name = getattr(node, "rest", None) if isinstance(node, ast.MatchMapping) else None
        if isinstance(node, ast.MatchAs | ast.MatchStar):
            name = node.name
        if name:
            yield name


def imported_name(alias: ast.alias) -> str:
    """Give the name that one part of an import binds."""
    return alias.asname or alias.name.split(".")[0]


def parameters(function: Function) -> list[str]:
    """Give a function's parameters, positional ones first."""
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return names + [one.arg for one in (given.vararg, given.kwarg) if one]


def type_names(node: ast.AST) -> set[str]:
    """Give the type parameters of a definition: of ``def f[T, *Ts]``, T and Ts (Python 3.12)."""
    return {str(one.name) for one in getattr(node, "type_params", ())}


def bound_names(body: Iterable[ast.AST]) -> set[str]:
    """Give the names that statements bind in their own scope.

    ``global`` and ``nonlocal`` names too.
    """
    found: set[str] = set()
    for node in _own_nodes(body):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update(imported_name(alias) for alias in node.names if alias.name != "*")
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchAs | ast.MatchStar | ast.MatchMapping):
            name = node.rest if isinstance(node, ast.MatchMapping) else node.name
            if name:
                found.add(name)
    return found


def declared(body: Iterable[ast.AST], kind: type[ast.Global | ast.Nonlocal]) -> set[str]:
    """Give the names that statements of one scope declare ``global`` (or ``nonlocal``)."""
    return {name for node in _own_nodes(body) if isinstance(node, kind) for name in node.names}


def local_names(function: Function) -> set[str]:
    """Give the names that are a function's own."""
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    outer = declared(body, ast.Global) | declared(body, ast.Nonlocal)
    return (bound_names(body) - outer) | set(parameters(function)) | type_names(function)


def _own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Go through the nodes of one scope; what nested scopes evaluate in this one is included."""
    queue = list(body)
    while queue:
        node = queue.pop()
        yield node
        if isinstance(node, ast.Lambda):
            queue += [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            queue += [
                *node.decorator_list,
                *node.args.defaults,
                *(one for one in node.args.kw_defaults if one),
            ]
        elif isinstance(node, ast.ClassDef):
            queue += [*node.decorator_list, *node.bases, *node.keywords]
        elif isinstance(node, COMPREHENSIONS):
            queue += _walrus_targets(node)
            queue.append(node.generators[0].iter)
        else:
            queue += list(ast.iter_child_nodes(node))


def _walrus_targets(node: ast.AST) -> list[ast.AST]:
    """A walrus in a comprehension binds in the scope around it."""
    found: list[ast.AST] = []
    queue = list(ast.iter_child_nodes(node))
    while queue:
        part = queue.pop()
        if isinstance(part, ast.NamedExpr):
            found.append(part.target)
        if not isinstance(part, SCOPES):
            queue += list(ast.iter_child_nodes(part))
    return found


_PYTHON = re.compile(
    r"(?:sys\.)?version_info(?:\[0\]|\[:1\]|\.major)? ([<>=!]+ \d)(?:, 0?)?(?:, 0)?"
)
_OUTCOMES = {
    **dict.fromkeys(("< 3", "<= 2", "== 2", "!= 3", "six.PY2", "PY2"), False),
    **dict.fromkeys(("> 2", ">= 3", "== 3", "!= 2", "six.PY3", "PY3"), True),
}
"""How questions about Python's first number come out, in any Python that can run a block."""


def known_outcome(test: ast.expr) -> bool | None:
    """Say how a test comes out where it is a literal, or asks whether this is Python 2."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        outcome = known_outcome(test.operand)
        return None if outcome is None else not outcome
    text = ast.unparse(test).replace("(", "").replace(")", "")
    asked = _PYTHON.fullmatch(text)
    return _OUTCOMES.get(asked[1] if asked is not None else text)
