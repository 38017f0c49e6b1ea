"""What the ledger gives besides the public words: rows with the places that stand behind them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.product import ProductRef
from mage_jlab.domain.run import BlockError, Event, Run, RunMark, RunState
from mage_jlab.store.ledger.ids import maybe_moment, moment


@dataclass(frozen=True)
class ProjectRow:
    """A project that this ledger knows, with its real folder and the one of its products."""

    id: str
    uuid: str
    place: str
    name: str
    data_root: str


@dataclass(frozen=True)
class ProductRow:
    """A visible product with what it belongs to; ``stored.uri`` is relative to ``root``.

    ``pruned_at`` says when the retention gave its files up.
    """

    id: str
    stored: StoredProduct
    root: Path
    run: str
    run_number: int
    project: str
    pipeline: str
    block: str
    block_run: str
    token: int
    code: str
    created_at: datetime
    pruned_at: datetime | None = None

    @property
    def ref(self) -> ProductRef:
        """The product as its run lists it."""
        return product_ref(self.id, self.stored)


@dataclass(frozen=True)
class AttemptRow:
    """One try of a block run; ``log`` is the absolute file that it writes its lines to."""

    block_run: str
    block: str
    item: str | None
    token: int
    outcome: str | None
    started_at: datetime
    ended_at: datetime | None
    worker_pid: int | None
    peak_memory: int | None
    cpu: float | None
    error: BlockError | None
    log: Path
    log_ref: str


@dataclass(frozen=True)
class EngineRow:
    """The engine that served this ledger last."""

    id: str
    pid: int
    version: str
    state: str
    started_at: datetime
    last_seen: datetime


def product_ref(product_id: str, stored: StoredProduct) -> ProductRef:
    """Give a product as its run lists it."""
    return ProductRef(
        id=product_id,
        name=stored.name,
        type=stored.type,
        rows=stored.rows,
        columns=len(stored.schema_) if stored.schema_ is not None else None,
        bytes=stored.bytes,
    )


def read_error(text: str | None) -> BlockError | None:
    """Read the column of an error."""
    return None if text is None else BlockError.model_validate_json(text)


def run_word(row: Row[Any], counts: dict[str, int], **more: Any) -> Run:
    """Give a row of ``run`` as its word; ``more`` may bring the block runs."""
    return Run(
        id=row.id,
        number=row.number,
        project=row.project_id,
        pipeline=row.pipeline,
        state=RunState(row.state),
        trigger=row.trigger_name,
        nominal_at=maybe_moment(row.nominal_at),
        variables=json.loads(row.variables),
        created_at=moment(row.created_at),
        started_at=maybe_moment(row.started_at),
        ended_at=maybe_moment(row.ended_at),
        snapshot=row.snapshot,
        error=read_error(row.error),
        failed_block=row.failed_block,
        counts=counts,
        **more,
    )


def run_mark(row: Row[Any]) -> RunMark:
    """Give a row of ``run`` as the mark of a strip."""
    return RunMark(
        id=row.id,
        number=row.number,
        state=RunState(row.state),
        created_at=moment(row.created_at),
        started_at=maybe_moment(row.started_at),
        ended_at=maybe_moment(row.ended_at),
        failed_block=row.failed_block,
    )


def event_word(row: Row[Any]) -> Event:
    """Give a row of ``event`` as its word."""
    return Event(
        seq=row.seq,
        at=moment(row.at),
        kind=row.kind,
        project=row.project_id,
        pipeline=row.pipeline,
        run=row.run_id,
        block=row.block,
        trigger=row.trigger_id,
        state=row.state,
        payload=json.loads(row.payload),
    )
