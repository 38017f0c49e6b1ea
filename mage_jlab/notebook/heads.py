"""The head of a block's file: its imports, sorted, and the guarded import of the decorators."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mage_jlab.domain.block import BlockType

DECORATORS = frozenset(t.decorator for t in BlockType) | {"test"}
_HOMES = ("mage_jlab", "mage_ai.data_preparation.decorators")


@dataclass(frozen=True)
class Head:
    """What stands above a block's function.

    Attributes:
        text: the imports and the guards, without a newline at the end.
        inner: import lines that must stand in the function, since it binds their name itself.
    """

    text: str
    inner: list[str]


@dataclass(frozen=True)
class _Import:
    """One imported name: ``from module import name as bound``, or ``import module as bound``."""

    module: str
    name: str | None
    alias: str | None
    level: int = 0

    @property
    def bound(self) -> str:
        if self.alias:
            return self.alias
        return self.name if self.name is not None else self.module.split(".")[0]

    @property
    def line(self) -> str:
        alias = f" as {self.alias}" if self.alias else ""
        if self.name is None:
            return f"import {self.module}{alias}"
        return f"from {'.' * self.level}{self.module} import {self.name}{alias}"


def build_head(
    statements: Iterable[str],
    shared: Collection[str],
    shared_module: str,
    decorators: Collection[str],
    local: Collection[str] = (),
    known: Collection[str] = (),
) -> Head:
    """Build the head of a block's file.

    Args:
        statements: import statements, also such in ``try`` or ``if``.
        shared: the names that come from the pipeline's shared module.
        shared_module: that module's dotted name.
        decorators: the decorators to import unless the file's namespace has them already.
        local: names that the function binds itself: an import of one of them stands in it.
        known: names that the text below imports itself: no decorator of them is imported here.
    """
    imports, whole = _collect(statements)
    imports += [_Import(shared_module, name, None) for name in shared]
    guarded = set(decorators)
    outer: list[_Import] = []
    inner: list[str] = []
    for item in dict.fromkeys(imports):
        if item.module in _HOMES and item.name in DECORATORS and item.alias in (None, item.name):
            guarded.add(item.name)
        elif item.bound in local and item.module != "__future__":
            inner.append(item.line)
        else:
            outer.append(item)
    parts = [
        "\n".join(i.line for i in outer if i.module == "__future__"),
        "\n".join(i.line for i in outer if i.name == "*"),
        *_groups([i for i in outer if i.module != "__future__" and i.name != "*"], shared_module),
        *whole,
        *(
            f'if "{n}" not in globals():\n    from mage_jlab import {n}'
            for n in sorted(guarded.difference(known))
        ),
    ]
    return Head("\n\n".join(part for part in parts if part), sorted(inner))


def import_lines(statements: Iterable[str], own: str = "") -> str:
    """Write import statements as a person would: grouped, sorted, each name once.

    Args:
        statements: import statements, also such in ``try`` or ``if``.
        own: the dotted name of the project's own module.
    """
    imports, whole = _collect(statements)
    future = [one for one in dict.fromkeys(imports) if one.module == "__future__"]
    stars = [one.line for one in dict.fromkeys(imports) if one.name == "*"]
    rest = [one for one in dict.fromkeys(imports) if one not in future and one.name != "*"]
    parts = ["\n".join(one.line for one in future), "\n".join(stars), *_groups(rest, own), *whole]
    return "\n\n".join(part for part in parts if part)


def _collect(statements: Iterable[str]) -> tuple[list[_Import], list[str]]:
    """Split statements into single imports, and those that only stand as a whole."""
    imports: list[_Import] = []
    whole: list[str] = []
    for text in dict.fromkeys(statements):
        for node in ast.parse(text).body:
            if isinstance(node, ast.Import):
                imports += [_Import(a.name, None, a.asname) for a in node.names]
            elif isinstance(node, ast.ImportFrom):
                module, level = node.module or "", node.level
                imports += [_Import(module, a.name, a.asname, level) for a in node.names]
            else:
                whole.append(ast.get_source_segment(text, node) or ast.unparse(node))
    return imports, list(dict.fromkeys(whole))


def _groups(imports: list[_Import], shared_module: str) -> list[str]:
    """Write imports in three groups: standard library, others, the project's own."""
    own = shared_module.split(".")[0]

    def group(item: _Import) -> int:
        top = item.module.split(".")[0]
        if top == own or item.level:
            return 2
        return 0 if top in sys.stdlib_module_names else 1

    lines: list[list[str]] = [[], [], []]
    for number in range(3):
        members = [item for item in imports if group(item) == number]
        lines[number] += sorted({i.line for i in members if i.name is None}, key=str.lower)
        froms: dict[tuple[str, int], set[str]] = {}
        for item in members:
            if item.name is not None:
                alias = f" as {item.alias}" if item.alias else ""
                froms.setdefault((item.module, item.level), set()).add(item.name + alias)
        for (module, level), names in sorted(froms.items()):
            lines[number].append(_from_line(f"{'.' * level}{module}", sorted(names)))
    return ["\n".join(part) for part in lines]


def _from_line(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= 100:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"
