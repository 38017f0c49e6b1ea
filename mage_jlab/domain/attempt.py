"""What passes between the engine and whoever runs a block: the task, and how it ended."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from mage_jlab.domain.plan import PlannedBlock
from mage_jlab.domain.product import Column, ProductType
from mage_jlab.domain.run import BlockError
from mage_jlab.domain.word import Json, Moment, Word


class StoredProduct(Word):
    """The manifest of one product.

    ``uri`` is the folder with its files, relative to the project's products folder; None when the
    value itself stands in ``inline`` as JSON text (at most 16 KiB). ``checksum`` is the sha256 of
    the stored bytes or of the inline text; ``statistics`` has a summary by column. ``version`` is
    the form of manifest and files; ``codec`` the name of the codec that wrote the file, where its
    type alone does not say it; ``shown`` what a view shows of a value that only workers can load.
    """

    name: str
    type: ProductType
    type_name: str | None = None
    uri: str | None = None
    inline: str | None = None
    schema_: list[Column] | None = None
    rows: int | None = None
    bytes: int = 0
    checksum: str = ""
    statistics: dict[str, Any] = {}
    version: int = 1
    codec: str | None = None
    shown: Json = None


class UpstreamProducts(Word):
    """The visible products of one block above, in the order of its results.

    ``pick`` is the place of the one value that this item takes of what a dynamic block returned;
    ``items`` are the products of each item of a block whose items are handed on as one list.
    """

    block: str
    products: list[StoredProduct] = []
    pick: int | None = None
    items: list[list[StoredProduct]] | None = None


class Guarded(Word):
    """What a callback is called for: the block above it, how it ended, and its error."""

    block: str
    item: str | None = None
    state: str
    error: BlockError | None = None


class Opened(Word):
    """The values for which the blocks below a dynamic block run: how many, and their names."""

    count: int
    names: list[str | None] | None = None


class BlockTask(Word):
    """One attempt of a block run, ready to be executed.

    ``token`` is the fencing token; ``folder`` is the absolute, read-only project folder of the
    snapshot; ``products`` the absolute products folder that ``uri`` of inputs and outputs is
    relative to; ``output`` is where this attempt writes, relative to ``products``; ``log`` is the
    absolute file of this attempt's log. ``key`` says which warm workers may run
    it (interpreter, project, snapshot, set-up). ``item`` is the item of a block that fans out, as
    it is shown, and ``index`` its place in the order of all; ``guarded`` is what a callback is
    called for.
    """

    block_run: str
    token: int
    run: str
    run_number: int
    attempt: int
    pipeline: str
    project_name: str
    block: PlannedBlock
    inputs: list[UpstreamProducts] = []
    variables: dict[str, Json] = {}
    execution_date: Moment
    interval_start: Moment | None = None
    interval_end: Moment | None = None
    trigger: str | None = None
    idempotency_key: str
    key: str
    interpreter: str
    environ: dict[str, str] = {}
    place: str
    cwd: str
    folder: str
    setup: str | None = None
    products: str
    output: str
    log: str
    item: str | None = None
    index: int | None = None
    guarded: Guarded | None = None


class OutcomeKind(StrEnum):
    """How an attempt ended."""

    SUCCESS = "success"
    FAILED = "failed"
    CRASHED = "crashed"
    CANCELLED = "cancelled"
    TIMEOUT = "timeout"
    WAITING = "waiting"


class Outcome(Word):
    """How an attempt ended, and what it left.

    ``condition`` is what a conditional block answered; ``opened`` what a dynamic block fans out
    to; ``again`` in how many seconds a sensor that said no (``waiting``) is asked again. Memory in
    bytes, CPU time in seconds.
    """

    block_run: str
    token: int
    kind: OutcomeKind
    products: list[StoredProduct] = []
    error: BlockError | None = None
    condition: bool | None = None
    opened: Opened | None = None
    again: float | None = None
    worker_pid: int | None = None
    started_at: Moment | None = None
    ended_at: Moment | None = None
    peak_memory: int | None = None
    cpu: float | None = None
