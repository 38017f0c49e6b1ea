"""Merging a notebook's runtime variables into its pipeline's."""

from __future__ import annotations

from mage_jlab.domain.errors import NotFoundError
from mage_jlab.domain.export import ExportConflict
from mage_jlab.domain.word import Json
from mage_jlab.notebook.cells import WorkbenchReading
from mage_jlab.notebook.changes import Changes
from mage_jlab.store.project_files import ProjectFiles
from mage_jlab.store.record_yaml import PipelineRecord


def merge_variables(
    files: ProjectFiles, record: PipelineRecord, reading: WorkbenchReading, changes: Changes
) -> dict[str, Json]:
    """Merge the notebook's variables into the pipeline's: an edit of the YAML is kept.

    Args:
        files: the project.
        record: what the last export recorded, with the variables as the notebook had them then.
        reading: the notebook.
        changes: are told of a variable that changed in both places.

    Returns:
        The pipeline's ``variables``.
    """
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
