"""Pipelines: references to blocks, and what is shown of them."""

from __future__ import annotations

from enum import StrEnum

from mage_jlab.domain.block import Block
from mage_jlab.domain.run import RunMark
from mage_jlab.domain.word import Json, Moment, Word


class PipelineType(StrEnum):
    """The kinds of pipelines; only ``python`` (batch) runs on block runs."""

    PYTHON = "python"
    STREAMING = "streaming"
    INTEGRATION = "integration"


class Edge(Word):
    """An arrow of the graph: ``to`` waits for ``from`` and reads ``names`` of it.

    ``why`` is ``code`` (names, files and order) or ``declared`` (the cell's metadata or the YAML).
    """

    from_: str
    to: str
    names: list[str] = []
    why: str = "code"


class FileProblem(Word):
    """Why a file of the project cannot be read: the sentence, the file and the place in it."""

    message: str
    file: str
    line: int | None = None
    column: int | None = None


class Pipeline(Word):
    """A pipeline as its files define it.

    ``variables`` are the runtime variables' defaults; ``workbench`` and ``kernel`` are what export
    recorded; ``hash`` is the sha256 of its ``metadata.yaml``, for a safe rewrite.
    """

    name: str
    type: PipelineType = PipelineType.PYTHON
    description: str | None = None
    tags: list[str] = []
    variables: dict[str, Json] = {}
    workbench: str | None = None
    kernel: str | None = None
    blocks: list[Block] = []
    edges: list[Edge] = []
    hash: str


class PipelineRow(Word):
    """A pipeline as a list shows it: its last runs (oldest first, at most ten) and its next time.

    A pipeline whose files cannot be read keeps its row, with ``problem``.
    """

    name: str
    type: PipelineType = PipelineType.PYTHON
    description: str | None = None
    tags: list[str] = []
    blocks: int = 0
    triggers: int = 0
    workbench: str | None = None
    last_runs: list[RunMark] = []
    next_at: Moment | None = None
    problem: FileProblem | None = None


class Graph(Word):
    """The graph of a pipeline's files."""

    pipeline: str
    blocks: list[Block]
    edges: list[Edge]
