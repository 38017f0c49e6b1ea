"""Working out what an export does to each file."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mage_jlab.domain.block import clean_name, default_file
from mage_jlab.domain.errors import (
    BadInputError,
    ConflictError,
    MageError,
    NotFoundError,
    OutsideProjectError,
    UnprocessableError,
)
from mage_jlab.domain.export import ExportConflict
from mage_jlab.notebook.cells import WorkbenchReading
from mage_jlab.notebook.changes import Changes, files_of_others
from mage_jlab.notebook.document import dump_notebook, parse_notebook, pipeline_of
from mage_jlab.notebook.export_plan import ExportPlan, NotebookFile
from mage_jlab.notebook.merged_variables import merge_variables
from mage_jlab.notebook.render import RenderedExport, cell_text, render_blocks
from mage_jlab.notebook.requirements import add_requirements
from mage_jlab.store.disk import text_hash
from mage_jlab.store.paths import inside
from mage_jlab.store.pipeline_yaml import BlockEntry, new_pipeline, write_pipeline
from mage_jlab.store.project_files import ProjectFiles
from mage_jlab.store.record_yaml import FILE as RECORD
from mage_jlab.store.record_yaml import PipelineRecord, write_record


def plan_export(
    files: ProjectFiles, reading: WorkbenchReading, *, notebook: NotebookFile | None = None
) -> ExportPlan:
    """Work out what an export would do; nothing is written.

    Args:
        files: the project that the workbench lies in.
        reading: the workbench.
        notebook: its file, when the export shall write the notebook's ``mage`` key there.

    Raises:
        BadInputError: when the pipeline's name cannot be one.
        ConflictError: when the notebook's file changed since it was read.
        OutsideProjectError: when the notebook or a block's name leads out of the project.
        UnprocessableError: when no cell is a block.
        UnreadableFileError: when a file of the pipeline cannot be read.
    """
    pipeline = reading.pipeline
    path = _workbench_path(files, reading.path)
    metadata = files.pipeline_file(pipeline)
    before = files.read(metadata)
    if before is None and clean_name(pipeline).replace("/", "_") != pipeline:
        raise BadInputError(
            f"{pipeline!r} is no name for a pipeline. Try {clean_name(pipeline)!r}.",
        )
    users, known = files_of_others(files, pipeline)
    changes = Changes(files, users, known)
    if reading.analysis.errors:
        return ExportPlan(files, reading, changes, {})
    record = files.record(pipeline)
    if not reading.blocks and not record.blocks:
        raise UnprocessableError(f"No cell of {path} is a block. Tag one first.", "no-blocks")
    package = record.package or files.name
    rendered = render_blocks(reading, package, _renamed(reading, record, users))
    _claim(files, record, pipeline, path, changes)
    _plan_blocks(files, rendered, record, pipeline, changes)
    _plan_shared(rendered, record, changes)
    if reading.requirements:
        there = files.read("requirements.txt")
        changes.put("requirements.txt", add_requirements(there, reading.requirements), there)
    if notebook is not None:
        _plan_notebook(files, notebook, path, pipeline, changes)
    _plan_record(files, rendered, record, reading, path, changes)
    variables = merge_variables(files, record, reading, changes)
    removed = frozenset(record.blocks.keys() - {block.name for block in rendered.blocks})
    entries = [
        BlockEntry(b.name, b.source.type, b.source.language, b.upstream, b.source.configuration)
        for b in rendered.blocks
    ]
    text = write_pipeline(before or new_pipeline(pipeline), metadata, entries, removed, variables)
    changes.put(metadata, text, before)
    texts = [text for b in rendered.blocks for text in (cell_text(b.source), b.text)]
    bases = {text_hash(text): text for text in texts}
    return ExportPlan(files, reading, changes, bases)


def _workbench_path(files: ProjectFiles, path: str) -> str:
    """The notebook's path, relative to the project."""
    place = inside(files.place, path)
    name = place.relative_to(files.place).as_posix()
    # A link inside the project keeps its own name: that is the one people know.
    return name if Path(path).is_absolute() else posixpath.normpath(Path(path).as_posix())


