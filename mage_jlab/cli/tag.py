"""``tag``: cells of a notebook become blocks."""

from __future__ import annotations

from pathlib import Path

import click

from mage_jlab.cli.notebook import NOTEBOOK, find_notebook
from mage_jlab.cli.session import Session, with_session
from mage_jlab.domain.analysis import TaggedCell
from mage_jlab.domain.block import BlockType

_MERGE = ("merge", "why")


@click.command()
@NOTEBOOK
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Every code cell that does something; the types are guessed.",
)
@click.option(
    "--cell", metavar="C", help="One cell: its id, or #3 for the cell at index 3, from 0."
)
@click.option(
    "--type",
    "type_",
    metavar="T",
    type=click.Choice([t.value for t in BlockType]),
    help="Its block type.",
)
@click.option("--name", metavar="N", help="Its name, where the code gives a poor one.")
@click.option(
    "--upstream",
    metavar="U",
    multiple=True,
    help="A block above that its code cannot show; may be repeated.",
)
@click.option("--remove", is_flag=True, help="Make the cell no block again.")
@with_session
def tag(
    session: Session,
    notebook: Path,
    every: bool,
    cell: str | None,
    type_: str | None,
    name: str | None,
    upstream: tuple[str, ...],
    remove: bool,
) -> None:
    """Make cells of the notebook NB blocks."""
    if every == (cell is not None):
        raise click.UsageError("Say which cells: either --all, or --cell C.")
    if every and (type_ or name or upstream or remove):
        raise click.UsageError("--type, --name, --upstream and --remove go with --cell.")
    if cell is not None and remove == (type_ is not None):
        raise click.UsageError("Say what happens to the cell: either --type T, or --remove.")
    if remove and (name or upstream):
        raise click.UsageError("--name and --upstream go with --type.")
    cells = session.services.notebooks.tag(
        str(find_notebook(session, notebook)),
        all=every,
        cell=cell,
        type=BlockType(type_) if type_ else None,
        name=name,
        upstream=upstream,
        remove=remove,
    )
    document = {"cells": [_document(tagged) for tagged in cells]}
    session.answer(
        document,
        lambda: "\n".join(map(_tagged, cells)) or "No cell does anything that a block would.",
    )


def _document(cell: TaggedCell) -> dict[str, object]:
    """Give a tagged cell as JSON; what speaks for a merge only where there is one."""
    return {key: value for key, value in cell.to_json().items() if cell.merge or key not in _MERGE}


def _tagged(cell: TaggedCell) -> str:
    what = f"{cell.type.value} {cell.name or ''}".rstrip() if cell.type else "not a block"
    return f"#{cell.index}  {cell.cell_id}  {what}"
