"""Python's scoping, against Python's own symbol tables."""

from __future__ import annotations

import ast
import symtable

import pytest

from mage_jlab.notebook.facts import facts_of
from mage_jlab.notebook.scope_state import Context
from mage_jlab.notebook.scopes import all_nodes, bound_names, local_names

SOURCES = [
    (
        "def f(a, *b, c=1, **d):\n    x = a + y\n    for i in z:\n"
        "        pass\n    return [q for q in w]"
    ),
    (
        "def f():\n    global g\n    g = 1\n    def h():\n"
        "        nonlocal_ = k\n        return nonlocal_\n    return h"
    ),
    "def f():\n    n = 0\n    def h():\n        nonlocal n\n        n += m\n    h()",
    (
        "def f(x):\n    match x:\n        case {'a': a, **rest}:\n"
        "            pass\n        case [b, *c] | (b, c):\n            pass\n"
        "        case P(d) as e:\n            pass"
    ),
    (
        "def f():\n    with o() as (a, [b, *c]), p() as d.e:\n        pass\n"
        "    try:\n        import os.path as q, sys\n    except E as err:\n"
        "        pass"
    ),
    "def f():\n    if (n := len(a)) > 1:\n        return [m := v for v in n]",
    (
        "def f(a=outer):\n    class C(Base):\n        size = a\n"
        "        def m(self):\n            return size\n    return C"
    ),
    "def f():\n    g = lambda x, y=d: x + y + z\n    del g",
    "async def f():\n    async with a as b:\n        async for c in d:\n            await e",
    "def f():\n    return {k: v for k, v in pairs if v > lo for w in v}",
    "def f():\n    x: int\n    y: T = 1\n    x += 1",
]


@pytest.mark.parametrize("source", SOURCES)
def test_local_names_are_pythons(source: str) -> None:
    node = ast.parse(source).body[0]
    table = symtable.symtable(source, "x", "exec").get_children()[0]
    locals_ = {
        one.get_name() for one in table.get_symbols() if one.is_local() and not one.is_free()
    }
    locals_ = {name for name in locals_ if not name.startswith(".")}
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    assert local_names(node) == locals_


@pytest.mark.parametrize("source", SOURCES)
def test_names_read_from_outside_are_pythons(source: str) -> None:
    table = symtable.symtable(source, "x", "exec").get_children()[0]

    def globals_of(scope: symtable.SymbolTable) -> set[str]:
        found = {
            one.get_name() for one in scope.get_symbols() if one.is_global() and one.is_referenced()
        }
        return found.union(*(globals_of(child) for child in scope.get_children()))

    facts = facts_of(source, Context())
    function = facts.functions()["f"]
    late = {name for name, _ in function.reads}
    assert late <= globals_of(table) | {"outer"}
    called = facts_of(f"{source}\nf", Context()).reads.keys()
    never_evaluated = {"int", "T"}  # the annotations of a function's own variables
    assert globals_of(table) - {"g"} <= called | {"size"} | never_evaluated


def test_names_bound_at_the_top() -> None:
    source = (
        "import a.b, c as d\nfrom e import f as g\nfor h, (i, *j) in k: pass\n"
        "x.y = z[0] = 1\n(l := 2)\n[m := 1 for n in o]"
    )
    assert bound_names(ast.parse(source).body) == {"a", "d", "g", "h", "i", "j", "l", "m"}


def test_nodes_are_walked_once_though_a_debugger_has_hung_parents_on_them() -> None:
    tree = ast.parse("total = a + b")
    adding = tree.body[0].value
    adding.op.parent = adding
    try:
        found = all_nodes(ast.parse("x = c + d"))
    finally:
        del adding.op.parent
    assert [type(node).__name__ for node in found] == [
        *("Module", "Assign", "Name", "BinOp", "Name", "Add", "Name"),
    ]
