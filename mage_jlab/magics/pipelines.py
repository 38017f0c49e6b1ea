"""The magics of pipelines: try a cell as a block, run a pipeline, load a product."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class

from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import MageError, NotFoundError
from mage_jlab.magics.session import BlockCells

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from mage_jlab.services.client import Project


@magics_class
class PipelineMagics(Magics):
    """``%%block``, ``%run_pipeline`` and ``%product``.

    Args:
        shell: the running IPython shell.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._shell = shell
        self._cells = BlockCells()

    @cell_magic
    def block(self, line: str, cell: str) -> None:
        """Run a cell and say how it reads as a block, below those that were run so before.

        ``%%block transformer [name]``
        """
        words = _words(line)
        types = [block_type.value for block_type in BlockType]
        if not 1 <= len(words) <= 2 or words[0] not in types:
            raise UsageError(f"%%block TYPE [NAME], where TYPE is one of {', '.join(types)}.")
        name = words[1] if len(words) == 2 else None
        ran = self._shell.run_cell(cell)  # type: ignore[no-untyped-call] # IPython left it untyped
        if not ran.success:
            return
        history = [source for source in self._shell.user_ns.get("In", [])[:-1] if source]
        scratch = [source for source in history if "run_cell_magic('block'" not in source]
        try:
            print(self._cells.take(cell, BlockType(words[0]), name, scratch))  # noqa: T201 a magic answers in the cell's output
        except MageError as error:
            raise UsageError(error.message) from None

    @line_magic
    def run_pipeline(self, line: str) -> Any:
        """Run a pipeline and wait for its end; the run is the value.

        ``%run_pipeline sales market=CA``
        """
        from mage_jlab.services.variables import parse_assignments

        words = _words(line)
        if not words:
            raise UsageError("%run_pipeline PIPELINE [NAME=VALUE …]")
        try:
            return _project().pipeline(words[0]).run(**parse_assignments(words[1:]))
        except MageError as error:
            raise UsageError(error.message) from None

    @line_magic
    def product(self, line: str) -> Any:
        """Load what a block returned in the newest successful run.

        ``%product sales clean [name]``
        """
        words = _words(line)
        if not 2 <= len(words) <= 3:
            raise UsageError("%product PIPELINE BLOCK [NAME]")
        try:
            pipeline = _project().pipeline(words[0])
            return pipeline.product(words[1], *words[2:]).load()
        except MageError as error:
            raise UsageError(error.message) from None


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(f"{line.strip()}: {error}.") from None


def _project() -> Project:
    from mage_jlab.services.client import Project
    from mage_jlab.store.project_files import find_project

    place = find_project(Path.cwd())
    if place is None:
        raise NotFoundError(f"There is no project at {Path.cwd()} or above it.")
    return Project(str(place))
