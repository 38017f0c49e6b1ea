"""Exporting a workbench: its blocks as files and its pipeline's YAML, all or nothing.

A file that an export did not write, or that changed since, is never overwritten.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
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
from mage_jlab.domain.export import ChangeKind, Export, ExportConflict
from mage_jlab.domain.word import Json
from mage_jlab.notebook.cells import WorkbenchReading
from mage_jlab.notebook.changes import Changes, files_of_others
from mage_jlab.notebook.document import dump_notebook, parse_notebook, pipeline_of
from mage_jlab.notebook.render import RenderedExport, cell_text, render_blocks
from mage_jlab.notebook.requirements import add_requirements
from mage_jlab.store.disk import text_hash, write_atomic
from mage_jlab.store.paths import inside
from mage_jlab.store.pipeline_yaml import BlockEntry, new_pipeline, write_pipeline
from mage_jlab.store.project_files import ProjectFiles
from mage_jlab.store.record_yaml import FILE as RECORD
from mage_jlab.store.record_yaml import PipelineRecord, write_record


@dataclass(frozen=True)
class NotebookFile:
    """The notebook's file, when the export shall write its ``mage`` key.

    Attributes:
        text: the file's text as it was read.
        document: the notebook that was read from it, with a cell id for every cell.
    """

    text: str
    document: Mapping[str, Any]


@dataclass(frozen=True)
class ExportPlan:
    """What an export would do; nothing is written until :meth:`carry_out`."""

    files: ProjectFiles
    reading: WorkbenchReading
    changes: Changes
    bases: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """A hash of all that would be written, to make sure that what was looked at is done."""
        return self.changes.fingerprint()

    @property
    def possible(self) -> bool:
        """Whether nothing stands in the way: no error in the notebook, and no conflict."""
        return not self.reading.analysis.errors and not self.changes.conflicts

    def export(self, dry: bool = True, diff: bool = False) -> Export:
        """Describe the export; with ``dry`` or ``diff`` every change with its texts."""
        listed = self.changes.list if self.possible or dry else []
        done = [change for change in listed if change.kind is not ChangeKind.SAME]
        return Export(
            pipeline=self.reading.pipeline,
            written=[c.path for c in done if c.kind is not ChangeKind.REMOVED],
            unchanged=[c.path for c in listed if c.kind is ChangeKind.SAME],
            removed=[c.path for c in done if c.kind is ChangeKind.REMOVED],
            conflicts=self.changes.conflicts,
            diagnostics=self.reading.analysis.diagnostics,
            changes=done if dry or diff else [],
            fingerprint=self.fingerprint,
        )

    def carry_out(self, diff: bool = False) -> Export:
        """Write it all, or nothing; the caller holds the project's lock since the plan was made.

        Raises:
            UnprocessableError: when the disk is full or may not be written.
        """
        if self.possible:
            for digest, text in self.bases.items():
                path = self.files.data_root / "base" / digest
                if not path.exists():
                    write_atomic(path, text.encode())
            changed = [c for c in self.changes.list if c.kind is not ChangeKind.SAME]
            if changed:
                self.files.write(changed)
        return self.export(dry=False, diff=diff)


def export_workbench(
    files: ProjectFiles,
    reading: WorkbenchReading,
    *,
    notebook: NotebookFile | None = None,
    dry: bool = False,
    diff: bool = False,
    expected: str | None = None,
) -> Export:
    """Export a workbench, under the project's lock.

    Args:
        files: the project that the workbench lies in.
        reading: the workbench.
        notebook: its file, when the first export shall write the notebook's ``mage`` key there;
            None when an open editor does that.
        dry: write nothing, only say what would be written.
        diff: give every change with its texts and diff.
        expected: the fingerprint of the plan that was looked at.

    Returns:
        What was written; nothing was when there are error diagnostics or conflicts.

    Raises:
        BadInputError: when the pipeline's name cannot be one.
        ConflictError: when the export would do something else than ``expected``, or the
            notebook's file changed since it was read.
        OutsideProjectError: when the notebook or a block's name leads out of the project.
        UnprocessableError: when no cell is a block, or nothing can be written.
        UnreadableFileError: when a file of the pipeline cannot be read.
    """
    with files.lock():
        plan = plan_export(files, reading, notebook=notebook)
        if dry:
            return plan.export(dry=True, diff=diff)
        if expected is not None and plan.fingerprint != expected:
            raise ConflictError(
                "The files or the notebook changed since this export was looked at. Look again."
            )
        return plan.carry_out(diff=diff)


def plan_export(
    files: ProjectFiles, reading: WorkbenchReading, *, notebook: NotebookFile | None = None
) -> ExportPlan:
    """Work out what an export would do; see :func:`export_workbench` for arguments and errors."""
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
    rendered = render_blocks(reading, files.name, _renamed(reading, record, users))
    _claim(files, record, pipeline, path, changes)
    _plan_blocks(files, rendered, record, pipeline, changes)
    _plan_shared(rendered, record, changes)
    if reading.requirements:
        there = files.read("requirements.txt")
        changes.put("requirements.txt", add_requirements(there, reading.requirements), there)
    if notebook is not None:
        _plan_notebook(files, notebook, path, pipeline, changes)
    _plan_record(files, rendered, record, reading, path, changes)
    variables = _variables(files, record, reading, changes)
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
    reading: WorkbenchReading, record: PipelineRecord, users: Mapping[str, str]
) -> dict[str, str]:
    """New names for new blocks whose file is another pipeline's."""
    renamed: dict[str, str] = {}
    for block in reading.blocks:
        if any(part in ("", ".", "..") for part in block.name.split("/")):
            raise OutsideProjectError(f"The block {block.name} leads out of the project.")
        if block.name in record.blocks:
            continue
        if default_file(block.type, block.name, block.language) in users:
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
        claims = text is not None and pipeline_of(parse_notebook(text), other) == pipeline
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
        changes.put(f"pipelines/{pipeline}/__init__.py", "", None)
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
    if key.get("pipeline") == pipeline and document == parse_notebook(notebook.text):
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
        shared={name: text_hash(text) for name, text in rendered.shared.items()},
        variables=reading.variables,
        blocks={block.name: block.record for block in rendered.blocks},
        triggers=record.triggers,
    )
    file = files.pipeline_file(reading.pipeline, RECORD)
    before = files.read(file)
    changes.put(file, write_record(before, file, new), before)


def _variables(
    files: ProjectFiles, record: PipelineRecord, reading: WorkbenchReading, changes: Changes
) -> dict[str, Json]:
    """Merge the notebook's variables into the pipeline's: an edit of the YAML is kept."""
    try:
        there = files.pipeline(reading.pipeline).variables
    except NotFoundError:
        return dict(reading.variables)
    base, mine = record.variables, reading.variables
    merged = dict(there)
    for name in [*there, *(n for n in mine if n not in there)]:
        edited = name in there and (name not in base or there[name] != base[name])
        if not edited:
            if name in mine:
                merged[name] = mine[name]
            elif name in base:
                del merged[name]
        elif name in base and mine.get(name) not in (base[name], there[name]):
            file = files.pipeline_file(reading.pipeline)
            changes.conflicts.append(
                ExportConflict(
                    path=file,
                    message=f"The variable {name} is {there[name]!r} here and {mine.get(name)!r} "
                    "in the notebook, and both changed. Give both one value.",
                )
            )
    return merged
