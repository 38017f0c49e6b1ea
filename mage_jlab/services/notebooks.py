"""Notebooks: tag cells, check them, export them as a pipeline, open a pipeline as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mage_jlab.domain.analysis import (
    Analysis,
    CellChoice,
    Diagnostic,
    DiagnosticPlace,
    Fix,
    Fixed,
    TaggedCell,
)
from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.domain.export import Export
from mage_jlab.domain.project import Project
from mage_jlab.services.drift import with_drift
from mage_jlab.services.notebook_source import (
    Source,
    parse_text,
    pipeline_name,
    read_text,
    replace_text,
)
from mage_jlab.services.projects import Projects
from mage_jlab.services.reading_memory import ReadingMemory

Text = str | Mapping[str, Any] | None
"""A notebook that is not saved yet: its text, or the document itself; None means the file."""


@dataclass(frozen=True)
class Checked:
    """An analysis, and the project that the notebook lies in, if it lies in one."""

    analysis: Analysis
    project: Project | None


@dataclass(frozen=True)
class Exported:
    """What an export did, and the project that it did it to."""

    export: Export
    project: Project


@dataclass(frozen=True)
class MendedNotebook:
    """What mending a notebook's file did: its analysis now, what was done, and what could not be.

    ``done`` has each fix with the diagnostic as it was then; ``left`` are sentences.
    """

    analysis: Analysis
    done: list[tuple[Diagnostic, Fix]]
    left: list[str]


class Notebooks:
    """Reads notebooks from disk or from the caller's hands, and turns them into pipelines.

    Args:
        projects: the projects.
    """

    def __init__(self, projects: Projects) -> None:
        self._projects = projects
        self._memory = ReadingMemory()

    def check(
        self, path: str | Path, *, project_id: str | None = None, notebook: Text = None
    ) -> Analysis:
        """Say what pipeline a notebook is, and what keeps it from being one. Nothing is written.

        Args:
            path: the notebook, relative to the root when there is one.
            project_id: its project; by default the nearest folder upwards that is one.
            notebook: the unsaved notebook; by default the file is read.

        Raises:
            NotFoundError: when there is no such file.
            BadInputError: when it is no notebook.
        """
        return self.checked(path, project_id=project_id, notebook=notebook).analysis

    def checked(
        self, path: str | Path, *, project_id: str | None = None, notebook: Text = None
    ) -> Checked:
        """Do what ``check`` does, and name the project."""
        source = self._source(path, project_id, notebook, whole=False)
        reading = source.read(pipeline_name(source.document, source.place))
        if source.files is None:
            return Checked(reading.analysis, None)
        return Checked(with_drift(source.files, reading), self._projects.word(source.files))

    def tag(
        self,
        path: str | Path,
        *,
        all: bool = False,  # noqa: A002 - the contract's word
        cell: str | None = None,
        type: BlockType | str | None = None,  # noqa: A002 - the contract's word
        name: str | None = None,
        upstream: Sequence[str] = (),
        remove: bool = False,
    ) -> list[TaggedCell]:
        """Tag cells of a notebook's file as blocks, or take a tag away.

        Args:
            path: the notebook.
            all: tag every code cell that does something, with guessed types.
            cell: the one cell to tag: its id, or ``#3`` for the cell at index 3.
            type: the block type of that cell.
            name: the name of that block, where it is not to be inferred.
            upstream: blocks above it that its code cannot show.
            remove: take that cell's tag away instead.

        Raises:
            ConflictError: when the file changed while it was worked on; nothing is written then.
        """
        from mage_jlab.notebook import document, tags

        place = self._existing(path)
        text = read_text(place)
        notebook = document.upgrade(parse_text(text, path, whole=False))
        if all:
            tagged = tags.tag_all(notebook)
        elif cell is None:
            raise BadInputError("Say which cell to tag: --cell with an id or #index, or --all.")
        elif remove:
            tagged = [tags.untag_cell(notebook, cell)]
        elif type is None:
            raise BadInputError("Say what the cell is: a block type.")
        else:
            tagged = [tags.tag_cell(notebook, cell, type, name, upstream)]
        if notebook != document.parse_notebook(text, whole=False):
            replace_text(place, text, document.dump_notebook(notebook))
        return tagged

    def guess(self, path: str | Path, *, notebook: Text = None) -> list[TaggedCell]:
        """Say how ``tag(all=True)`` would tag a notebook; nothing is written."""
        from mage_jlab.notebook import document, tags

        source = self._source(path, None, notebook)
        return tags.tag_all(document.upgrade(source.document))

    def choose(
        self, path: str | Path, choices: Sequence[CellChoice], *, notebook: Text = None
    ) -> Fixed:
        """Give the notebook as choices of types, names and merges make it; nothing is written.

        Raises:
            NotFoundError: when there is no such cell.
            UnprocessableError: when cells cannot be joined as it is wanted.
        """
        from mage_jlab.notebook.choosing import choose

        return choose(self._source(path, None, notebook).document, choices)

    def fix(
        self,
        path: str | Path,
        *,
        project_id: str | None = None,
        notebook: Text = None,
        diagnostic: DiagnosticPlace,
        fix: str,
    ) -> Fixed:
        """Carry out one fix of a diagnostic on a copy of the notebook; nothing is written.

        Args:
            path: the notebook.
            project_id: its project; by default the nearest folder upwards that is one.
            notebook: the unsaved notebook; by default the file is read.
            diagnostic: which diagnostic of ``check`` it is.
            fix: the id of one of its ``repairs``.

        Raises:
            NotFoundError: when the notebook has no such diagnostic (any more), or it no such fix.
            UnprocessableError: when the code cannot be changed so.
        """
        from mage_jlab.notebook.fixing import carry_out

        source = self._source(path, project_id, notebook)
        reading = source.read(pipeline_name(source.document, source.place))
        return carry_out(source.document, reading, diagnostic, fix)

    def mend(
        self, path: str | Path, *, project_id: str | None = None, codes: Collection[str] = ()
    ) -> MendedNotebook:
        """Carry out the fixes that leave no choice on a notebook's file, until none is left.

        Args:
            path: the notebook.
            project_id: its project; by default the nearest folder upwards that is one.
            codes: the codes whose diagnostics are mended; all without any.

        Raises:
            ConflictError: when the file changed while it was worked on; nothing is written then.
        """
        from mage_jlab.notebook.document import dump_notebook
        from mage_jlab.notebook.fixing import mend

        source = self._source(path, project_id, None)
        name = pipeline_name(source.document, source.place)
        mended = mend(source.document, lambda one: replace(source, document=one).read(name), codes)
        if mended.done:
            replace_text(source.place, source.text or "", dump_notebook(mended.notebook))
        analysis = self.check(path, project_id=project_id)
        return MendedNotebook(analysis, mended.done, list(mended.left.values()))

    def export(
        self,
        path: str | Path,
        *,
        project_id: str | None = None,
        notebook: Text = None,
        pipeline: str | None = None,
        dry_run: bool = False,
        diff: bool = False,
        expected: str | None = None,
    ) -> Export:
        """Write a notebook's blocks as files, all or nothing.

        Args:
            path: the notebook.
            project_id: its project; by default the nearest folder upwards that is one.
            notebook: the unsaved notebook; by default the file is read, and gets the ``mage`` key
                at its first export.
            pipeline: the pipeline's name; by default the notebook's, else the file's stem.
            dry_run: write nothing, only say what would be written.
            diff: give the text of every change as well.
            expected: the ``fingerprint`` of the dry run that was looked at: nothing is written when
                the export would do something else by now.

        Returns:
            What was written. With error diagnostics or conflicts in it, nothing was.
        """
        return self.exported(
            path,
            project_id=project_id,
            notebook=notebook,
            pipeline=pipeline,
            dry_run=dry_run,
            diff=diff,
            expected=expected,
        ).export

    def exported(
        self,
        path: str | Path,
        *,
        project_id: str | None = None,
        notebook: Text = None,
        pipeline: str | None = None,
        dry_run: bool = False,
        diff: bool = False,
        expected: str | None = None,
    ) -> Exported:
        """Do what ``export`` does, and name the project."""
        from mage_jlab.notebook.export import NotebookFile, export_workbench

        source = self._source(path, project_id, notebook, whole=False)
        files = source.files
        if files is None:
            raise NotFoundError(
                f"No folder above {path} is a project. Make one with `jupyter mage init`.",
                "no-project",
            )
        if source.text is not None:
            source.upgrade()
        name = pipeline or pipeline_name(source.document, source.place)
        export = export_workbench(
            files,
            source.read(name),
            notebook=NotebookFile(source.text, source.document) if source.text else None,
            dry=dry_run,
            diff=diff,
            expected=expected,
        )
        return Exported(export, self._projects.word(files))

    def open(self, project_id: str, pipeline: str) -> str:
        """Give the notebook that a pipeline is written in, made from its files where there is none.

        Returns:
            Its path, relative to the project.

        Raises:
            ConflictError: when a file that is not its notebook stands where it would be made.
        """
        from mage_jlab.services.workbench import open_workbench

        return open_workbench(self._projects.files(project_id), pipeline)

    def _existing(self, path: str | Path) -> Path:
        place = self._projects.resolve(path)
        if not place.is_file():
            raise NotFoundError(f"There is no notebook {path}.")
        return place

    def _source(
        self, path: str | Path, project_id: str | None, notebook: Text, *, whole: bool = True
    ) -> Source:
        from mage_jlab.notebook import document

        place = self._existing(path) if notebook is None else self._projects.resolve(path)
        text = read_text(place) if notebook is None else None
        if isinstance(notebook, Mapping):
            parsed = document.check_notebook(dict(notebook))
        else:
            given = notebook if notebook is not None else text or ""
            parsed = parse_text(given, path, whole=whole)
        files = (
            self._projects.files(project_id) if project_id else self._projects.around(place.parent)
        )
        inside = files is not None and files.place in place.parents
        shown = (
            place.relative_to(files.place.resolve()).as_posix() if files and inside else str(path)
        )
        return Source(place, shown, parsed, files, text, self._memory)
