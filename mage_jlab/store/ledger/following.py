"""What follows when a block run ends: for those below it, its callbacks, and its run."""

from __future__ import annotations

import json
from collections.abc import Sequence

from mage_jlab.domain.attempt import Opened
from mage_jlab.domain.run import BlockRunState
from mage_jlab.store.ledger import passing
from mage_jlab.store.ledger.ending import lock_run, note_failure
from mage_jlab.store.ledger.facts import RunFacts
from mage_jlab.store.ledger.plans import PlanView
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.ledger.wave import Wave


def note_decision(tx: Transaction, block_run_id: str, decided: Opened | bool) -> None:
    """Write what the end of a block decides for those below: its fan-out, or a condition."""
    told = decided.to_json() if isinstance(decided, Opened) else {"holds": decided}
    values = {"b_id": block_run_id}
    tx.execute(passing.DECIDED.values(decided=json.dumps(told)), values)


def follow(
    tx: Transaction,
    facts: RunFacts,
    plan: PlanView,
    block: str,
    item: str,
    state: BlockRunState,
    *,
    holds: bool = True,
) -> None:
    """Do what the end of an attempt's block run means for all others and for the run.

    Args:
        tx: the change.
        facts: the run.
        plan: the plan that the block ran by.
        block: the block.
        item: its item's key.
        state: how the block run ended.
        holds: what a conditional block said.
    """
    wave = Wave(tx, facts, plan)
    if state in (BlockRunState.FAILED, BlockRunState.NEEDS_ATTENTION) and not plan.optional(block):
        note_failure(tx, facts, block)
    wave.ended(block, item, state, ran=True, holds=holds)
    wave.settle()


def follow_items(
    tx: Transaction, facts: RunFacts, plan: PlanView, block: str, ended: Sequence[str]
) -> None:
    """Do what the success of several items of one block means, as `follow` does for one."""
    wave = Wave(tx, facts, plan)
    wave.items_succeeded(block, ended)
    wave.settle()


def make_items(tx: Transaction, run_id: str) -> None:
    """Make the next rows of items in a run, as far as one step goes."""
    row = lock_run(tx, run_id)
    facts = tx.facts(run_id)
    wave = Wave(tx, facts, tx.plan(facts.project, row.snapshot))
    wave.make()
    wave.settle()
