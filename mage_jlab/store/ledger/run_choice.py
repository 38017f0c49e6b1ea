"""Which blocks a new run has, and whose products stand for those that are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mage_jlab.domain.errors import NotFoundError, UnprocessableError
from mage_jlab.domain.graph import find_cycle
from mage_jlab.store.ledger.plans import PlanView


def check_plan(plan: PlanView, pipeline: str) -> None:
    """Refuse a plan that cannot be run.

    Raises:
        UnprocessableError: when it has no block, or its blocks wait for each other.
    """
    if not plan.blocks:
        raise UnprocessableError(
            f"The pipeline {pipeline} has no block to run. Tag a cell and export the notebook.",
            "nothing-to-run",
        )
    cycle = find_cycle({name: plan.parents(name) for name in plan.blocks})
    if cycle:
        raise UnprocessableError(
            f"The blocks of {pipeline} wait for each other: {' → '.join(cycle)}. Take one of "
            "these upstream blocks away.",
            "cycle",
        )


def chosen_blocks(plan: PlanView, blocks: Sequence[str] | None) -> set[str]:
    """Give the blocks of a new run.

    Args:
        plan: the run's plan.
        blocks: those that were asked for; None for all.

    Raises:
        NotFoundError: when there is no such block.
        UnprocessableError: when none was asked for.
    """
    if blocks is None:
        return set(plan.blocks)
    for block in blocks:
        if block not in plan.blocks:
            raise NotFoundError(f"The pipeline has no block {block}.")
    if not blocks:
        raise UnprocessableError("No block was chosen to run.", "nothing-to-run")
    return set(blocks)


def reused_products(
    plan: PlanView, chosen: set[str], reuse: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Give the ids of the products that stand for blocks above the chosen ones.

    Args:
        plan: the run's plan.
        chosen: the blocks that run.
        reuse: the products that may be taken, by block.

    Raises:
        UnprocessableError: when a block above that is left out has no product.
    """
    reused: dict[str, list[str]] = {}
    for block in chosen:
        for parent in (*plan.parents(block), *plan.fan.dims[block]):
            if parent in chosen or plan.is_guard(parent, block):
                continue
            if parent not in reuse:
                raise UnprocessableError(
                    f"{block} reads what {parent} gives, and {parent} has no data product yet. "
                    f"Run from {parent}, or the whole pipeline.",
                    "no-product",
                )
            reused[parent] = list(reuse[parent])
    return reused
