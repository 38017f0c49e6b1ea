"""What the analysis of a notebook says: blocks, edges and diagnostics."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from mage_jlab.domain.block import BlockType, Language
from mage_jlab.domain.pipeline import Edge
from mage_jlab.domain.word import Json, Word


class Severity(StrEnum):
    """How much a diagnostic weighs: an error stops the export."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Fix(Word):
    """One way to mend a diagnostic.

    ``id`` is unique among the fixes of one place and code. An id that begins with ``go`` leads to
    ``cell_id`` and one that begins with ``edit`` is for a person: both change nothing. All others
    the tool carries out by itself. ``cell_id`` is the cell that it is done to, where that is not
    the diagnostic's own. ``automatic``: nothing is left to choose, and the notebook gives what it
    gave, so that ``check --fix`` may do it.
    """

    id: str
    title: str
    cell_id: str | None = None
    automatic: bool = False


class Diagnostic(Word):
    """One sentence about one place in a notebook.

    ``index`` counts all cells from 0, ``line`` and ``column`` count from 1 in the cell;
    ``end_column`` ends the name it is about (exclusive), for the squiggle. ``fixes`` are sentences,
    those of ``repairs`` in the same order.
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
    repairs: list[Fix] = []


class DiagnosticPlace(Word):
    """Which diagnostic of a notebook is meant: its cell, its code, and its place there."""

    cell_id: str
    code: str
    line: int | None = None
    column: int | None = None


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
    """A cell as ``tag`` left it; ``type`` and ``name`` are None when it is no block.

    ``merge`` is the id of the cell above that it only makes sense together with, and ``why`` says
    in one sentence what makes it so.
    """

    cell_id: str
    index: int
    type: BlockType | None = None
    name: str | None = None
    merge: str | None = None
    why: str | None = None


class CellChoice(Word):
    """What a person wants of a cell: a block of a type (None: no block), a name, a merge.

    ``merge`` is the id of the cell above that it is joined with; ``parameters`` makes it the cell
    of the runtime variables.
    """

    cell_id: str
    type: BlockType | None = None
    name: str | None = None
    merge: str | None = None
    parameters: bool = False


class Fixed(Word):
    """A notebook as a fix or choices leave it, and the ids of the cells that differ.

    ``changed`` have another text, other metadata or no outputs any more; ``moved`` stand at another
    place among those that were there before.
    """

    notebook: dict[str, Any]
    changed: list[str] = []
    removed: list[str] = []
    added: list[str] = []
    moved: list[str] = []
