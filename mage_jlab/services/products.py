"""Data products: what they are, pages of their rows, and files made from them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mage_jlab.domain.errors import BadInputError, MageError, NotFoundError
from mage_jlab.domain.page import HARD_CAP
from mage_jlab.domain.product import Product, RowsPage, is_displayed
from mage_jlab.domain.product_diff import ProductDiff
from mage_jlab.domain.product_profile import Profile, RowFilter, TreePage
from mage_jlab.services.doors import Doors
from mage_jlab.services.product_reading import readable
from mage_jlab.services.projects import Projects

if TYPE_CHECKING:
    from mage_jlab.store.ledger.rows import ProductRow


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
        """Give the products of a run, or else the current ones of a project's pipelines.

        Args:
            run: an id, ``pipeline#number`` or ``last``.
            project_id: the project.
            pipeline: only this pipeline's.

        Returns:
            The products without preview, in the order of the pipelines and their blocks.

        Raises:
            NotFoundError: when there is no such run, project or pipeline.
            BadInputError: when neither a run nor a project is named.
        """
        if run is not None:
            run_id = self._doors.ledger.run(run, project=project_id).id
            rows = self._doors.ledger.products(run=run_id, project=project_id, pipeline=pipeline)
            return [self._word(row) for row in rows if self._projects.allows(row.project)]
        if project_id is None:
            raise BadInputError("Say whose products: a run's or a project's.")
        files = self._projects.files(project_id)
        names = files.pipelines()
        if pipeline is not None and pipeline not in names:
            raise NotFoundError(f"There is no pipeline {pipeline} in this project.")
        found: list[Product] = []
        for name in [pipeline] if pipeline is not None else names:
            try:
                blocks = files.pipeline(name).blocks
            except MageError:
                if pipeline is not None:
                    raise
                continue  # one broken pipeline hides no other
            for block in blocks:
                rows = self._doors.ledger.current_products(project_id, name, block.name)
                found += [self._word(row, current=True) for row in rows]
        return found

    def find(
        self,
        project_id: str,
        pipeline: str,
        block: str,
        *,
        run: str | None = None,
        name: str | None = None,
    ) -> ProductRow:
        """Give the row of one product of a block; arguments and errors as of ``show``."""
        if pipeline not in self._projects.files(project_id).pipelines():
            raise NotFoundError(f"There is no pipeline {pipeline} in this project.")
        if run is not None:
            run_id = self._doors.ledger.run(run, project=project_id).id
            rows = self._doors.ledger.products(
                run=run_id, project=project_id, pipeline=pipeline, block=block
            )
        else:
            rows = self._doors.ledger.current_products(project_id, pipeline, block)
        if not rows:
            which = "that run" if run is not None else "any successful run"
            raise NotFoundError(
                f"The block {block} of {pipeline} has no data product of {which}.", "no-product"
            )
        return _choose(rows, block, name)

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
            NotFoundError: when there is none, or what is stored is gone.
            BadInputError: when a name is needed; the message lists them.
        """
        found = self.find(project_id, pipeline, block, run=run, name=name)
        return self._shown(found, rows)

    def get(self, product_id: str, rows: int = 10) -> Product:
        """Give a product by its id, with its first rows or its value."""
        return self._shown(self._row(product_id), rows)

    def rows(
        self,
        product_id: str,
        offset: int = 0,
        limit: int = 100,
        *,
        sort: str | None = None,
        filters: Sequence[RowFilter] = (),
    ) -> RowsPage:
        """Give some rows of a frame or a series; only these and what the order needs are read."""
        from mage_jlab.store.product_rows import ordered_rows

        row = self._row(product_id)
        return ordered_rows(row.root, row.stored, offset, min(limit, HARD_CAP), sort, filters)

    def profile(self, product_id: str) -> Profile:
        """Give what the columns of a product hold, as it was counted when it was written."""
        from mage_jlab.store.product_profiles import stored_profile

        return stored_profile(self._row(product_id).stored)

    def tree(
        self, product_id: str, pointer: str = "", offset: int = 0, limit: int = 100
    ) -> TreePage:
        """Give the children of one part of a JSON value."""
        from mage_jlab.store.product_tree import tree_page

        row = self._row(product_id)
        return tree_page(row.root, row.stored, pointer, offset, min(limit, HARD_CAP))

    def diff(self, before: str, after: str) -> ProductDiff:
        """Compare two products by their ids: what differs in the second.

        Raises:
            NotFoundError: when there is no such product, or what is stored is gone.
        """
        from mage_jlab.store.product_diff import compare_products

        one, other = self._row(before), self._row(after)
        return compare_products(
            (one.id, one.root, one.stored), (other.id, other.root, other.stored)
        )

    def diff_of_runs(
        self, project_id: str, before: str, after: str, block: str, name: str | None = None
    ) -> ProductDiff:
        """Compare what a block returned in two runs; arguments and errors as of ``show``."""
        rows = []
        for ref in (before, after):
            run = self._doors.ledger.run(ref, project=project_id)
            rows.append(self.find(project_id, run.pipeline, block, run=run.id, name=name))
        return self.diff(rows[0].id, rows[1].id)

    def save(self, product_id: str, output: Path) -> Path:
        """Write a product into a file, in the format that the file's ending says.

        For ``.pkl`` the value is loaded, so that it keeps every type: never call this in the
        server's process, which offers ``download``.

        Returns:
            The file, absolute.

        Raises:
            BadInputError: when this product has no such form.
        """
        from mage_jlab.store.products_export import export_product, pickle_value

        row = self._row(product_id)
        if not output.absolute().parent.is_dir():
            raise NotFoundError(f"There is no folder {output.parent}.")
        if output.suffix == ".pkl":
            pickle_value(self.load(product_id), output.absolute())
        else:
            export_product(row.root, row.stored, output.absolute())
        return output.absolute()

    def download(self, product_id: str, format_: str, folder: Path) -> tuple[str, Path]:
        """Write a product as a file into a folder; give the name to save it under, and the file."""
        if not format_.isalnum():
            raise BadInputError(f"{format_!r} is no file format.")
        from mage_jlab.store.products_export import export_product

        row = self._row(product_id)
        name = f"{row.pipeline}-{row.run_number}-{row.block}-{row.stored.name}.{format_}"
        file = folder / f"product.{format_}"
        export_product(row.root, row.stored, file)
        return name.replace("/", "-"), file

    def load(self, product_id: str) -> Any:
        """Load a product as the value that it was; never do this in the server's process.

        Raises:
            NotFoundError: when what is stored is gone or was altered.
        """
        from mage_jlab.blocks.load import load_product

        row = self._row(product_id)
        return load_product(row.stored, row.root)

    def _row(self, product_id: str) -> ProductRow:
        row = self._doors.ledger.product(product_id)
        if not self._projects.allows(row.project):
            raise NotFoundError(f"There is no data product {product_id} here.")
        return readable(row)

    def _shown(self, row: ProductRow, rows: int) -> Product:
        from mage_jlab.store.products import read_preview

        readable(row)
        preview = read_preview(row.root, row.stored, min(rows, HARD_CAP))
        current = self._doors.ledger.current_products(row.project, row.pipeline, row.block)
        word = self._word(row, current=row.id in {other.id for other in current})
        return word.model_copy(
            update={"preview": preview.rows, "value": preview.value, "mime": preview.mime}
        )

    @staticmethod
    def _word(row: ProductRow, *, current: bool = False) -> Product:
        stored = row.stored
        return Product(
            id=row.id,
            block=row.block,
            run=row.run,
            run_number=row.run_number,
            pipeline=row.pipeline,
            name=stored.name,
            type=stored.type,
            type_name=stored.type_name,
            schema_=stored.schema_,
            rows=stored.rows,
            bytes=stored.bytes,
            created_at=row.created_at,
            code=row.code,
            current=current,
            uri=stored.uri,
        )


def _choose(rows: Sequence[ProductRow], block: str, name: str | None) -> ProductRow:
    names = [row.stored.name for row in rows]
    results = [row for row in rows if not is_displayed(row.stored.name)] or rows
    if name is not None:
        wanted = name
    elif len(results) == 1:
        return results[0]
    else:
        wanted = block
    for row in rows:
        if row.stored.name == wanted:
            return row
    if name is None:
        raise BadInputError(
            f"The block {block} has several data products: {', '.join(names)}. Name one.",
            "name-needed",
        )
    raise NotFoundError(
        f"The block {block} has no data product {name}; it has {', '.join(names)}.", "no-product"
    )
