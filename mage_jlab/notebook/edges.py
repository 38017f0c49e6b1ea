"""The graph of the blocks: names, files, notebook order, and what the metadata declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mage_jlab.domain.block import BlockType
from mage_jlab.domain.graph import above, find_cycle
from mage_jlab.domain.pipeline import Edge
from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.outside import Outside
from mage_jlab.notebook.problems import Repair, error

_UNORDERED = (
    BlockType.CHART,
    BlockType.SCRATCHPAD,
    BlockType.MARKDOWN,
    BlockType.CALLBACK,
    BlockType.CONDITIONAL,
)


@dataclass
class BlockGraph:
    """The blocks above each block, in the order of its parameters, then those that only order."""

    upstream: dict[str, list[str]] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def add(self, above_name: str, name: str, names: Sequence[str], why: str) -> None:
        """Add an arrow; one that is there already keeps its reason.

        Two blocks of one name wait for themselves no more than others do: their name is the error.
        """
        if above_name != name and above_name not in self.upstream[name]:
            self.upstream[name].append(above_name)
            self.edges.append(_edge(above_name, name, tuple(names), why))


@lru_cache(maxsize=4096)
def _edge(from_: str, to: str, names: tuple[str, ...], why: str) -> Edge:
    return Edge(from_=from_, to=to, names=list(names), why=why)


def graph_of(blocks: Sequence[BlockWork], outside: Mapping[int, Outside]) -> BlockGraph:
    """Draw the graph of a notebook's blocks; what is wrong with it is noted on the blocks."""
    graph = BlockGraph({block.name: [] for block in blocks})
    named = {block.index: block.name for block in blocks}
    for block in blocks:
        given: dict[int, dict[str, None]] = {}
        for giver, result in block.inputs.values():
            given.setdefault(giver.index, {})[result] = None
        for index in sorted(given):
            graph.add(named[index], block.name, list(given[index]), "code")
    _files(blocks, outside, graph)
    _folders(blocks, graph)
    _order(blocks, graph)
    _declared(blocks, graph)
    # Where all arrows lead down the notebook there is no cycle.
    down = len(graph.upstream) == len(blocks) and not any(one.role.upstream for one in blocks)
    cycle = None if down else find_cycle(graph.upstream)
    if cycle:
        by_name = {block.name: block for block in blocks}
        for name in dict.fromkeys(cycle):
            by_name[name].report(
                error(
                    "cycle",
                    f"These blocks wait for each other: {' → '.join(cycle)}.",
                    None,
                    tuple(
                        Repair("drop-upstream", f"Remove {one} from upstream", names=(one,))
                        for one in by_name[name].role.upstream
                        if one in cycle
                    ),
                )
            )
    return graph


def _files(blocks: Sequence[BlockWork], outside: Mapping[int, Outside], graph: BlockGraph) -> None:
    """An earlier and a later block that name one address.

    One of them writing there, keep their order.
    """
    for position, block in enumerate(blocks):
        mine = outside.get(block.index, Outside())
        if not mine.names:
            continue
        for earlier in blocks[:position]:
            met = outside.get(earlier.index, Outside()).meets(mine)
            if met and block.role.type.runs and earlier.role.type.runs:
                graph.add(earlier.name, block.name, [], "code")


def _folders(blocks: Sequence[BlockWork], graph: BlockGraph) -> None:
    """What changes the working folder may make it first: the blocks below wait for it."""
    for position, block in enumerate(blocks):
        if "os.chdir" in block.facts.session.values() and block.role.type.runs:
            for later in blocks[position + 1 :]:
                if later.role.type.runs:
                    graph.add(block.name, later.name, [], "code")


def _order(blocks: Sequence[BlockWork], graph: BlockGraph) -> None:
    """Blocks without results keep notebook order among themselves."""
    last: BlockWork | None = None
    for block in blocks:
        if (
            block.results
            or block.role.parallel
            or block.role.type in _UNORDERED
            or block.function is not None
        ):
            continue
        if last is not None and last.name not in above(graph.upstream, block.name):
            graph.add(last.name, block.name, [], "code")
        last = block


def _drop(given: str) -> Repair:
    title = f"Remove {given} from upstream"
    return Repair("drop-upstream", title, names=(given,), automatic=True)


def _declared(blocks: Sequence[BlockWork], graph: BlockGraph) -> None:
    names = {block.name for block in blocks} | {
        block.role.name for block in blocks if block.role.name
    }
    aliases = {block.role.name: block.name for block in blocks if block.role.name}
    for block in blocks:
        for given in block.role.upstream:
            name = aliases.get(given, given)
            if name not in names:
                block.report(
                    error(
                        "unknown-upstream",
                        f"upstream names {given}, and no block of this notebook has that name.",
                        None,
                        (
                            _drop(given),
                            f"Name a block {given}",
                        ),
                    )
                )
            elif name == block.name:
                block.report(
                    error(
                        "cycle",
                        f"{block.name} waits for itself.",
                        None,
                        (_drop(given),),
                    )
                )
            else:
                graph.add(name, block.name, [], "declared")
