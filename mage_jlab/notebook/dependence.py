"""Which cells may change places: two of them may when neither sees what the other does.

It errs on one side: what is not known to be independent is not moved.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from mage_jlab.domain.block import BlockType
from mage_jlab.notebook.environment import ObjectId
from mage_jlab.notebook.facts import CellFacts, Parsed
from mage_jlab.notebook.figures import needs_figure
from mage_jlab.notebook.guess import guess_type
from mage_jlab.notebook.outside import Outside, outside_of
from mage_jlab.notebook.randomness import seeds
from mage_jlab.notebook.reading import Walked
from mage_jlab.notebook.walk import Walk


@dataclass(frozen=True)
class Doing:
    """What one cell does, as far as another could see it.

    Attributes:
        reads: the names that it reads.
        writes: the names that it binds, deletes or changes, under all their aliases.
        imports: those of them that mean one import in all of the notebook.
        outside: files, addresses and tables.
        generators: the random generators of the session that it draws from or seeds.
        session: whether it changes settings.
        figure: whether it draws; ``goes_on`` whether it needs a figure that stands open.
        opaque: whether it is not known what it does.
        quiet: whether it only imports, defines, or binds plain values.
        exports: whether it writes to the outside and leaves no name behind.
    """

    reads: frozenset[str]
    writes: frozenset[str]
    imports: frozenset[str]
    outside: Outside
    generators: frozenset[str]
    session: bool
    figure: bool
    goes_on: bool
    opaque: bool
    quiet: bool
    exports: bool

    def meets(self, other: Doing) -> bool:
        """Say whether the two cells must keep their order."""
        if self.opaque or other.opaque:
            return True
        if self.writes & other.reads or self.reads & other.writes:
            return True
        if (self.writes & other.writes) - (self.imports & other.imports):
            return True
        if self.generators & other.generators or self.outside.meets(other.outside):
            return True
        if (self.session and not other.quiet) or (other.session and not self.quiet):
            return True
        if self.figure and other.figure and (self.goes_on or other.goes_on):
            return True
        return self.exports and other.exports


def doings(walked: Walked) -> dict[int, Doing]:
    """Give what each code cell does, by its index."""
    walk = walked.walk
    stable = frozenset(
        name
        for name, meanings in walk.meanings.items()
        if all(one.origin == "import" and one.module == meanings[0].module for one in meanings)
    )
    aliases = _aliases(walk)
    return {
        index: _doing(
            parsed, walk.facts.get(index, CellFacts()), stable, aliases, walked.roles[index].kind
        )
        for index, parsed in walked.parsed.items()
    }


def _doing(
    parsed: Parsed,
    facts: CellFacts,
    stable: frozenset[str],
    aliases: Mapping[str, frozenset[str]],
    kind: str,
) -> Doing:
    changed = {
        other
        for scope, name in facts.changed
        if scope in ("outer", "inner")
        for other in {name} | aliases.get(name, frozenset())
    }
    bound = facts.binds.keys() | facts.deleted.keys() | facts.written
    settings = [dotted for dotted in facts.session.values() if seeds(dotted) is None]
    return Doing(
        reads=frozenset(facts.reads) | frozenset(facts.string_names),
        writes=frozenset(bound | changed),
        imports=frozenset(bound) & stable,
        outside=outside_of((parsed.source,), ()) if parsed.tree is not None else Outside(),
        generators=frozenset(facts.draws) | frozenset(facts.seeded),
        session=bool(settings),
        figure=bool(facts.figures),
        goes_on=needs_figure(facts.figures),
        opaque=bool(facts.stars) or (parsed.tree is None and bool(parsed.text.strip())),
        quiet=kind == "parameters" or _idle(parsed),
        exports=not facts.binds and guess_type(parsed.source) is BlockType.DATA_EXPORTER,
    )


def _idle(parsed: Parsed) -> bool:
    """Say whether a cell is made of imports and definitions alone."""
    return parsed.tree is not None and all(
        isinstance(
            node,
            ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
        )
        for node in parsed.tree.body
    )


def _aliases(walk: Walk) -> dict[str, frozenset[str]]:
    """Give for each name all names that may reach one of its objects, at any time."""
    holders: dict[ObjectId, set[str]] = {}
    for name, meanings in walk.meanings.items():
        for binding in meanings:
            for one in binding.own | binding.parts:
                holders.setdefault(one, set()).add(name)
    found: dict[str, set[str]] = {}
    for names in holders.values():
        for name in names:
            found.setdefault(name, set()).update(names)
    return {name: frozenset(others) for name, others in found.items()}
