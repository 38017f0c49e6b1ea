"""How a block gets each name that it reads.

From a block above, a parameter, an import, shared or copied code, or not at all.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from mage_jlab.domain.analysis import Severity
from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.environment import Binding, Environment
from mage_jlab.notebook.known import BUILTINS, CANNOT_TRAVEL, DECORATORS, STAR_BUILTINS
from mage_jlab.notebook.problems import Place, Problem, Repair, error, make_block, merge
from mage_jlab.notebook.unbound import SESSION_NAMES, unbound, under_star


@dataclass(frozen=True)
class Survey:
    """What holds for the whole notebook, learned by a first reading.

    Attributes:
        blocks: the blocks by the index of their cell.
        unstable: names that several cells bind, or that a cell changes in place.
        changed: those of them that are surely changed in place.
        shared: functions and classes that can stand in the pipeline's shared file.
        later: name -> the cells that bind it.
        needed: name -> the last block whose value of it a block below reads.
        broken: names that cells which cannot be parsed seem to bind.
        notes: problems on cells that are no blocks, by the cell's index.
        log: all that is reported on any cell, in order.
    """

    blocks: Mapping[int, BlockWork]
    unstable: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    later: Mapping[str, list[int]] = field(default_factory=dict)
    needed: Mapping[str, int] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    notes: dict[int, list[Problem]] = field(default_factory=dict)
    log: list[tuple[int, Problem]] = field(default_factory=list)

    def report(self, cell: int, problem: Problem) -> None:
        """Note a problem on any cell, once."""
        block = self.blocks.get(cell)
        if block is not None:
            block.report(problem)
            return
        self.log.append((cell, problem))
        if problem not in self.notes.setdefault(cell, []):
            self.notes[cell].append(problem)


class Resolver:
    """Finds what one block needs for the names that it reads."""

    def __init__(self, block: BlockWork, environment: Environment, survey: Survey) -> None:
        self._work = block
        self._environment = environment
        self._survey = survey
        self._seen: set[str] = set()
        self._ways: dict[str, Callable[[str, Binding, Place | None], None]] = {
            "block": self.give,
            "parameter": self._parameter,
            "derived": self._derived,
            "import": self._import,
            "definition": self._definition,
            "literal": self._literal,
            "scratch": self._scratch,
            "broken": lambda _name, _binding, _place: None,
        }

    def read(self, name: str, place: Place | None, *, bare: bool = True, firm: bool = True) -> None:
        """Find what the block needs to read a name.

        Args:
            name: the name.
            place: where it is read.
            bare: whether the block never binds the name before, so that it must come
                from somewhere.
            firm: whether it is read on every path.
        """
        if name in self._seen:
            return
        self._seen.add(name)
        binding = self._environment.names.get(name)
        if binding is None:
            if bare:
                self._missing(name, place, firm=firm)
            return
        self._under_stars(name, binding)
        self._ways[binding.origin](name, binding, place)

    def _under_stars(self, name: str, binding: Binding) -> None:
        """Say what is taken to hold of a name from a block, with a star import below that block."""
        if binding.origin == "block":
            below = [cell for cell, _ in self._environment.stars if cell > binding.cell]
            for cell in below[:1]:
                self._survey.report(cell, under_star(name, self._work.name))

    def setting(self, text: str, reads: Iterable[tuple[str, Binding | None]]) -> None:
        """Copy a setting that stands above the block, with what it reads.

        The last of several that are alike counts.
        """
        for needed, meaning in reads:
            self._as_it_was(needed, meaning, "A setting above", None)
        self._work.copied.pop(text, None)
        self._work.copied[text] = None

    def give(self, name: str, binding: Binding, place: Place | None) -> None:
        """Bind a name to the result of the block above that gave it."""
        giver = self._survey.blocks[binding.cell]
        if name == "kwargs":
            self._work.report(
                error(
                    "reserved-name",
                    "kwargs holds the runtime variables of a block, so it "
                    "cannot come from another block.",
                    place,
                    (
                        Repair(
                            "rename-name",
                            "Call it my_kwargs everywhere",
                            names=("kwargs", "my_kwargs"),
                            automatic=True,
                        ),
                    ),
                )
            )
            return
        if binding.kind == "resultset" and self._work.parsed.translation.foreign is None:
            message = f"{name} is a ResultSet of %sql in the notebook, and a frame in a run."
            fixes = ("Write %config SqlMagic.autopandas = True above, and use a frame below",)
            self._work.report(error("sql-result", message, place, fixes))
        if binding.kind in CANNOT_TRAVEL:
            self._work.report(
                error(
                    "cannot-travel",
                    f"{name} is {CANNOT_TRAVEL[binding.kind]}, so it cannot pass "
                    f"from {giver.name} to {self._work.name}.",
                    place,
                    (
                        merge(giver.index, f"Merge this cell into {giver.name}"),
                        Repair("open", f"Open {name} in this cell too", giver.index, (name,)),
                    ),
                )
            )
        if binding.how in ("def", "class"):
            message = (
                f"{name} is defined on some paths only, so it cannot be handed to another block."
            )
            joined = merge(giver.index, f"Merge this cell into {giver.name}")
            self._work.report(error("cannot-travel", message, place, (joined,)))
        if binding.change is not None:
            self._changed_elsewhere(name, binding, giver)
        self._work.inputs[name] = (giver, name)
        giver.read_below[name] = None

    def _changed_elsewhere(self, name: str, binding: Binding, giver: BlockWork) -> None:
        change = binding.change
        if change is None:
            return
        joined = merge(giver.index, f"Merge this cell into {giver.name}")
        copied = f"Change a copy instead ({change.name} = {change.name}.copy())"
        if change.rebound:
            message = (
                f"{name} of {giver.name} holds a function that reads {change.name}, which is bound "
                f"anew here; {self._work.name} would call it with the old one in a run."
            )
            fixes = (joined, f"Give one of the two {change.name} another name")
            self._survey.report(change.cell, error("shared-object", message, change.place, fixes))
        elif change.cell in self._survey.blocks:
            message = (
                f"{change.name} shares an object with {name}, and {self._work.name} "
                f"would not see the change in a run."
            )
            problem = error("shared-object", message, change.place, (joined, copied))
            self._survey.report(change.cell, problem)
        else:
            done = "is changed" if change.certain else "may be changed"
            message = (
                f"{name} of {giver.name} {done} in this untagged cell, so "
                f"{self._work.name} would not see the change in a run."
            )
            fixes = (make_block("Make this cell a block"), copied)
            problem = error("scratch-shadows", message, change.place, fixes)
            self._survey.report(change.cell, problem)

    def _parameter(self, name: str, binding: Binding, _place: Place | None) -> None:
        self._work.variables[name] = binding.statements[0]

    def _derived(self, name: str, binding: Binding, place: Place | None) -> None:
        for needed, meaning in binding.needs:
            self._as_it_was(needed, meaning, name, place)
        self._work.derived[binding.statements[0]] = None

    def _import(self, _name: str, binding: Binding, _place: Place | None) -> None:
        self._work.head_imports.update(dict.fromkeys(binding.statements))

    def _definition(self, name: str, binding: Binding, place: Place | None) -> None:
        if name in self._survey.shared:
            self._work.shared[name] = None
            self._two_classes(name, binding, place)
            return
        if name in self._survey.changed:
            message = f"{name} is changed after it is defined, and a run has it as it was defined."
            self._work.report(
                error(
                    "scratch-value",
                    message,
                    place,
                    (merge(binding.cell, f"Merge this cell into the one that defines {name}"),),
                )
            )
            return
        function = binding.function
        what = "class" if function is None or function.is_class else "function"
        if function is not None and function.writes:
            written = sorted(function.writes)[0]
            self._work.report(
                error(
                    "unknown-code",
                    f"The {what} {name} binds the global name {written}, and a block has none.",
                    place,
                    (
                        merge(binding.cell, f"Merge this cell into the one that defines {name}"),
                        f"Return {written} from {name}",
                    ),
                )
            )
            return
        if what == "class":
            read = self._variables(function.reads) if function else []
            self._work.report(
                error(
                    "scratch-value",
                    f"The class {name} reads {read[0] if read else 'variables'} from "
                    f"outside, so it cannot be shared by blocks.",
                    place,
                    (
                        merge(binding.cell, f"Merge this cell into the one that defines {name}"),
                        f"Hand it to {name} as an argument",
                    ),
                )
            )
            return
        if function is not None and function.strings:
            self._work.report(
                error(
                    "unknown-code",
                    f"{name} reads {sorted(function.strings)[0]} through a "
                    f"string, which it could not in a block.",
                    place,
                    (f"Hand {sorted(function.strings)[0]} to {name} as an argument",),
                )
            )
        for needed, meaning in binding.needs:
            self._as_it_was(needed, meaning, name, place)
        self._work.copied[binding.statements[0]] = None

    def _variables(self, reads: Iterable[tuple[str, Place]]) -> list[str]:
        """Give the names of those that are read which blocks cannot share."""
        found = []
        for name, _ in reads:
            binding = self._environment.names.get(name)
            plain = binding is not None and (
                binding.origin == "import"
                or name in self._survey.shared
                or (binding.origin == "literal" and name not in self._survey.unstable)
            )
            if not plain and not (binding is None and name in BUILTINS):
                found.append(name)
        return sorted(found)

    def _two_classes(self, name: str, binding: Binding, place: Place | None) -> None:
        """A class of a block's cell that other blocks use too would be two classes in a run."""
        giver = self._survey.blocks.get(binding.cell)
        if giver is None or binding.function is None or not binding.function.is_class:
            return
        self._environment.names.trace.keep = False  # the giver's text counts as well
        tree = giver.parsed.tree
        if tree is not None and any(
            isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree)
        ):
            message = (
                f"{name} is defined and used in {giver.name}; in a run this would be another class."
            )
            title = f"Move the class {name} to a cell of its own"
            fixes = (
                Repair("move-out", title, giver.index, (name,), automatic=True),
                merge(giver.index, f"Merge this cell into {giver.name}"),
            )
            self._work.report(error("shared-object", message, place, fixes))

    def _as_it_was(
        self, needed: str, meaning: Binding | None, name: str, place: Place | None
    ) -> None:
        """Read what a copied line reads, and make sure that it still means the same."""
        if needed == "__name__":
            return
        now = self._environment.names.get(needed)
        same = now is meaning or (
            now is not None
            and meaning is not None
            and (
                now.cell == meaning.cell
                or (
                    (now.origin, now.statements) == (meaning.origin, meaning.statements)
                    and bool(now.statements)
                )
            )
        )
        if not same:
            made = self._environment.names.get(name)
            title = f"Merge this cell into the one that makes {name}"
            joined = (merge(made.cell, title),) if made is not None else ()
            self._work.report(
                error(
                    "scratch-value",
                    f"{name} was made with another {needed} than the one that stands here.",
                    place,
                    (*joined, f"Give one of the two {needed} another name"),
                )
            )
        self.read(needed, place)

    def _literal(self, name: str, binding: Binding, place: Place | None) -> None:
        if name in self._survey.unstable:
            self._scratch(name, binding, place)
            return
        for needed, meaning in binding.needs:
            self._as_it_was(needed, meaning, name, place)
        self._work.copied[binding.statements[0]] = None

    def _scratch(self, name: str, binding: Binding, place: Place | None) -> None:
        if binding.hidden is not None:
            message = (
                f"{name} is bound in this untagged cell, so {self._work.name} "
                f"would have another {name} in a run."
            )
            self._survey.report(
                binding.cell,
                error(
                    "scratch-shadows",
                    message,
                    binding.place,
                    (make_block("Make this cell a block"), f"Give {name} another name here"),
                ),
            )
            return
        cell = binding.cell
        fixes = (
            Repair("move", f"Move the line into {self._work.name}", cell, (name,)),
            make_block("Make that cell a block", cell),
            Repair("parameter", f"Make {name} a parameter", cell, (name,)),
            Repair("go", "Go to the cell that computes it", cell),
        )
        self._work.report(
            error(
                "scratch-value",
                f"{name} is computed in an untagged cell, so a run would not have it.",
                place,
                fixes,
            )
        )

    def _missing(self, name: str, place: Place | None, *, firm: bool) -> None:
        if name == "__name__":
            self._work.derived['__name__ = "__main__"'] = None
        if name == "display" or name in DECORATORS:
            if name == "display":
                self._work.head_imports["from IPython.display import display"] = None
            if name == "display" or self._work.style == "function":
                return
        if (name in BUILTINS and name not in STAR_BUILTINS) or name in self._survey.broken:
            return
        if self._environment.stars and name not in SESSION_NAMES:
            self._work.head_imports.update(dict.fromkeys(s for _, s in self._environment.stars))
            return
        if name in BUILTINS or self._work.facts.stars:
            return
        later = [cell for cell in self._survey.later.get(name, []) if cell > self._work.index]
        deleted, lost = name in self._environment.deleted, self._environment.lost.get(name, "")
        problem = unbound(name, place, deleted=deleted, later=later, lost=lost)
        if not firm and name not in SESSION_NAMES:
            problem = replace(problem, severity=Severity.WARNING)  # a run does as the notebook does
        self._work.report(problem)
