"""When a block need not run again: what its result depends on, as one hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from mage_jlab.domain.attempt import StoredProduct, UpstreamProducts
from mage_jlab.domain.plan import PlannedBlock
from mage_jlab.domain.product import is_displayed

OF_THE_MOMENT = frozenset(
    {
        "ds",
        "execution_date",
        "hr",
        "interval_end_datetime",
        "interval_seconds",
        "interval_start_datetime",
        "interval_start_datetime_previous",
    }
)
"""Keywords that depend on the run's nominal time."""

OF_THE_RUN = frozenset(
    {"event", "execution_partition", "idempotency_key", "pipeline_run_id", "retry", "trigger_name"}
)
"""Keywords that are each run's own: a block that reads one is never reused."""


def cache_key(
    planned: PlannedBlock,
    inputs: Sequence[UpstreamProducts],
    variables: Mapping[str, Any],
    *,
    run: str,
    execution_date: str,
) -> str | None:
    """Give the hash of all that a cached block's result depends on, None for any other block.

    Args:
        planned: the block; its ``cache`` is the hash of its code and settings.
        inputs: the products of the blocks above it.
        variables: the run's runtime variables; of those only what the block reads counts.
        run: the run's id.
        execution_date: the run's nominal time, as text.
    """
    if planned.cache is None:
        return None
    read = set(variables) if planned.reads is None else set(planned.reads)
    seen = {name: value for name, value in variables.items() if name in read}
    moment = execution_date if read & OF_THE_MOMENT else None
    own = run if read & OF_THE_RUN else None
    above = [
        [
            one.block,
            one.pick,
            _contents(one.products),
            None if one.items is None else [_contents(products) for products in one.items],
        ]
        for one in inputs
    ]
    text = json.dumps([planned.cache, seen, moment, own, above], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _contents(products: Sequence[StoredProduct]) -> list[list[str]]:
    return [[p.name, p.type, p.checksum] for p in products if not is_displayed(p.name)]
