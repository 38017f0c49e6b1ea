"""What each name means at one place of a notebook.

Which cell bound it, and how it can reach a block's file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from mage_jlab.notebook.known import BUILTINS
from mage_jlab.notebook.problems import Place
from mage_jlab.notebook.scope_state import Context
from mage_jlab.notebook.traced_names import Names
from mage_jlab.notebook.values import Called

Origin = Literal[
    "block", "parameter", "derived", "import", "definition", "literal", "scratch", "broken"
]
ObjectId = tuple[int, str]
"""An object of the notebook: the cell that made it, and its token there."""


@dataclass(frozen=True)
class Change:
    """A change in place of an object that this name can reach.

    By a cell that does not hand the name on. Or a new binding of a name that a function in the
    value reads when it is called.
    """

    cell: int
    name: str
    place: Place
    certain: bool
    rebound: bool = False


@dataclass(frozen=True)
class Binding:
    """The meaning of a name from one cell on.

    Attributes:
        origin: how a block below can have it.
        cell: the index of the cell that bound it.
        how: the statement that bound it (``assign``, ``for``, ``import``, …).
        statements: the imports that bind it, or its definition or literal, as text.
        needs: names that the statement reads when it runs, each with what it meant there.
        hidden: what a block gave under this name before an untagged cell bound or changed it.
        place: where in its cell it was bound; this makes no other meaning of it.
    """

    origin: Origin
    cell: int
    how: str = "assign"
    kind: str = "unknown"
    module: str | None = None
    function: Called | None = None
    statements: tuple[str, ...] = ()
    needs: tuple[tuple[str, Binding | None], ...] = ()
    hidden: Binding | None = None
    place: Place | None = field(default=None, compare=False)
    maybe: bool = False
    change: Change | None = None
    own: frozenset[ObjectId] = frozenset()
    parts: frozenset[ObjectId] = frozenset()
    cls: Called | None = None

    def standing_for(
        self, own: frozenset[ObjectId], parts: frozenset[ObjectId], cls: Called | None
    ) -> Binding:
        """Give the binding with its objects; made for each name of each cell, so without a call."""
        made = object.__new__(Binding)
        made.__dict__.update(self.__dict__, own=own, parts=parts, cls=cls)
        return made


@dataclass
class Environment:
    """All names at one place of the notebook.

    Attributes:
        changing: names of methods with which objects of the notebook's classes change themselves.
    """

    names: Names = field(default_factory=Names)
    stars: list[tuple[int, str]] = field(default_factory=list)
    deleted: dict[str, int] = field(default_factory=dict)
    changing: frozenset[str] = frozenset()
    lost: dict[str, str] = field(default_factory=dict)
    saved: dict[str, Binding] = field(default_factory=dict)

    def context(self, words: frozenset[str], shared: frozenset[str]) -> Context:
        """Give what a cell with these words must know.

        Args:
            words: all words in the cell.
            shared: functions that stand in the pipeline's shared file, so that what they read is no
                matter of the cell.
        """
        modules: list[tuple[str, str]] = []
        functions: list[tuple[str, Called]] = []
        kinds: list[tuple[str, str]] = []
        classes: list[tuple[str, Called]] = []
        queue = sorted(self.names.known(words))
        seen = set(queue)
        while queue:
            name = queue.pop(0)
            binding = self.names[name]
            if binding.module is not None:
                modules.append((name, binding.module))
            if binding.function is not None:
                function = binding.function.alone if name in shared else binding.function
                functions.append((name, function))
                called = [call.name for call in function.calls]
                for other in [one for one, _ in function.reads] + sorted(function.changes) + called:
                    if other in self.names and other not in seen:
                        seen.add(other)
                        queue.append(other)
            if binding.kind != "unknown":
                kinds.append((name, binding.kind))
            if binding.cls is not None:
                classes.append((name, binding.cls))
        return Context(
            tuple(modules),
            tuple(functions),
            tuple(kinds),
            frozenset(seen) - BUILTINS,
            tuple(classes),
            self.changing & words,
        )
