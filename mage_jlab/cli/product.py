"""``jupyter mage product``: what blocks returned."""

from __future__ import annotations

from pathlib import Path

import click

from mage_jlab.cli.preview import head
from mage_jlab.cli.product_difference import difference
from mage_jlab.cli.product_prune import prune
from mage_jlab.cli.session import Session, with_session
from mage_jlab.cli.words import ago, extent, table
from mage_jlab.domain.page import HARD_CAP

PIPELINE = click.argument("pipeline", metavar="P")
BLOCK = click.argument("block", metavar="B")
RUN = click.option(
    "--run", "run_ref", metavar="R", help="Of this run; by default of the newest successful one."
)
NAME = click.option(
    "--name", metavar="NAME", help="The result's name, where the block gives several."
)


@click.group()
def product() -> None:
    """Look at what blocks returned."""


@product.command("list")
@click.option("--run", "run_ref", metavar="R", help="Only products of this run.")
@click.option("--pipeline", metavar="P", help="Only products of this pipeline.")
@with_session
def list_(session: Session, run_ref: str | None, pipeline: str | None) -> None:
    """List data products."""
    project = session.project()
    run = session.services.runs.get(run_ref, project_id=project.id).id if run_ref else None
    found = list(session.services.products.list(run=run, project_id=project.id, pipeline=pipeline))
    document = {"products": [word.to_json() for word in found]}
    rows = [
        [
            f"{word.pipeline}#{word.run_number}",
            f"{word.block}.{word.name}",
            word.type.value,
            extent(word.rows, len(word.schema_) if word.schema_ is not None else None, word.bytes),
            ago(word.created_at),
        ]
        for word in found
    ]
    titles = ["Run", "Product", "Type", "Extent", "Created"]
    session.answer(document, lambda: table(titles, rows) if rows else "No product yet.")


@product.command()
@PIPELINE
@BLOCK
@RUN
@NAME
@click.option(
    "--rows",
    metavar="N",
    type=click.IntRange(0, HARD_CAP),
    default=10,
    show_default=True,
    help="So many rows.",
)
@with_session
def show(
    session: Session, pipeline: str, block: str, run_ref: str | None, name: str | None, rows: int
) -> None:
    """Show the product of the block B of the pipeline P."""
    found = session.services.products.show(
        session.project().id, pipeline, block, run=run_ref, name=name, rows=rows
    )
    session.answer(found.to_json(), lambda: head(found))


@product.command()
@PIPELINE
@BLOCK
@RUN
@NAME
@click.option(
    "--output",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="Written as its ending says: .csv .parquet .arrow .json .npy .pkl .html .png.",
)
@with_session
def get(
    session: Session, pipeline: str, block: str, run_ref: str | None, name: str | None, output: Path
) -> None:
    """Write the product of the block B of the pipeline P to a file."""
    found = session.services.products.show(
        session.project().id, pipeline, block, run=run_ref, name=name, rows=0
    )
    session.services.products.save(found.id, output.absolute())
    session.answer({"output": str(output)}, f"{found.block}.{found.name} is in {output}.")


@product.command()
@click.argument("before", metavar="R1")
@click.argument("after", metavar="R2")
@BLOCK
@NAME
@with_session
def diff(session: Session, before: str, after: str, block: str, name: str | None) -> None:
    """Compare what the block B returned in the runs R1 and R2."""
    found = session.services.products.diff_of_runs(session.project().id, before, after, block, name)
    session.answer(found.to_json(), lambda: difference(found))


product.add_command(prune)
