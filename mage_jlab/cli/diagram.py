"""Graphs as text: lanes for the terminal, Mermaid and Graphviz for documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from mage_jlab.domain.block import BlockType
from mage_jlab.domain.graph import find_cycle, in_order
from mage_jlab.domain.pipeline import Graph

LETTERS = {
    BlockType.DATA_LOADER: "L",
    BlockType.TRANSFORMER: "T",
    BlockType.CUSTOM: "C",
    BlockType.CHART: "H",
    BlockType.DATA_EXPORTER: "E",
    BlockType.SENSOR: "S",
    BlockType.CONDITIONAL: "D",
    BlockType.CALLBACK: "B",
    BlockType.SCRATCHPAD: "P",
    BlockType.MARKDOWN: "M",
}
"""The letter that the lab's badges have, too."""


@dataclass(frozen=True)
class Line:
    """One block of a drawing: a mark, its name, the blocks above it, and a remark."""

    name: str
    type: BlockType
    upstream: tuple[str, ...]
    remark: str = ""
    mark: str = "●"


def lanes(blocks: Sequence[Line]) -> str:
    """Draw blocks one a line, with lanes from each to those that read it.

    A lane begins at a block and ends at the last one that waits for it; the order is the given
    one where every block stands below those it waits for. Blocks that wait for each other, or
    that share a name, have no such order: they are listed without lanes.
    """
    by_name = {block.name: block for block in blocks}
    known = {b.name: [u for u in b.upstream if u in by_name] for b in blocks}
    if len(by_name) < len(blocks) or find_cycle(known):
        return _written([("●", block) for block in blocks])
    order = in_order(known)
    last_reader = {up: name for name in order for up in known[name]}
    open_lanes: list[str | None] = []
    drawn: list[tuple[str, Line]] = []
    for name in order:
        reads = {at for at, source in enumerate(open_lanes) if source in known[name]}
        ending = {at for at in reads if last_reader[open_lanes[at] or ""] == name}
        before = [source is not None for source in open_lanes]
        own = _own_lane(open_lanes, ending)
        drawn.append((_row(own, before, reads, ending), by_name[name]))
        for at in ending:
            open_lanes[at] = None
        while len(open_lanes) <= own:
            open_lanes.append(None)
        open_lanes[own] = name if name in last_reader else None
        while open_lanes and open_lanes[-1] is None:
            open_lanes.pop()
    return _written(drawn)


def _written(drawn: Sequence[tuple[str, Line]]) -> str:
    if not drawn:
        return ""
    width = max(len(row) for row, _ in drawn)
    names = max(len(block.name) for _, block in drawn)
    lines = []
    for row, block in drawn:
        lane = row.replace("●", block.mark)
        badge = LETTERS[block.type]
        lines.append(f"{lane:<{width}}  {badge} {block.name:<{names}}  {block.remark}".rstrip())
    return "\n".join(lines)


def _own_lane(open_lanes: Sequence[str | None], ending: set[int]) -> int:
    if ending:
        return min(ending)
    free = [at for at, source in enumerate(open_lanes) if source is None]
    return free[0] if free else len(open_lanes)


def _row(own: int, before: Sequence[bool], reads: set[int], ending: set[int]) -> str:
    others = reads - {own}
    low, high = min({own, *others}), max({own, *others})
    text = ""
    for at in range(max(len(before), own + 1)):
        is_open = at < len(before) and before[at]
        if at == own:
            sign = "●"
        elif at in others:
            sign = _joint(at, low, high, ends=at in ending)
        elif low < at < high:
            sign = "│" if is_open else "─"
        else:
            sign = "│" if is_open else " "
        text += sign + ("─" if low <= at < high else " ")
    return text.rstrip()


def _joint(at: int, low: int, high: int, *, ends: bool) -> str:
    if at == high:
        return "╯" if ends else "┤"
    if at == low:
        return "╰" if ends else "├"
    return "┴" if ends else "┼"


def text(graph: Graph) -> str:
    """Draw a pipeline's graph for the terminal, with the names that flow in."""
    lines = [
        Line(block.name, block.type, tuple(block.upstream), ", ".join(block.inputs or {}))
        for block in graph.blocks
    ]
    return lanes(lines)


def mermaid(graph: Graph) -> str:
    """Write a pipeline's graph as a Mermaid flowchart."""
    ids = {block.name: f"b{at}" for at, block in enumerate(graph.blocks)}
    lines = ["flowchart TD"]
    for block in graph.blocks:
        label = block.name.replace('"', "#quot;")
        lines.append(f'    {ids[block.name]}["{label}<br/>{block.type.value}"]')
    for edge in graph.edges:
        names = ", ".join(edge.names)
        arrow = f'-- "{names}" -->' if names else "-->"
        lines.append(f"    {ids[edge.from_]} {arrow} {ids[edge.to]}")
    return "\n".join(lines)


def dot(graph: Graph) -> str:
    """Write a pipeline's graph in Graphviz' language."""
    quote = json.dumps
    lines = [f"digraph {quote(graph.pipeline)} {{", "    node [shape=box];"]
    for block in graph.blocks:
        label = quote(f"{block.name}\n{block.type.value}")
        lines.append(f"    {quote(block.name)} [label={label}];")
    for edge in graph.edges:
        names = ", ".join(edge.names)
        label = f" [label={quote(names)}]" if names else ""
        lines.append(f"    {quote(edge.from_)} -> {quote(edge.to)}{label};")
    return "\n".join([*lines, "}"])