def _renamed(
    reading: WorkbenchReading, record: PipelineRecord, users: Mapping[str, list[str]]
) -> dict[str, str]:
    """New names for new blocks whose file is another pipeline's."""
    renamed: dict[str, str] = {}
    taken = {file.lower() for file in users}
    for block in reading.blocks:
        if any(part in ("", ".", "..") for part in block.name.split("/")):
            raise OutsideProjectError(f"The block {block.name} leads out of the project.")
        if block.name in record.blocks:
            continue
        if default_file(block.type, block.name, block.language).lower() in taken:
            renamed[block.name] = f"{reading.pipeline}/{block.name}"
    return renamed


def _claim(
    files: ProjectFiles, record: PipelineRecord, pipeline: str, path: str, changes: Changes
) -> None:
    """Refuse a second workbench while the first one is there."""
    other = record.workbench
    try:
        if other is None or inside(files.place, other) == inside(files.place, path):
            return
        text = files.read(other)
        claims = (
            text is not None and pipeline_of(parse_notebook(text, whole=False), other) == pipeline
        )
    except MageError:  # what cannot be read claims nothing
        return
    if claims:
        changes.conflicts.append(
            ExportConflict(
                path=other,
                message=f"The pipeline {pipeline} is written in this notebook. Export {path} as "
                "another pipeline, or delete this notebook first.",
            )
        )


def _plan_blocks(
    files: ProjectFiles,
    rendered: RenderedExport,
    record: PipelineRecord,
    pipeline: str,
    changes: Changes,
) -> None:
    try:
        old = {block.name: block.file for block in files.pipeline(pipeline).blocks}
    except NotFoundError:
        old = {}
        package = f"pipelines/{pipeline}/__init__.py"
        if files.read(package) is None:
            changes.put(package, "", None)
    packages = {
        change.path: None
        for file in [block.file for block in rendered.blocks] + list(rendered.shared)
        for change in files.package_changes(file)
    }
    for package in packages:
        changes.put(package, "", None)
    for block in rendered.blocks:
        recorded = record.blocks.get(block.name)
        same_file = recorded is not None and old.get(block.name, block.file) == block.file
        written = recorded.file if recorded is not None and same_file else None
        changes.generate(block.file, block.text, written, block.name, block.source.cell_id)
    files_now = {block.name: block.file for block in rendered.blocks}
    for name, entry in record.blocks.items():
        if name in old and files_now.get(name) != old[name]:
            changes.retire(old[name], entry.file)


def _plan_shared(rendered: RenderedExport, record: PipelineRecord, changes: Changes) -> None:
    for path, text in rendered.shared.items():
        changes.generate(path, text, record.shared.get(path), None, None)
    for path, digest in record.shared.items():
        if path not in rendered.shared:
            changes.retire(path, digest)


def _plan_notebook(
    files: ProjectFiles, notebook: NotebookFile, path: str, pipeline: str, changes: Changes
) -> None:
    """Write the notebook's ``mage`` key, and cell ids where it had none."""
    if files.read(path) != notebook.text:
        raise ConflictError(f"{path} changed since it was read. Run the command again.")
    document = dict(notebook.document)
    metadata = dict(document.get("metadata") or {})
    there = metadata.get("mage")
    key: dict[str, Any] = dict(there) if isinstance(there, dict) else {}
    there_now = parse_notebook(notebook.text, whole=False)
    if key.get("pipeline") == pipeline and document == there_now:
        return
    up = posixpath.relpath(".", posixpath.dirname(path) or ".")
    metadata["mage"] = key | {"pipeline": pipeline, "project": key.get("project") or up}
    document["metadata"] = metadata
    changes.put(path, dump_notebook(document), notebook.text)


def _plan_record(
    files: ProjectFiles,
    rendered: RenderedExport,
    record: PipelineRecord,
    reading: WorkbenchReading,
    path: str,
    changes: Changes,
) -> None:
    new = PipelineRecord(
        workbench=path,
        kernel=reading.kernel,
        package=(record.package or files.name) if rendered.shared else None,
        shared={name: text_hash(text) for name, text in rendered.shared.items()},
        variables=reading.variables,
        blocks={block.name: block.record for block in rendered.blocks},
        triggers=record.triggers,
    )
    file = files.pipeline_file(reading.pipeline, RECORD)
    before = files.read(file)
    changes.put(file, write_record(before, file, new), before)
