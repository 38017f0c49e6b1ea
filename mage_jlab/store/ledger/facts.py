"""What never changes about a run, kept in memory while the run is worked on."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.store.ledger.tables import pool, run

KEPT = 4096
"""How many runs' facts stay in memory."""

KEPT_PRODUCTS = 256
"""How many manifests of products stay in memory."""

ITEM_EVENTS = 20
"""How many events a second tell of the items of one block."""

POOLS_S = 1.0
"""How long the list of pools is taken for true; the slots in use are counted each time."""

_POOLS = select(pool.c.name, pool.c.slots).order_by(pool.c.name)
_FACTS = select(run).where(run.c.id == bindparam("r"))


@dataclass(frozen=True)
class RunFacts:
    """The columns of a run that are written once; times in microseconds."""

    id: str
    number: int
    project: str
    pipeline: str
    variables: dict[str, Any]
    created_at: int
    nominal_at: int | None
    interval_end: int | None
    trigger: str | None
    trigger_name: str | None
    whole: bool


class RunBook:
    """The facts of the runs that were last worked on, and the pools as they were a moment ago."""

    def __init__(self) -> None:
        self._pools: list[tuple[str, int | None]] = []
        self._pools_until = 0.0
        self._facts: OrderedDict[str, RunFacts] = OrderedDict()
        self._stored: OrderedDict[str, StoredProduct] = OrderedDict()
        self._told: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def stored(self, product_id: str, manifest: str) -> StoredProduct:
        """Give a product's manifest, read once while it is among those that are asked for."""
        found = self._stored.pop(product_id, None) or StoredProduct.model_validate_json(manifest)
        self._stored[product_id] = found
        if len(self._stored) > KEPT_PRODUCTS:
            self._stored.popitem(last=False)
        return found

    def may_tell(self, run_id: str, block: str) -> bool:
        """Whether one more event of an item of this block is due: a second's worth at once."""
        now, key = time.monotonic(), (run_id, block)
        left, since = self._told.pop(key, (float(ITEM_EVENTS), now))
        left = min(float(ITEM_EVENTS), left + (now - since) * ITEM_EVENTS)
        self._told[key] = (left - 1 if left >= 1 else left, now)
        if len(self._told) > KEPT:
            self._told.popitem(last=False)
        return left >= 1

    def get(self, connection: Connection, run_id: str) -> RunFacts:
        """Give the facts of a run that is in the ledger."""
        facts = self._facts.get(run_id)
        if facts is None:
            row = connection.execute(_FACTS, {"r": run_id}).one()
            facts = self._facts[run_id] = RunFacts(
                id=row.id,
                number=row.number,
                project=row.project_id,
                pipeline=row.pipeline,
                variables=json.loads(row.variables),
                created_at=row.created_at,
                nominal_at=row.nominal_at,
                interval_end=row.interval_end,
                trigger=row.trigger_id,
                trigger_name=row.trigger_name,
                whole=row.blocks is None,
            )
            if len(self._facts) > KEPT:
                self._facts.popitem(last=False)
        return facts

    def pools(self, connection: Connection) -> list[tuple[str, int | None]]:
        """Give each pool with its slots; a change of them is seen within a second."""
        now = time.monotonic()
        if now >= self._pools_until:
            rows = connection.execute(_POOLS)
            self._pools = [(row.name, row.slots) for row in rows]
            self._pools_until = now + POOLS_S
        return self._pools
