"""``jupyter mage graph``: the graph of a pipeline's files."""

from __future__ import annotations

import json
from typing import Any

import click

from mage_jlab.cli.session import Session, with_session
from mage_jlab.domain.pipeline import Graph


@click.command()
@click.argument("pipeline", metavar="P")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "mermaid", "dot"]),
    default="text",
    show_default=True,
    help="How it is written.",
)
@with_session
def graph(session: Session, pipeline: str, format_: str) -> None:
    """Show the graph of the pipeline P."""
    from mage_jlab.cli import diagram

    found = session.services.pipelines.graph(session.project().id, pipeline)
    writers = {
        "text": diagram.text,
        "json": lambda word: json.dumps(document(word), ensure_ascii=False, indent=2),
        "mermaid": diagram.mermaid,
        "dot": diagram.dot,
    }
    session.answer(document(found), lambda: writers[format_](found))


def document(graph: Graph) -> dict[str, Any]:
    """Give the graph as JSON: blocks without their code, and edges."""
    blocks = [block.model_dump(mode="json", exclude={"code", "hash"}) for block in graph.blocks]
    return {
        "pipeline": graph.pipeline,
        "blocks": blocks,
        "edges": [e.to_json() for e in graph.edges],
    }
