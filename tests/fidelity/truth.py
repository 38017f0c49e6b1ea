"""The oracle of edges: which block truly needs which, by what the cells did while they ran.

The unit tests' ``oracle.py`` compares results alone, of small notebooks in a simulated run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mage_jlab.domain.analysis import Analysis
from mage_jlab.domain.graph import above


@dataclass
class Truth:
    """What was seen, by block.

    Attributes:
        needs: (above, below) -> what below cannot do without: data that above left last.
        uses: (above, below) -> all that below took from above, also functions and classes, names
            of which above changed no more than private state, and files.
    """

    needs: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    uses: dict[tuple[str, str], list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Edges:
    """How the drawn edges stand to the true ones.

    Attributes:
        missing: true edges without a way from above to below.
        drawn: how many edges were drawn because of names or files.
        false: those of them that were not seen.
        ordering: how many edges only keep the notebook's order of blocks without results.
    """

    missing: list[str]
    drawn: int
    false: list[str]
    ordering: int


def truth_of(cells: Iterable[dict[str, Any]], blocks: dict[str, str]) -> Truth:
    """Find the true edges.

    Args:
        cells: what each cell did, in order.
        blocks: cell id -> name of its block; other cells are scratch.
    """
    truth = Truth()
    makers: dict[str, str | None] = {}
    touchers: dict[str, str | None] = {}
    files: dict[str, str | None] = {}
    code: set[str] = set()
    for cell in cells:
        block = blocks.get(cell["id"])
        for kind, names in (("", cell["reads"]), ("file ", cell["files_read"])):
            last = makers if not kind else files
            for name in names:
                for giver in {last.get(name), None if kind else touchers.get(name)}:
                    if block is None or giver is None or giver == block:
                        continue
                    truth.uses.setdefault((giver, block), []).append(f"{kind}{name}")
                    if giver == last.get(name) and (kind or name not in code):
                        truth.needs.setdefault((giver, block), []).append(f"{kind}{name}")
        code = (code - set(cell["bound"])) | set(cell["code"])
        makers.update(dict.fromkeys([*cell["bound"], *cell["changed"]], block))
        touchers.update(dict.fromkeys([*cell["bound"], *cell["changed"]], block))
        touchers.update(dict.fromkeys(cell["touched"], block))
        files.update(dict.fromkeys(cell["files_written"], block))
    return truth


def edges_of(truth: Truth, analysis: Analysis) -> Edges:
    """Hold the drawn edges of an analysis against the true ones."""
    upstream = {block.name: block.upstream for block in analysis.blocks}
    missing = [
        f"{giver} -> {block} ({', '.join(names)})"
        for (giver, block), names in truth.needs.items()
        if giver not in above(upstream, block)
    ]
    silent = {block.name for block in analysis.blocks if not block.results}
    drawn, false, ordering = 0, [], 0
    for edge in analysis.edges:
        pair = (edge.from_, edge.to)
        if edge.why != "code":
            continue
        if pair not in truth.uses and not edge.names and silent.issuperset(pair):
            ordering += 1
            continue
        drawn += 1
        if pair not in truth.uses:
            false.append(f"{edge.from_} -> {edge.to} ({', '.join(edge.names)})")
    return Edges(missing, drawn, false, ordering)
