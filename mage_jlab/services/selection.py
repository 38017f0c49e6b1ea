"""Which blocks of a pipeline a run runs, and whose products it takes for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mage_jlab.domain.attempt import UpstreamProducts
from mage_jlab.domain.cache import cache_key
from mage_jlab.domain.errors import BadInputError, NotFoundError, UnprocessableError
from mage_jlab.domain.fan import Fan
from mage_jlab.domain.graph import above, below, in_order
from mage_jlab.domain.plan import Plan, PlannedBlock
from mage_jlab.domain.run import Run
from mage_jlab.domain.word import Json, rfc3339

if TYPE_CHECKING:
    from mage_jlab.store.ledger.reader import LedgerReader


@dataclass(frozen=True)
class Selection:
    """What a run would run, in the plan's order, and what it would take from earlier runs.

    ``reuse`` names, for each block that is not run and that a chosen one reads, the ids of its
    products; ``complete`` is true when every block of the plan is run.
    """

    would_run: list[str]
    reuse: dict[str, list[str]] = field(default_factory=dict)
    complete: bool = True

    @property
    def reused(self) -> list[str]:
        """The blocks whose products are taken from earlier runs."""
        return list(self.reuse)


def select(
    plan: Plan,
    *,
    block: str | None = None,
    upto: str | None = None,
    from_: str | None = None,
) -> tuple[list[str], list[str]]:
    """Choose the blocks to run, and those right above them that are left out.

    Args:
        plan: what the pipeline's files say.
        block: this block alone.
        upto: this block and all above it.
        from_: this block and all below it.

    Raises:
        BadInputError: when more than one of the three is given.
        NotFoundError: when the pipeline has no such block, or it never runs.
    """
    chosen = [name for name in (block, upto, from_) if name is not None]
    if len(chosen) > 1:
        raise BadInputError("Give only one of block, upto and from.")
    upstream = {b.name: b.upstream for b in plan.blocks if b.type.runs}
    if not chosen:
        return list(upstream), []
    name = chosen[0]
    if name not in upstream:
        raise NotFoundError(f"The pipeline {plan.pipeline} has no block {name} that runs.")
    wanted = {name}
    if upto is not None:
        wanted |= above(upstream, name)
    elif from_ is not None:
        wanted |= below(upstream, name)
    run = [b for b in upstream if b in wanted]
    guards = {b.name: b.guards for b in plan.blocks}
    planned = {b.name: b for b in plan.blocks if b.type.runs}
    fan = Fan.of(planned, in_order(upstream))
    parents = {
        parent
        for b in run
        # the items of a block are those of the blocks that opened its dimensions, however far above
        for parent in (*upstream[b], *fan.dims[b])
        # what a conditional above said is not asked again: the block was named
        if parent not in wanted and parent not in guards[b]
    }
    return run, [b for b in upstream if b in parents]


def find_products(
    ledger: LedgerReader, project: str, plan: Plan, left_out: Sequence[str], of: Run | None
) -> dict[str, list[str]]:
    """Find the products that stand in for blocks that are not run.

    Args:
        ledger: the reader of the ledger.
        project: the project's id.
        plan: what the pipeline's files say.
        left_out: the blocks that are not run, and that a chosen one waits for.
        of: the run to take the products of; None means each block's current ones.

    Raises:
        UnprocessableError: when a block has none to take.
    """
    planned = {b.name: b for b in plan.blocks}
    found = {}
    for name in left_out:
        if of is not None:
            found[name] = _of_run(ledger, of, planned[name])
        else:
            found[name] = _current(ledger, project, plan.pipeline, planned[name])
    return found


def with_cached(
    ledger: LedgerReader, project: str, plan: Plan, selection: Selection, variables: dict[str, Json]
) -> Selection:
    """Move the blocks whose cached products would be taken from those that would run.

    What lies below a block that would run is not known yet, and neither are the items of a
    fan-out: they count as running.

    Args:
        ledger: the reader of the ledger.
        project: the project's id.
        plan: what the pipeline's files say.
        selection: what was chosen.
        variables: the runtime variables.
    """
    planned = {b.name: b for b in plan.blocks if b.type.runs}
    order = in_order({b.name: b.upstream for b in planned.values()})
    fan = Fan.of(planned, order)
    known = {
        block: [ledger.product(id_).stored for id_ in ids]
        for block, ids in selection.reuse.items()
        if not fan.dims[block]
    }
    reuse = dict(selection.reuse)
    for name in order:
        block = planned[name]
        above = [parent for parent in block.upstream if parent not in block.guards]
        if name not in selection.would_run or block.cache is None or fan.dims[name]:
            continue
        if block.guards or any(parent not in known for parent in above):
            continue
        inputs = [UpstreamProducts(block=parent, products=known[parent]) for parent in above]
        now = rfc3339(datetime.now(UTC))
        key = cache_key(block, inputs, variables, run="", execution_date=now)
        former = ledger.former(project, key or "", plan.environment, Path(plan.products))
        if former is not None:
            known[name] = list(former.values())
            reuse[name] = list(former)
    would_run = [name for name in selection.would_run if name not in reuse]
    return replace(selection, would_run=would_run, reuse=reuse)


def _of_run(ledger: LedgerReader, run: Run, block: PlannedBlock) -> list[str]:
    found = ledger.result_ids(run.id, block.name)
    if found is None:
        raise UnprocessableError(
            f"Run {run.pipeline}#{run.number} has no product of block {block.name} to go on from.",
            "no-product",
        )
    return found


def _current(ledger: LedgerReader, project: str, pipeline: str, block: PlannedBlock) -> list[str]:
    newest = ledger.current_run(project, pipeline, block.name)
    found = None if newest is None else ledger.result_ids(newest, block.name)
    if found is None:
        if block.results == []:
            return []
        raise UnprocessableError(
            f"Block {block.name} has no product yet to go on from: run the pipeline once, "
            "or run up to the block you want.",
            "no-product",
        )
    return found
