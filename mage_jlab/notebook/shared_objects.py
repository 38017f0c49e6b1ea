"""Which names see a change in place, and which functions see a name that is bound anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mage_jlab.domain.block import BlockType
from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.document import Cell
from mage_jlab.notebook.environment import Binding, Change, Environment, ObjectId
from mage_jlab.notebook.facts import CellFacts
from mage_jlab.notebook.problems import Place, error, merge
from mage_jlab.notebook.resolving import Survey
from mage_jlab.notebook.values import Token

_LATE = -2
"""The cell of what is not an object but a name, read when a function in a value is called."""
_DOES = -3
"""The cell of a name whose object a function in a value changes when it is called."""


class SharedObjects:
    """The part of a walk that follows objects from name to name."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.environment = Environment()
        self._late: set[str] = set()

    def _read_late(self, cell: Cell, facts: CellFacts) -> None:
        """Mark values with functions that read a name which this cell binds anew."""
        for name, bound in facts.binds.items():
            old, new = self.environment.names.was(name), self.environment.names.get(name)
            if name not in self._late or old is None or new is None or _same_import(old, new):
                continue
            change = Change(cell.index, name, bound.place, certain=True, rebound=True)
            self.environment.names.trace.scanned.add((_LATE, name))
            for other, binding in list(self.environment.names.items()):
                if (
                    (_LATE, name) in binding.own | binding.parts
                    and binding.origin == "block"
                    and binding.cell != cell.index
                    and binding.change is None
                ):
                    self.environment.names.trace.placed = True
                    self.environment.names[other] = replace(binding, change=change)
            block = self.survey.blocks.get(cell.index)
            for other in block.inputs if block is not None else ():
                held = self.environment.names.was(other)
                if held is not None and (_LATE, name) in held.own | held.parts:
                    self._two_names(cell.index, other, name, bound.place)

    def _two_names(self, cell: int, holder: str, name: str, place: Place) -> None:
        """A block that binds a name anew which a function among its inputs reads."""
        block = self.survey.blocks[cell]
        giver = block.inputs[holder][0]
        message = (
            f"{holder} of {giver.name} holds a function that reads {name}, which is bound anew "
            f"here; in a run that function has the old one."
        )
        fixes = (
            merge(giver.index, f"Merge this cell into {giver.name}"),
            f"Give one of the two {name} another name",
        )
        block.report(error("shared-object", message, place, fixes))

    def _objects(self, cell: int, tokens: Iterable[Token]) -> frozenset[ObjectId]:
        found: set[ObjectId] = set()
        for scope, name in tokens:
            if scope == "new":
                found.add((cell, name))
            elif scope == "late":
                self._late.add(name)
                found.add((_LATE, name))
            elif scope == "does":
                found.add((_DOES, name))
            else:
                binding = self.environment.names.was(name)
                if binding is not None:
                    found |= binding.own if scope == "outer" else binding.parts
                else:
                    found.add((-1, f"{scope} {name}"))
        return frozenset(found)

    def _changes(self, cell: int, facts: CellFacts, block: BlockWork | None) -> None:
        """Note which names see a change in place.

        Those that the cell does not hand on are marked.
        """
        names = self.environment.names
        hit: dict[ObjectId, dict[str, tuple[Place, bool]]] = {}
        direct: dict[str, tuple[Place, bool]] = {}
        for token, seen in facts.changed.items():
            if token[0] in ("new", "late", "does") or token[1] not in names:
                continue
            if names[token[1]].origin in ("import", "definition"):
                continue
            if token[0] == "outer" or token[1] not in direct:
                direct[token[1]] = seen
                hit.setdefault((_LATE, token[1]), {})[token[1]] = seen
            for one in self._objects(cell, [token]):
                hit.setdefault(one, {})[token[1]] = seen
        for (_, holder), place in facts.called.items():
            kept = names.get(holder)
            for scope, name in kept.own | kept.parts if kept is not None else ():
                for one in names[name].own if scope == _DOES and name in names else ():
                    hit.setdefault(one, {})[holder] = (place, True)
        for name in names.known(frozenset(self._late)) if hit else ():
            for one in names[name].own | names[name].parts:
                hit.setdefault((_LATE, name), {}).update(hit.get(one, {}))
        if block is not None:
            quiet = block.role.type is BlockType.CHART
            mine = {name: one for name, one in direct.items() if name in facts.reads}
            block.changes.update({name: one for name, one in mine.items() if one[1] or not quiet})
        names.trace.scanned.update(hit)
        for name, binding in list(names.items()) if hit else ():
            changers = {
                changer: seen
                for one in binding.own | binding.parts
                for changer, seen in hit.get(one, {}).items()
                if changer != name or block is None
            }
            if not changers or binding.origin not in ("block", "parameter"):
                continue
            changer, (place, certain) = max(changers.items(), key=lambda item: item[1][1])
            change = Change(cell, changer, place, certain)
            if block is not None and name in block.inputs:
                self._two_copies(block, name, change)
            elif name not in facts.binds and binding.change is None:
                names.trace.placed = True
                names[name] = replace(binding, change=change)

    def _two_copies(self, block: BlockWork, name: str, change: Change) -> None:
        """A block that reads two names of one object has two copies of it, and changes one."""
        giver = block.inputs[name][0]
        block.report(
            error(
                "shared-object",
                f"{change.name} and {name} share an object that is changed here; "
                f"in a run {block.name} has two copies of it.",
                change.place,
                (
                    merge(giver.index, f"Merge this cell into {giver.name}"),
                    f"Read only {change.name}",
                ),
            )
        )


def _same_import(old: Binding, new: Binding) -> bool:
    return old.origin == new.origin == "import" and old.module == new.module
