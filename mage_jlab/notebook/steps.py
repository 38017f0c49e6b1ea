"""Steps of a walk through a notebook, and when one can be taken again as it was.

A step is what the walk did at one cell. It depends on the cell, on the names that it looked up, on
what the survey says of these, and on the rest of the state. As long as a later reading finds all of
that as it was, the step's outcome is taken over and the cell is not walked again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.cell_front import Front
from mage_jlab.notebook.environment import Binding
from mage_jlab.notebook.facts import CellFacts
from mage_jlab.notebook.problems import Problem
from mage_jlab.notebook.resolving import Survey
from mage_jlab.notebook.traced_names import Trace
from mage_jlab.notebook.walk import Rest, Walk

_SURVEY = ("unstable", "changed", "shared", "broken")
_BLOCK = (
    "facts",
    "variables",
    "derived",
    "head_imports",
    "shared",
    "copied",
    "changes",
    "foreign",
)
"""What a step says of its own block, beside the inputs."""

T = TypeVar("T")
Done = tuple[tuple[str, Binding | None], ...]
Settled = tuple[frozenset[str], list[str], list[Problem]]


@dataclass
class Step:
    """What a walk did at one cell.

    Attributes:
        rest: what the walk knew after it, names aside.
        meanings: the meanings of names that it noted.
        reports: the problems that it reported, on any cell.
        inputs: what its block takes: parameter, the index of the giver, result.
        settled: the block's results, as long as the blocks below read the same names.
        made: what was made of the block after the walk, each with what it was made of.
    """

    front: Front
    trace: Trace
    done: Done
    rest: Rest
    facts: CellFacts
    meanings: list[tuple[str, Binding]]
    reports: list[tuple[int, Problem]]
    block: dict[str, object] = field(default_factory=dict)
    inputs: list[tuple[str, int, str]] = field(default_factory=list)
    settled: Settled | None = None
    made: dict[str, tuple[object, object]] = field(default_factory=dict)

    def once(self, what: str, of: object, make: Callable[[], T]) -> T:
        """Make something of the cell, or give what was made of the same before."""
        known = self.made.get(what)
        if known is None or known[0] != of:
            known = self.made[what] = (of, make())
        return cast("T", known[1])

    @property
    def outcome(self) -> dict[str, Binding | None]:
        """What the names that it bound or took away mean after it."""
        return dict(self.done)


@dataclass
class Round:
    """One walk through a whole notebook, to be held against the next one.

    Attributes:
        key: what must be the same for any step to be of use.
        named: the names of the blocks while they were walked.
    """

    key: object = None
    survey: Survey = field(default_factory=lambda: Survey({}))
    named: Sequence[str] = ()
    steps: dict[int, Step] = field(default_factory=dict)


class Retracing:
    """Walks through the cells of a notebook, and takes over the steps that are as they were."""

    def __init__(self, walk: Walk, before: Round, now: Round) -> None:
        self._walk = walk
        self._names = walk.environment.names
        self._survey = walk.survey
        self._before = before.steps if before.key == now.key else {}
        self._named_alike = before.named == now.named
        self._asked = _differing(before.survey, now.survey) if self._before else frozenset()
        self._other: dict[str, Binding | None] = {}
        self._elsewhere: dict[str, Binding | None] = {}
        self._all = not self._before
        self._rest = walk.rest()
        self.steps = now.steps

    def go(self, front: Front, walk: Callable[[], None]) -> None:
        """Take a cell's step."""
        index = front.cell.index
        old = self._before.get(index)
        if old is not None and not self._all and self._holds(old, front):
            self._take(index, old)
            return
        trace = self._names.trace = Trace()
        mark, noted = len(self._survey.log), len(self._walk.noted)
        walk()
        trace.placed = trace.placed or any(
            one is not None and (one.needs or one.hidden) for _, one in trace.done
        )
        rest = self._walk.rest()
        if rest == self._rest:
            rest = self._rest
        self._rest = rest
        new = Step(
            front,
            trace,
            tuple(trace.done),
            rest,
            self._walk.facts.get(index, CellFacts()),
            self._walk.noted[noted:],
            self._survey.log[mark:],
        )
        block = self._survey.blocks.get(index)
        if block is not None:
            new.block = {name: getattr(block, name) for name in _BLOCK}
            new.inputs = [(name, one.index, result) for name, (one, result) in block.inputs.items()]
        self.steps[index] = new
        self._compare(old, new)

    def settle(self, block: BlockWork, settle: Callable[[BlockWork], None]) -> None:
        """Fill in a block's results, as they were where the blocks below read the same."""
        step = self.steps.get(block.index)
        read = frozenset(block.read_below)
        if step is None or step.settled is None or step.settled[0] != read:
            mark = len(self._survey.log)
            settle(block)
            reports = [problem for _, problem in self._survey.log[mark:]]
            if step is not None:
                step.settled = (read, block.results, reports)
            return
        block.results = step.settled[1]
        for problem in step.settled[2]:
            block.report(problem)

    def _holds(self, step: Step, front: Front) -> bool:
        """Say whether all that a step depends on is as it was."""
        trace = step.trace
        if step.front is not front or not trace.keep:
            return False
        if self._other:
            if not trace.touched.isdisjoint(self._other):
                return False
            if trace.scanned and self._meets(trace):
                return False
        tells_place = trace.placed or bool(step.reports)
        if tells_place and not trace.touched.isdisjoint(self._elsewhere):
            return False
        if step.reports and not self._named_alike:
            return False
        return not self._asked or trace.touched.isdisjoint(self._asked)

    def _meets(self, trace: Trace) -> bool:
        """Say whether a name that means something else holds an object that was looked for."""
        pairs = [(old, dict.get(self._names, name)) for name, old in self._other.items()]
        return any(
            one is not None and not trace.scanned.isdisjoint(one.own | one.parts)
            for pair in pairs
            for one in pair
        )

    def _take(self, index: int, step: Step) -> None:
        """Take over a step as it was."""
        walk = self._walk
        self._names.play(step.done)
        if self._other or self._elsewhere:
            for name, _ in step.done:
                self._other.pop(name, None)
                self._elsewhere.pop(name, None)
        if step.rest is not self._rest:
            walk.set_rest(step.rest)
            self._rest = step.rest
        walk.facts[index] = step.facts
        for name, binding in step.meanings:
            walk.meanings.setdefault(name, []).append(binding)
        block = self._survey.blocks.get(index)
        if block is not None:
            vars(block).update(step.block)
            for name, giver, result in step.inputs:
                given = self._survey.blocks[giver]
                block.inputs[name] = (given, result)
                given.read_below[result] = None
        for cell, problem in step.reports:
            self._survey.report(cell, problem)
        self.steps[index] = step

    def _compare(self, old: Step | None, new: Step) -> None:
        """Note which names mean something else after a cell than they did in the last walk."""
        if self._all or old is None or old.rest != new.rest:
            self._all = True
            return
        before, after = old.outcome, new.outcome
        for name in before.keys() | after.keys():
            was = before[name] if name in before else self._last(name, new.trace)
            now = dict.get(self._names, name)
            self._other.pop(name, None)
            self._elsewhere.pop(name, None)
            if was is not now:
                (self._elsewhere if was == now else self._other)[name] = was

    def _last(self, name: str, trace: Trace) -> Binding | None:
        """Give what a name meant in the last walk where only this one binds it."""
        for known in (self._other, self._elsewhere):
            if name in known:
                return known[name]
        return trace.before[name]


def _differing(before: Survey, now: Survey) -> frozenset[str]:
    """Give the names of which two surveys say different things."""
    found: set[str] = set()
    for part in _SURVEY:
        found |= getattr(before, part) ^ getattr(now, part)
    for old, new in ((before.later, now.later), (before.needed, now.needed)):
        if old != new:
            found |= {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    return frozenset(found)
