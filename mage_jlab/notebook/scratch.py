"""What an untagged cell's names are to the blocks below.

Imports, definitions, literals, or values that a run has not.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from mage_jlab.notebook.document import Cell
from mage_jlab.notebook.environment import Binding, Environment
from mage_jlab.notebook.facts import CellFacts, Parsed, facts_of, parse
from mage_jlab.notebook.guess import makes_class
from mage_jlab.notebook.statements import Statement, import_statements, statements_of


def scratch_bindings(
    cell: Cell,
    parsed: Parsed,
    facts: CellFacts,
    environment: Environment,
    modules: Mapping[str, str],
) -> dict[str, Binding]:
    """Give the bindings that a cell leaves behind, sorted by how a block below can have them."""
    if parsed.tree is None:
        return {}
    found: dict[str, Binding] = {}
    counts: dict[str, int] = {}
    statements = list(statements_of(parsed.tree, parsed.source, modules))
    for statement in statements:
        for name in statement.names:
            counts[name] = counts.get(name, 0) + 1
    inside = Environment(environment.names.inner())
    for statement in statements:
        for name in statement.names:
            if name not in facts.binds:
                continue
            binding = _binding(name, cell, statement, facts, inside)
            if counts[name] > 1 and binding.origin == "literal":
                binding = _value(name, cell, facts)
            earlier = found.get(name)
            if (
                earlier is not None
                and earlier.origin == "import" == binding.origin
                and earlier.module == binding.module
            ):
                statements_ = tuple(dict.fromkeys((*earlier.statements, *binding.statements)))
                binding = Binding(
                    "import",
                    cell.index,
                    "import",
                    binding.kind,
                    binding.module,
                    None,
                    statements_,
                    place=binding.place,
                )
            found[name] = binding
            # What a name means between two bindings of a cell is not what the cell leaves.
            alone = counts[name] == 1
            inside.names[name] = binding if alone else replace(binding, cell=-1)
    for name in facts.binds:
        if name not in found:
            found[name] = _value(name, cell, facts)
    return found


def _binding(
    name: str, cell: Cell, statement: Statement, facts: CellFacts, inside: Environment
) -> Binding:
    value = facts.values[name]
    plain = _value(name, cell, facts)
    if statement.kind == "import":
        texts = tuple(text for one, text in import_statements(statement.node) if one == name) or (
            statement.text,
        )
        return replace(
            plain, origin="import", how="import", statements=_joined(name, texts, inside)
        )
    factory = isinstance(statement.node, ast.Assign) and makes_class(statement.node.value)
    if statement.kind == "definition" and (factory or value.function is not None):
        needs = _needs(statement, inside, name)
        return replace(plain, origin="definition", statements=(statement.text,), needs=needs)
    if statement.kind == "literal" or _made_of_literals(statement.node, inside):
        needs = _needs(statement, inside, name)
        return replace(
            plain, origin="literal", how="assign", statements=(statement.text,), needs=needs
        )
    return plain


def _made_of_literals(node: ast.stmt, inside: Environment) -> bool:
    """Say whether a name is bound to what plain operators make of literals above."""
    if not isinstance(node, ast.Assign):
        return False
    value = node.value
    if not all(isinstance(part, _PLAIN) for part in ast.walk(value)):
        return False
    names = [part.id for part in ast.walk(value) if isinstance(part, ast.Name)]
    bindings = [inside.names.get(name) for name in names]
    # An object that two names share is not made anew: a copy for each would be two.
    return (
        bool(names)
        and not isinstance(value, ast.Name)
        and all(isinstance(target, ast.Name) for target in node.targets)
        and all(one is not None and one.origin == "literal" for one in bindings)
        and all(one is not None and one.kind == "immutable" for one in bindings)
    )


_PLAIN = (
    ast.Name,
    ast.Constant,
    ast.BinOp,
    ast.UnaryOp,
    ast.JoinedStr,
    ast.FormattedValue,
    ast.Dict,
    ast.List,
    ast.Tuple,
    ast.operator,
    ast.unaryop,
    ast.expr_context,
)


def _joined(name: str, texts: tuple[str, ...], inside: Environment) -> tuple[str, ...]:
    """``import a.b`` and ``import a.c`` both bind ``a``, and whoever uses it needs both."""
    old = inside.names.get(name)
    if (
        old is None
        or old.origin != "import"
        or not all(
            text.startswith(f"import {name}.") or text == f"import {name}"
            for text in (*old.statements, *texts)
        )
    ):
        return texts
    return tuple(dict.fromkeys((*old.statements, *texts)))


def _value(name: str, cell: Cell, facts: CellFacts) -> Binding:
    value = facts.values[name]
    bound = facts.binds[name]
    return Binding(
        "scratch",
        cell.index,
        bound.how,
        value.kind,
        value.module,
        value.function,
        place=bound.place,
    )


def _needs(
    statement: Statement, inside: Environment, name: str
) -> tuple[tuple[str, Binding | None], ...]:
    """Give the names that a statement reads when it runs; a function's body is read later."""
    text = statement.text
    context = inside.context(parse(text).words, frozenset())
    facts = facts_of(text, context)
    return tuple((read, inside.names.get(read)) for read in facts.reads if read != name)
