"""From a claimed block run to the task that an executor gets."""

from __future__ import annotations

import hashlib
import time

from mage_jlab.domain.attempt import BlockTask
from mage_jlab.domain.fan import shown_item
from mage_jlab.domain.plan import PlannedBlock
from mage_jlab.store.ledger.claiming import Claim
from mage_jlab.store.ledger.ids import SECOND, maybe_moment, moment
from mage_jlab.store.paths import path_part

LEAST_CALL_S = 1.0
"""How long the last call of a sensor may take at least, in seconds."""


def block_task(claim: Claim) -> BlockTask:
    """Give the task of an attempt; everything in it comes from the ledger and the snapshot."""
    facts, snapshot = claim.facts, claim.plan.snapshot
    plan = snapshot.plan
    item = path_part(claim.item) if claim.item else "_"
    return BlockTask(
        block_run=claim.block_run,
        token=claim.token,
        run=facts.id,
        run_number=facts.number,
        attempt=claim.number,
        pipeline=facts.pipeline,
        project_name=plan.project_name,
        block=_planned(claim),
        inputs=claim.inputs,
        variables=facts.variables,
        execution_date=moment(facts.nominal_at or facts.created_at),
        interval_start=maybe_moment(facts.nominal_at),
        interval_end=maybe_moment(facts.interval_end),
        trigger=facts.trigger_name,
        idempotency_key=_digest(facts.id, claim.block, claim.item),
        key=_digest(plan.interpreter, plan.place, snapshot.hash, plan.setup or ""),
        interpreter=plan.interpreter,
        environ=plan.environ,
        place=plan.place,
        cwd=plan.cwd,
        folder=snapshot.folder,
        setup=plan.setup,
        products=plan.products,
        output=f"{facts.id}/{path_part(claim.block)}/{item}/{claim.token}",
        log=f"{plan.logs}/{claim.log_ref}",
        item=shown_item(claim.item, claim.name),
        index=claim.index,
        guarded=claim.guarded,
    )


def _planned(claim: Claim) -> PlannedBlock:
    """Give the block; a sensor that has been asked before has only the rest of its time."""
    planned = claim.plan.blocks[claim.block]
    if planned.timeout is None or claim.polling_since is None:
        return planned
    waited = time.time() - claim.polling_since / SECOND
    left = max(planned.timeout - waited, LEAST_CALL_S)
    return planned.model_copy(update={"timeout": left})


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
