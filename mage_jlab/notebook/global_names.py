"""``global`` of a cell's name becomes ``nonlocal`` in a block, whose body is a function."""

from __future__ import annotations

import ast

from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.problems import Places, Repair, error
from mage_jlab.notebook.scopes import bound_names, local_names


def local_source(block: BlockWork, source: str) -> str:
    """Give a plain cell's source as the body of a function; the number of lines stays."""
    tree = block.parsed.tree
    if tree is None or "global" not in source:
        return source
    known = bound_names(tree.body) | block.inputs.keys() | block.variables.keys()
    lines = source.split("\n")
    places = Places(source)
    for node, nested, between in _globals(tree):
        line = lines[node.lineno - 1]
        start = places.of(node).column - 1
        hidden = [name for name in node.names if name in between]
        if hidden:
            block.report(
                error(
                    "unknown-code",
                    f"{hidden[0]} is the cell's by global, and a function in between has one of "
                    "its own, which a block cannot tell apart.",
                    places.of(node),
                    ("Rename one of the two",),
                )
            )
            continue
        missing = [name for name in node.names if name not in known]
        if missing and nested:
            block.report(
                error(
                    "unknown-code",
                    f"{missing[0]} is bound only inside a function by global, which a block "
                    "cannot do.",
                    places.of(node),
                    (
                        Repair(
                            "bind-first",
                            f"Bind {missing[0]} to None in the cell first",
                            names=(missing[0],),
                            automatic=True,
                        ),
                    ),
                )
            )
        elif nested:
            lines[node.lineno - 1] = line[:start] + "nonlocal" + line[start + len("global") :]
        else:
            end = places.of(node).end
            lines[node.lineno - 1] = line[:start] + "pass" + (line[end - 1 :] if end else "")
    return "\n".join(lines)


def _globals(tree: ast.Module) -> list[tuple[ast.Global, bool, frozenset[str]]]:
    """Find ``global`` statements: whether they are nested, and what functions in between bind."""
    found: list[tuple[ast.Global, bool, frozenset[str]]] = []
    own: frozenset[str] = frozenset()
    queue: list[tuple[ast.AST, bool, frozenset[str], frozenset[str]]]
    queue = [(node, False, frozenset(), own) for node in tree.body]
    while queue:
        node, nested, between, own = queue.pop()
        if isinstance(node, ast.Global):
            found.append((node, nested, between))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            nested, between, own = True, between | own, frozenset(local_names(node))
        elif isinstance(node, ast.ClassDef):
            nested, between, own = True, between | own, frozenset()
        queue += [(child, nested, between, own) for child in ast.iter_child_nodes(node)]
    return found
