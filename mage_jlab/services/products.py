"""Data products: what they are, pages of their rows, and files made from them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mage_jlab.domain.product import Product, RowsPage
from mage_jlab.services.doors import Doors
from mage_jlab.services.projects import Projects


class Products:
    """Reads the visible products of runs.

    Args:
        doors: the ways to the ledger.
        projects: the projects.
    """

    def __init__(self, doors: Doors, projects: Projects) -> None:
        self._doors = doors
        self._projects = projects

    def list(
        self, *, run: str | None = None, project_id: str | None = None, pipeline: str | None = None
    ) -> Sequence[Product]:
        """Give the products of a run, or the current ones of a pipeline or of a whole project.

        Args:
            run: an id, ``pipeline#number`` or ``last``.
            project_id: the project.
            pipeline: only this pipeline's.

        Returns:
            The products without preview, the newest first.
        """
        raise NotImplementedError

    def show(
        self,
        project_id: str,
        pipeline: str,
        block: str,
        *,
        run: str | None = None,
        name: str | None = None,
        rows: int = 10,
    ) -> Product:
        """Give one product of a block with its first rows or its value.

        Args:
            project_id: the project.
            pipeline: the pipeline.
            block: the block.
            run: the run that made it; by default the newest successful one.
            name: its name; by default the only one, else the one named like the block.
            rows: at most so many rows of a frame.

        Raises:
            NotFoundError: when there is none.
            BadInputError: when a name is needed; the message lists them.
        """
        raise NotImplementedError

    def get(self, product_id: str, rows: int = 10) -> Product:
        """Give a product by its id, with its first rows or its value."""
        raise NotImplementedError

    def rows(self, product_id: str, offset: int = 0, limit: int = 100) -> RowsPage:
        """Give some rows of a frame or a series; only these are read."""
        raise NotImplementedError

    def save(self, product_id: str, output: Path) -> Path:
        """Write a product into a file, in the format that the file's ending says.

        Returns:
            The file, absolute.
        """
        raise NotImplementedError
