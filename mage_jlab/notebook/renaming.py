"""Giving a name of the notebook another name everywhere, by token: all else stays as it is."""

from __future__ import annotations

import ast

from mage_jlab.domain.errors import UnprocessableError
from mage_jlab.notebook.cells import Offer
from mage_jlab.notebook.draft import Draft
from mage_jlab.notebook.facts import parse
from mage_jlab.notebook.problems import Places
from mage_jlab.notebook.scopes import bound_names, imported_name, local_names


def rename_everywhere(draft: Draft, offer: Offer) -> None:
    """Rename a name of the notebook's own scope in all cells."""
    old, new = offer.repair.names
    for index in draft.code_cells():
        parsed = parse(draft.source(index))
        if old not in parsed.words:
            continue
        if parsed.tree is None or parsed.source != draft.source(index):
            raise UnprocessableError(
                f"Cell #{index} uses {old} and has magics, so it must be renamed by hand.",
                "cannot-rename",
            )
        draft.set_source(index, renamed(parsed.source, parsed.tree, old, new))


def renamed(source: str, tree: ast.Module, old: str, new: str) -> str:
    """Give a cell's text with a name of its outermost scope renamed."""
    found = sorted(_places(tree, Places(source), old), reverse=True)
    lines = source.split("\n")
    for line, column in found:
        row = lines[line - 1]
        if not row.startswith(old, column - 1):
            raise _by_hand(old)
        lines[line - 1] = row[: column - 1] + new + row[column - 1 + len(old) :]
    return "\n".join(lines)


def _places(tree: ast.Module, places: Places, name: str) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    queue: list[ast.AST] = list(tree.body)
    while queue:
        node = queue.pop()
        if _binds_otherwise(node, name):
            raise _by_hand(name)
        if isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
        ) and name in local_names(node):
            # Its own name: only decorators and defaults belong to the scope around it.
            queue += [*getattr(node, "decorator_list", []), *node.args.defaults]
            queue += [one for one in node.args.kw_defaults if one is not None]
            continue
        if isinstance(node, ast.Name) and node.id == name:
            place = places.of(node)
            found.add((place.line, place.column))
        queue += list(ast.iter_child_nodes(node))
    return found


def _binds_otherwise(node: ast.AST, name: str) -> bool:
    """Say whether a node holds the name as something else than a name."""
    if isinstance(node, ast.Global):
        return name in node.names
    if isinstance(node, ast.alias):
        return imported_name(node) == name
    if isinstance(node, ast.ClassDef):
        return name in bound_names(node.body) | {node.name}
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name


def _by_hand(name: str) -> UnprocessableError:
    return UnprocessableError(
        f"{name} stands where it cannot be renamed by itself; rename it by hand.", "cannot-rename"
    )
