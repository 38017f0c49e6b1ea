"""What notebooks and scripts use: ``Project("path").pipeline("sales").run(market="CA")``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mage_jlab.domain.run import Run
from mage_jlab.domain.word import Json
from mage_jlab.services.services import Services
from mage_jlab.store.paths import StateFolder
from mage_jlab.store.project_files import find_project


class Project:
    """A project, on the engine of the environment's state folder.

    Args:
        path: its folder, or one inside it.

    Raises:
        NotFoundError: when there is no project there.
    """

    def __init__(self, path: str | Path = ".") -> None:
        self._services = Services(StateFolder.from_environ())
        folder = Path(path).expanduser().absolute()
        self.word = self._services.projects.open(find_project(folder) or folder)

    def __repr__(self) -> str:
        return f"Project({self.word.path!r})"

    def pipelines(self) -> list[str]:
        """Give the names of its pipelines."""
        return self._services.projects.files(self.word.id).pipelines()

    def pipeline(self, name: str) -> PipelineOfProject:
        """Give one of its pipelines.

        Raises:
            NotFoundError: when there is none of this name.
            UnreadableFileError: when its files cannot be read.
        """
        found = self._services.pipelines.get(self.word.id, name)
        return PipelineOfProject(self._services, self.word.id, found.name)


class PipelineOfProject:
    """A pipeline that can be run, and whose products can be loaded."""

    def __init__(self, services: Services, project_id: str, name: str) -> None:
        self._services = services
        self._project_id = project_id
        self.name = name

    def __repr__(self) -> str:
        return f"Pipeline({self.name!r})"

    def run(self, /, **variables: Json) -> RunOfPipeline:
        """Run the pipeline's files on the engine, and wait for the end.

        Args:
            variables: runtime variables; what is left out has its default.

        Returns:
            The run, whatever its ``state`` is in the end.
        """
        started = self._services.runs.start(self._project_id, self.name, variables=variables)
        return RunOfPipeline(self._services, self._services.runs.wait(started.id))

    def product(self, block: str, name: str | None = None) -> LoadableProduct:
        """Give what a block returned in the newest successful run.

        Args:
            block: the block.
            name: the result's name; by default the only one, else the one named like the block.

        Raises:
            NotFoundError: when there is none.
            BadInputError: when a name is needed.
        """
        row = self._services.products.find(self._project_id, self.name, block, name=name)
        return LoadableProduct(self._services, row.id)


class RunOfPipeline:
    """A run, and the way to its products; all fields of a run can be read from it."""

    def __init__(self, services: Services, word: Run) -> None:
        self._services = services
        self.word = word

    def __repr__(self) -> str:
        return f"Run({self.word.pipeline}#{self.word.number}, {self.word.state.value})"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "word":  # not there yet while one is copied
            raise AttributeError(name)
        return getattr(self.word, name)

    def product(self, block: str, name: str | None = None) -> LoadableProduct:
        """Give what a block returned in this run; arguments and errors as of a pipeline's."""
        run = self.word
        row = self._services.products.find(run.project, run.pipeline, block, run=run.id, name=name)
        return LoadableProduct(self._services, row.id)


class LoadableProduct:
    """A data product that can be loaded as the value that it was."""

    def __init__(self, services: Services, product_id: str) -> None:
        self._services = services
        self.id = product_id

    def load(self) -> Any:
        """Load the value.

        Raises:
            MageError: when what is stored is gone or was altered.
        """
        return self._services.products.load(self.id)
