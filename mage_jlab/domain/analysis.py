"""What the analysis of a notebook says: blocks, edges and diagnostics."""

from __future__ import annotations

from enum import StrEnum

from mage_jlab.domain.block import BlockType, Language
from mage_jlab.domain.pipeline import Edge
from mage_jlab.domain.word import Json, Word


class Severity(StrEnum):
    """How much a diagnostic weighs: an error stops the export."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Diagnostic(Word):
    """One sentence about one place in a notebook.

    ``index`` counts all cells from 0, ``line`` and ``column`` count from 1 in the cell;
    ``end_column`` ends the name it is about (exclusive), for the squiggle. ``fixes`` are sentences.
    """

    cell_id: str
    index: int
    line: int | None = None
    column: int | None = None
    end_column: int | None = None
    severity: Severity
    code: str
    message: str
    fixes: list[str] = []


class Drift(StrEnum):
    """How a block differs from its last export: the cell was edited, or the file was."""

    CELL = "cell"
    FILE = "file"


class AnalysedBlock(Word):
    """A tagged cell, as the analysis understands it (the keys are the contract's).

    ``drift`` and ``code`` are given for a block that was exported: what changed since then, and
    the sha256 of its file's text as it is now, which block runs record as ``code``.
    """

    name: str
    type: BlockType
    language: Language = Language.PYTHON
    cell_id: str
    index: int
    reads: list[str] = []
    defines: list[str] = []
    results: list[str] = []
    upstream: list[str] = []
    inputs: dict[str, str] = {}
    drift: list[Drift] = []
    code: str | None = None


class Analysis(Word):
    """A notebook as a pipeline: its blocks in order, edges, runtime variables and diagnostics.

    ``parameters_cell`` is the id of the cell with the tag ``parameters``.
    """

    notebook: str
    pipeline: str
    blocks: list[AnalysedBlock] = []
    edges: list[Edge] = []
    variables: dict[str, Json] = {}
    parameters_cell: str | None = None
    diagnostics: list[Diagnostic] = []

    @property
    def errors(self) -> list[Diagnostic]:
        """The diagnostics that stop an export."""
        return [d for d in self.diagnostics if d.severity is Severity.ERROR]


class TaggedCell(Word):
    """A cell as ``tag`` left it; ``type`` and ``name`` are None when it is no block."""

    cell_id: str
    index: int
    type: BlockType | None = None
    name: str | None = None
