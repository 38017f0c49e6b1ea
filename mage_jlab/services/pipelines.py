"""Pipelines: rows of lists, one pipeline, its graph."""

from __future__ import annotations

from mage_jlab.domain.errors import BadInputError, MageError, UnreadableFileError
from mage_jlab.domain.page import HARD_CAP, Page
from mage_jlab.domain.pipeline import FileProblem, Graph, Pipeline, PipelineRow
from mage_jlab.services.doors import Doors
from mage_jlab.services.projects import Projects
from mage_jlab.store.project_files import ProjectFiles


class Pipelines:
    """Reads and makes the pipelines of projects.

    Args:
        doors: the ways to the ledger.
        projects: the projects.
    """

    def __init__(self, doors: Doors, projects: Projects) -> None:
        self._doors = doors
        self._projects = projects

    def rows(
        self,
        project_id: str,
        *,
        search: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> Page[PipelineRow]:
        """Give a page of a project's pipelines, by name; one that cannot be read keeps its row.

        Args:
            project_id: the project.
            search: only those with this text in their name, without regard to case.
            limit: at most so many.
            before: the cursor that the page before gave: the name of its last pipeline.
        """
        files = self._projects.files(project_id)
        names = sorted(files.pipelines())
        if search:
            names = [name for name in names if search.lower() in name.lower()]
        if before is not None:
            names = [name for name in names if name > before]
        limit = page_size(limit)
        shown = names[:limit]
        strips = self._doors.ledger.strips(project_id)
        times = self._doors.ledger.next_times(project_id)
        rows = [
            _row(files, name).model_copy(
                update={"last_runs": strips.get(name, []), "next_at": times.get(name)}
            )
            for name in shown
        ]
        return Page(rows, shown[-1] if len(names) > limit else None)

    def get(self, project_id: str, name: str) -> Pipeline:
        """Give one pipeline as its files define it.

        Raises:
            NotFoundError: when there is no such pipeline.
            UnreadableFileError: when its files cannot be read, with file and line.
        """
        return self._projects.files(project_id).pipeline(name)

    def create(self, project_id: str, name: str) -> Pipeline:
        """Make an empty pipeline.

        Raises:
            ConflictError: when there is one of this name.
        """
        if not name.strip():
            raise BadInputError("A pipeline needs a name.")
        return self._projects.files(project_id).create_pipeline(name)

    def graph(self, project_id: str, name: str) -> Graph:
        """Give the graph of a pipeline's files."""
        pipeline = self.get(project_id, name)
        return Graph(pipeline=pipeline.name, blocks=pipeline.blocks, edges=pipeline.edges)


def page_size(limit: int) -> int:
    """Hold a page's size between 1 and the cap.

    Raises:
        BadInputError: when it is below 1.
    """
    if limit < 1:
        raise BadInputError(f"limit must be at least 1, not {limit}.")
    return min(limit, HARD_CAP)


def _row(files: ProjectFiles, name: str) -> PipelineRow:
    try:
        pipeline = files.pipeline(name)
        triggers = len(files.triggers(name))
    except UnreadableFileError as error:
        problem = FileProblem(
            message=error.message, file=error.path, line=error.line, column=error.column
        )
        return PipelineRow(name=name, problem=problem)
    except MageError as error:
        file = f"pipelines/{name}/metadata.yaml"
        return PipelineRow(name=name, problem=FileProblem(message=error.message, file=file))
    return PipelineRow(
        name=name,
        type=pipeline.type,
        description=pipeline.description,
        tags=pipeline.tags,
        blocks=len(pipeline.blocks),
        triggers=triggers,
        workbench=pipeline.workbench,
    )
