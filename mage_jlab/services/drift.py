"""How far a notebook's cells and their blocks' files have moved since the last export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mage_jlab.domain.analysis import AnalysedBlock, Analysis, Drift
from mage_jlab.domain.errors import MageError
from mage_jlab.store.disk import text_hash

if TYPE_CHECKING:
    from mage_jlab.notebook.cells import WorkbenchReading
    from mage_jlab.store.project_files import ProjectFiles
    from mage_jlab.store.record_yaml import BlockRecord


def with_drift(files: ProjectFiles, reading: WorkbenchReading) -> Analysis:
    """Say of each exported block of a reading whether its cell or its file changed since then.

    Files that cannot be read say nothing here: the export tells what is wrong with them.
    """
    from mage_jlab.notebook.render import cell_text

    try:
        exported = {entry.cell: entry for entry in files.record(reading.pipeline).blocks.values()}
        paths = {block.cell_id: block.file for block in files.pipeline(reading.pipeline).blocks}
    except MageError:
        return reading.analysis
    sources = {block.cell_id: text_hash(cell_text(block)) for block in reading.blocks}
    blocks = [
        _compared(files, block, exported[block.cell_id], paths[block.cell_id], sources)
        if block.cell_id in exported and block.cell_id in paths
        else block
        for block in reading.analysis.blocks
    ]
    return reading.analysis.model_copy(update={"blocks": blocks})


def _compared(
    files: ProjectFiles,
    block: AnalysedBlock,
    entry: BlockRecord,
    path: str,
    sources: dict[str, str],
) -> AnalysedBlock:
    try:
        text = files.read(path)
    except MageError:
        text = None
    code = None if text is None else text_hash(text)
    drift = []
    if sources.get(block.cell_id, entry.source) != entry.source:
        drift.append(Drift.CELL)
    if code not in (None, entry.file):
        drift.append(Drift.FILE)
    return block.model_copy(update={"drift": drift, "code": code})
