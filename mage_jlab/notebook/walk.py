"""Going through a notebook from the top: what each cell gives to those below."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.document import Cell
from mage_jlab.notebook.environment import Binding
from mage_jlab.notebook.facts import CellFacts, Parsed, facts_of, parse
from mage_jlab.notebook.foreign_blocks import ForeignCells
from mage_jlab.notebook.function_cells import bind_function
from mage_jlab.notebook.parameters import Parameters
from mage_jlab.notebook.problems import Place, error
from mage_jlab.notebook.resolving import Resolver, Survey
from mage_jlab.notebook.scratch import scratch_bindings
from mage_jlab.notebook.settings import Setting, Settings
from mage_jlab.notebook.shared_objects import SharedObjects
from mage_jlab.notebook.statements import import_statements, statements_of
from mage_jlab.notebook.values import Value, changing_methods


@dataclass(frozen=True)
class Rest:
    """What a walk knows at one place, names and databases aside."""

    stars: tuple[tuple[int, str], ...]
    deleted: dict[str, int]
    changing: frozenset[str]
    lost: dict[str, str]
    late: frozenset[str]
    carried: tuple[Setting, ...]


class Walk(SharedObjects):
    """One reading of a notebook, from the top."""

    def __init__(self, survey: Survey) -> None:
        super().__init__(survey)
        self.facts: dict[int, CellFacts] = {}
        self.meanings: dict[str, list[Binding]] = {}
        self.noted: list[tuple[str, Binding]] = []
        self.settings = Settings(survey)
        self.foreign = ForeignCells(self.environment)

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


def _imports(statement: object) -> tuple[str, ...]:
    node = getattr(statement, "node", None)
    return tuple(text for _, text in import_statements(node)) if node is not None else ()
