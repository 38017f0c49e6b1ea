"""Exporting a workbench: its blocks as files and its pipeline's YAML, all or nothing.

A file that an export did not write, or that changed since, is never overwritten.
"""

from __future__ import annotations

from mage_jlab.domain.errors import ConflictError
from mage_jlab.domain.export import Export
from mage_jlab.notebook.cells import WorkbenchReading
from mage_jlab.notebook.export_plan import ExportPlan, NotebookFile
from mage_jlab.notebook.planning import plan_export
from mage_jlab.store.project_files import ProjectFiles

__all__ = ["ExportPlan", "NotebookFile", "export_workbench", "plan_export"]


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
