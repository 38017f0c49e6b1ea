"""``jupyter mage block``: blocks written by hand."""

from __future__ import annotations

import click

from mage_jlab.cli.session import Session, with_session
from mage_jlab.domain.block import BlockType, Language


@click.group()
def block() -> None:
    """Make a block from a template."""


@block.command()
@click.argument("type_", metavar="TYPE", type=click.Choice([t.value for t in BlockType]))
@click.argument("name", metavar="NAME")
@click.option(
    "--language",
    metavar="L",
    type=click.Choice([lang.value for lang in Language]),
    default=Language.PYTHON.value,
    show_default=True,
    help="The language of its file.",
)
@click.option("--pipeline", metavar="P", help="Add it to this pipeline.")
@click.option("--template", metavar="T", help="What it starts with, by its name.")
@click.option("--upstream", metavar="B", multiple=True, help="A block of P above it; repeatable.")
@with_session
def new(
    session: Session,
    type_: str,
    name: str,
    language: str,
    pipeline: str | None,
    template: str | None,
    upstream: tuple[str, ...],
) -> None:
    """Make a block NAME of the type TYPE."""
    made = session.services.blocks.new(
        session.project().id,
        type_,
        name,
        language=language,
        pipeline=pipeline,
        template=template,
        upstream=upstream,
    )
    session.answer(made.model_dump(), made.file)
