"""Going through a notebook from the top: what each cell gives to those below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mage_jlab.domain.block import BlockType
from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.document import Cell
from mage_jlab.notebook.environment import Binding, Change, Environment, ObjectId
from mage_jlab.notebook.facts import CellFacts, Parsed, facts_of, parse
from mage_jlab.notebook.foreign_blocks import ForeignCells
from mage_jlab.notebook.function_cells import bind_function
from mage_jlab.notebook.parameters import Parameters
from mage_jlab.notebook.problems import Place, error, merge
from mage_jlab.notebook.resolving import Resolver, Survey
from mage_jlab.notebook.scratch import scratch_bindings
from mage_jlab.notebook.settings import Setting, Settings
from mage_jlab.notebook.statements import import_statements, statements_of
from mage_jlab.notebook.values import Token, Value, changing_methods

_LATE = -2
"""The cell of what is not an object but a name, read when a function in a value is called."""
_DOES = -3
"""The cell of a name whose object a function in a value changes when it is called."""


@dataclass(frozen=True)
class Rest:
    """What a walk knows at one place, names and databases aside."""

    stars: tuple[tuple[int, str], ...]
    deleted: dict[str, int]
    changing: frozenset[str]
    lost: dict[str, str]
    late: frozenset[str]
    carried: tuple[Setting, ...]


class Walk:
    """One reading of a notebook, from the top."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.environment = Environment()
        self.facts: dict[int, CellFacts] = {}
        self.meanings: dict[str, list[Binding]] = {}
        self.noted: list[tuple[str, Binding]] = []
        self.settings = Settings(survey)
        self.foreign = ForeignCells(self.environment)
        self._late: set[str] = set()

    def note(self, name: str, binding: Binding) -> None:
        """Note one more meaning of a name."""
        self.meanings.setdefault(name, []).append(binding)
        self.noted.append((name, binding))

    def rest(self) -> Rest:
        """Give all that the walk knows at this place, names and databases aside."""
        here = self.environment
        return Rest(
            tuple(here.stars),
            dict(here.deleted),
            here.changing,
            dict(here.lost),
            frozenset(self._late),
            tuple(self.settings.carried),
        )

    def set_rest(self, rest: Rest) -> None:
        """Go on with what another walk knew at this place."""
        here = self.environment
        here.stars, here.deleted = list(rest.stars), dict(rest.deleted)
        here.changing, here.lost = rest.changing, dict(rest.lost)
        self._late = set(rest.late)
        self.settings.carried = list(rest.carried)

    def parameters(self, cell: Cell, parsed: Parsed, read: Parameters) -> None:
        """Take over the runtime variables."""
        self.environment.names.trace.keep = False  # what they say stands beside the cell
        facts = self._facts(cell, parsed)
        statements = (
            {}
            if parsed.tree is None
            else {
                name: statement
                for statement in statements_of(
                    parsed.tree, parsed.source, self._modules(parsed, facts)
                )
                for name in statement.names
            }
        )
        for name, bound in facts.binds.items():
            value = facts.values[name]
            binding = Binding(
                "scratch", cell.index, bound.how, value.kind, value.module, place=bound.place
            )
            if name in read.sources:
                default = read.sources[name]
                plain = not default.lstrip().startswith(("[", "{"))
                binding = replace(
                    binding,
                    origin="parameter",
                    statements=(default,),
                    kind="immutable" if plain else value.kind,
                )
            elif name in read.derived:
                needs = self._needs(read.derived[name], name)
                binding = replace(
                    binding, origin="derived", statements=(read.derived[name],), needs=needs
                )
            elif name in statements and statements[name].kind == "import":
                binding = replace(binding, origin="import", statements=_imports(statements[name]))
            self._bind(name, binding, cell, value)

    def scratch(self, cell: Cell, parsed: Parsed) -> None:
        """Take over what an untagged cell gives, and note what it hides."""
        facts = self._facts(cell, parsed)
        self._follow_sql(cell, parsed)
        for name in self.foreign.scratch(parsed):
            self._bind(name, Binding("scratch", cell.index, place=Place(1, 1)), cell, Value())
        if parsed.tree is None:
            return
        found = scratch_bindings(
            cell, parsed, facts, self.environment, self._modules(parsed, facts)
        )
        self._changes(cell.index, facts, None)
        for name in facts.deleted:
            self.environment.names.take(name)
            self.environment.deleted[name] = cell.index
        for name, binding in found.items():
            old = self.environment.names.get(name)
            if (
                binding.origin in ("scratch", "literal")
                and old is not None
                and old.origin in ("block", "parameter")
            ):
                binding = replace(binding, origin="scratch", hidden=old)
            elif binding.origin == "scratch" and old is not None and old.hidden is not None:
                binding = replace(binding, hidden=old.hidden)
            self._bind(name, binding, cell, facts.values[name])
        self.environment.stars += [(cell.index, star) for star in facts.stars]
        self._read_late(cell, facts)
        self.settings.gather(cell, parsed, facts, self.environment)

    def block(self, block: BlockWork) -> None:
        """Find what a block needs, and take over what it gives."""
        facts = block.facts = self._facts(block.cell, block.parsed)
        resolver = Resolver(block, self.environment, self.survey)
        self._follow_sql(block.cell, block.parsed)
        if block.parsed.translation.foreign is not None:
            self._foreign(block, resolver)
            return
        self.settings.give(resolver)
        if block.function is not None:
            value = bind_function(block, resolver, self.environment)
            binding = Binding(
                "block",
                block.index,
                "assign",
                value.kind,
                place=facts.binds[block.function.name].place,
            )
            self._bind(block.function.name, binding, block.cell, Value(kind=value.kind))
            self.settings.function(block, facts, self.environment)
            return
        for name, place in facts.reads.items():
            resolver.read(name, place, bare=name in facts.bare, firm=name in facts.firm)
        for name, bound in facts.binds.items():
            old = self.environment.names.get(name)
            if (
                name not in facts.sure
                and old is not None
                and (bound.how != "for" or block.index <= self.survey.needed.get(name, -1))
                and bound.how not in ("import", "def", "class")
            ):
                resolver.read(name, bound.place, bare=False)
        for problem in (*block.parsed.translation.problems, *facts.problems):
            block.report(problem)
        for name, place in facts.string_names.items():
            message = (
                f"{name} is read through a string inside a function or comprehension, "
                "where a block could not find it."
            )
            block.report(
                error("unknown-code", message, place, (f"Hand {name} to it as an argument",))
            )
        self._changes(block.index, facts, block)
        for name in facts.deleted:
            self.environment.names.take(name)
            self.environment.deleted[name] = block.index
        definitions = self._definitions(block, facts)
        for name, bound in facts.binds.items():
            value = facts.values[name]
            binding = definitions.get(name) or Binding(
                "block",
                block.index,
                bound.how,
                value.kind,
                value.module,
                value.function,
                place=bound.place,
                maybe=name not in facts.sure,
            )
            self._bind(name, binding, block.cell, value)
        for name in block.changes:
            if name not in facts.binds and name in self.environment.names:
                self._given_anew(name, block, facts)
        self.environment.stars += [(block.index, star) for star in facts.stars]
        self._read_late(block.cell, facts)
        self.settings.gather(block.cell, block.parsed, facts, self.environment)

    def _follow_sql(self, cell: Cell, parsed: Parsed) -> None:
        foreign = parsed.translation.foreign is not None
        if self.foreign.sql.follow(cell.source) or foreign:
            self.environment.names.trace.keep = False  # databases and R's names leave no trace

    def _foreign(self, block: BlockWork, resolver: Resolver) -> None:
        """Find what a block in SQL or R needs, and take over what it gives."""
        facts = block.facts = self.facts[block.index] = self.foreign.block(block, resolver)
        kind = block.foreign.bound if block.foreign is not None else ""
        for name, bound in facts.binds.items() if kind else ():
            binding = Binding("block", block.index, bound.how, kind, place=bound.place)
            self._bind(name, binding, block.cell, facts.values[name])

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

    def _given_anew(self, name: str, block: BlockWork, facts: CellFacts) -> None:
        """A block that changes a name in place gives it to the blocks below.

        With what it now holds.
        """
        old = self.environment.names[name]
        held = facts.values.get(name)
        parts = self._objects(block.index, held.parts) if held is not None else frozenset()
        self.environment.names[name] = replace(
            old,
            origin="block",
            cell=block.index,
            statements=(),
            needs=(),
            hidden=None,
            place=block.changes[name][0],
            change=None,
            parts=old.parts | parts,
        )

    def _definitions(self, block: BlockWork, facts: CellFacts) -> dict[str, Binding]:
        """Imports, functions and classes of a block reach others like those of an untagged cell."""
        if block.parsed.tree is None or block.style == "function":
            return {}
        travels = any(
            bound.how in ("import", "def", "class") or facts.values[name].function is not None
            for name, bound in facts.binds.items()
        )
        if not travels:
            return {}
        found = scratch_bindings(
            block.cell, block.parsed, facts, self.environment, self._modules(block.parsed, facts)
        )
        return {
            name: binding
            for name, binding in found.items()
            if binding.origin == "import"
            or (binding.origin == "definition" and name in facts.binds)
        }

    def _facts(self, cell: Cell, parsed: Parsed) -> CellFacts:
        context = self.environment.context(parsed.words, self.survey.shared)
        facts = self.facts[cell.index] = facts_of(parsed.text, context)
        self.environment.lost.update(parsed.translation.lost)
        return facts

    def _modules(self, parsed: Parsed, facts: CellFacts) -> dict[str, str]:
        """Give what the cell's words were imported as, dotted."""
        names = self.environment.names
        known = {
            name: one.module
            for name in names.known(parsed.words)
            for one in (names[name],)
            if one.module is not None
        }
        known.update(
            {name: value.module for name, value in facts.values.items() if value.module is not None}
        )
        return known

    def _needs(self, line: str, name: str) -> tuple[tuple[str, Binding | None], ...]:
        facts = facts_of(line, self.environment.context(parse(line).words, frozenset()))
        return tuple(
            (read, self.environment.names.get(read)) for read in facts.reads if read != name
        )

    def _bind(self, name: str, binding: Binding, cell: Cell, value: Value) -> None:
        own = self._objects(cell.index, value.own)
        parts = self._objects(cell.index, value.parts)
        bound = binding.standing_for(own, parts, value.cls)
        self.environment.names[name] = bound
        if value.function is not None and value.function.is_class:
            self.environment.changing |= changing_methods(value.function)
        self.note(name, bound)
        self.environment.deleted.pop(name, None)

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


def _imports(statement: object) -> tuple[str, ...]:
    node = getattr(statement, "node", None)
    return tuple(text for _, text in import_statements(node)) if node is not None else ()
