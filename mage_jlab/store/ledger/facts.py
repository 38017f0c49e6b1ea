"""What never changes about a run, kept in memory while the run is worked on."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from mage_jlab.store.ledger.tables import run

KEPT = 4096
"""How many runs' facts stay in memory."""

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
    """The facts of the runs that were last worked on."""

    def __init__(self) -> None:
        self._facts: OrderedDict[str, RunFacts] = OrderedDict()

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
