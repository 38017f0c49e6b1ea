"""The cells that ``%%block`` has run in one kernel, and how they read together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mage_jlab.domain.analysis import AnalysedBlock, Analysis
from mage_jlab.domain.block import BlockType


class BlockCells:
    """Blocks in the order in which they were first run; one that is run again keeps its place."""

    def __init__(self) -> None:
        self._cells: list[dict[str, Any]] = []

    def take(
        self, source: str, type_: BlockType, name: str | None, scratch: Sequence[str] = ()
    ) -> str:
        """Take a cell that was just run, and say how it reads as a block.

        Args:
            source: the cell's text, without the magic's line.
            type_: its block type.
            name: its name, or None where the code gives one.
            scratch: what the kernel has run beside blocks (imports, functions).

        Returns:
            What flows in and out of it, and what would stop an export.
        """
        metadata: dict[str, Any] = {"tags": [f"block:{type_.value}"]}
        if name is not None:
            metadata["mage"] = {"name": name}
        at = self._place(source, metadata)
        cell_id = f"block-{at}"
        self._cells[at : at + 1] = [_cell(cell_id, source, metadata)]
        analysis = self.analysis(scratch)
        block = next((b for b in analysis.blocks if b.cell_id == cell_id), None)
        return _sentence(block, analysis, cell_id)

    def analysis(self, scratch: Sequence[str] = ()) -> Analysis:
        """Read all cells taken so far as one notebook, below the scratch cells."""
        from mage_jlab.notebook.reading import read_workbench

        above = [_cell(f"scratch-{at}", source, {}) for at, source in enumerate(scratch)]
        notebook = {
            "cells": [*above, *self._cells],
            "metadata": {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        return read_workbench(notebook, path="", pipeline="session").analysis

    def _place(self, source: str, metadata: dict[str, Any]) -> int:
        for at, cell in enumerate(self._cells):
            named = "mage" in metadata and cell["metadata"].get("mage") == metadata["mage"]
            if named or cell["source"] == source:
                return at
        return len(self._cells)


def _cell(cell_id: str, source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def _sentence(block: AnalysedBlock | None, analysis: Analysis, cell_id: str) -> str:
    lines = []
    if block is not None:
        reads = ", ".join(f"{name} from {source}" for name, source in block.inputs.items())
        results = ", ".join(block.results)
        flows = [f"reads {reads}" if reads else "", f"gives {results}" if results else ""]
        said = ", ".join(flow for flow in flows if flow) or "reads and gives no name"
        lines.append(f"{block.name} ({block.type.value}): {said}")
    lines += [
        f"{diagnostic.severity.value}: {diagnostic.message}"
        for diagnostic in analysis.diagnostics
        if diagnostic.cell_id == cell_id
    ]
    return "\n".join(lines)
