"""What holds for a whole notebook.

Names that do not stay the same, and definitions that blocks can share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mage_jlab.notebook.environment import Binding
from mage_jlab.notebook.facts import Parsed
from mage_jlab.notebook.known import BUILTINS
from mage_jlab.notebook.walk import Walk

_ASSIGNED = re.compile(
    r"^\s*(?:(?:async\s+)?def|class|for|import|from\s+\S+\s+import)?\s*([A-Za-z_]\w*)\s*(?:=(?!=)|[(:,]|$|\s+in\b|\s+as\b)",
    re.MULTILINE,
)


def unstable_names(walk: Walk, changed: frozenset[str]) -> frozenset[str]:
    """Give the names that mean different things in different cells.

    Or whose object a cell changes in place.
    """
    found = frozenset(name for name, one in walk.meanings.items() if not _same(one))
    return found | changed


def changed_names(walk: Walk) -> frozenset[str]:
    """Give the names whose object a cell surely changes in place."""
    return frozenset(
        name for facts in walk.facts.values() if facts.changed for name in facts.surely_changed
    )


def _same(meanings: Iterable[Binding]) -> bool:
    first, *others = meanings
    return not others or all(
        other.cell == first.cell
        or (other.origin == first.origin == "import" and other.module == first.module)
        for other in others
    )


def shared_names(walk: Walk, unstable: frozenset[str]) -> frozenset[str]:
    """Give the functions and classes that read only imports, literals, and others like them."""
    stable = {
        name: meanings[-1] for name, meanings in walk.meanings.items() if name not in unstable
    }
    found = {
        name
        for name, binding in stable.items()
        if binding.origin == "definition" and _can_stand(binding)
    }
    while True:
        kept = {
            name
            for name in found
            if all(_reachable(read, stable, found, walk) for read in reads_of(stable[name]))
        }
        if kept == found:
            return frozenset(found)
        found = kept


def _can_stand(binding: Binding) -> bool:
    function = binding.function
    # A class that a call makes (``namedtuple``) has no function of its own.
    return function is None or not (function.writes or function.changes)


def reads_of(binding: Binding) -> list[str]:
    """Give all names that a definition or literal reads, when it is made and when it is called."""
    late = [name for name, _ in binding.function.reads] if binding.function is not None else []
    return list(dict.fromkeys([*(name for name, _ in binding.needs), *late]))


def _reachable(name: str, stable: Mapping[str, Binding], found: set[str], walk: Walk) -> bool:
    if name in found:
        return True
    binding = stable.get(name)
    if binding is not None:
        return binding.origin == "import" or (
            binding.origin == "literal"
            and all(_reachable(read, stable, found, walk) for read in reads_of(binding))
        )
    if name in walk.meanings:
        return False
    return name in BUILTINS or bool(walk.environment.stars) or name == "display"


def names_in_broken(cells: Iterable[Parsed]) -> frozenset[str]:
    """Give the names that cells which cannot be parsed seem to bind.

    So that their readers are not blamed.
    """
    return frozenset(
        name for parsed in cells if parsed.tree is None for name in _ASSIGNED.findall(parsed.text)
    )
