"""One change of the ledger while it is being made."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Executable, insert, text

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.store.ledger.facts import RunBook, RunFacts
from mage_jlab.store.ledger.plans import PlanBook, PlanView
from mage_jlab.store.ledger.tables import event

_DATABASE_CLOCK = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)")
_INSERT_EVENT = insert(event).inline()


Found = TypeVar("Found")


class Transaction:
    """What a change works with: the connection, the clock, the plans, and the events it appends.

    Events are collected and written together at the end, before the commit.
    """

    def __init__(self, connection: Connection, plans: PlanBook, runs: RunBook) -> None:
        self.connection = connection
        self._plans = plans
        self._runs = runs
        self.dialect = connection.dialect.name
        self._now: int | None = None
        self._events: list[dict[str, Any]] = []
        self._read: dict[tuple[str, ...], Any] = {}
        self.has_events = False

    @property
    def now(self) -> int:
        """The database's clock, in microseconds; the same for the whole change."""
        if self._now is None:
            if self.dialect == "postgresql":
                self._now = int(self.connection.execute(_DATABASE_CLOCK).scalar_one())
            else:
                # SQLite's clock is this machine's, and it gives milliseconds only.
                self._now = time.time_ns() // 1000
        return self._now

    def execute(
        self, statement: Executable, values: dict[str, Any] | list[dict[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Execute a statement."""
        return self.connection.execute(statement, values)

    def plan(self, project_id: str, snapshot_hash: str) -> PlanView:
        """Give the plan of a snapshot."""
        return self._plans.get(self.connection, project_id, snapshot_hash)

    def facts(self, run_id: str) -> RunFacts:
        """Give what never changes about a run."""
        return self._runs.get(self.connection, run_id)

    def once(self, key: tuple[str, ...], read: Callable[[], Found]) -> Found:
        """Read what claims of this change ask for several times; nothing changes it by then."""
        if key not in self._read:
            self._read[key] = read()
        found: Found = self._read[key]
        return found

    def stored(self, product_id: str, manifest: str) -> StoredProduct:
        """Give the manifest of a product; it never changes, so that many items read it once."""
        return self._runs.stored(product_id, manifest)

    def event(
        self,
        kind: str,
        *,
        actor: str = "engine",
        project: str | None = None,
        pipeline: str | None = None,
        run: str | None = None,
        block_run: str | None = None,
        block: str | None = None,
        trigger: str | None = None,
        state: str | None = None,
        payload: dict[str, Any] | None = None,
    ) -> None:
        """Append an event to the ledger, in this change."""
        self._events.append(
            {
                "at": self.now,
                "kind": kind,
                "actor": actor,
                "project_id": project,
                "pipeline": pipeline,
                "run_id": run,
                "block_run_id": block_run,
                "block": block,
                "trigger_id": trigger,
                "state": None if state is None else str(state),
                "payload": json.dumps(payload) if payload else "{}",
            }
        )

    def pools(self) -> list[tuple[str, int | None]]:
        """Give each pool with its slots, None where it has no limit."""
        return self._runs.pools(self.connection)

    def run_event(self, facts: RunFacts, state: str, **more: Any) -> None:
        """Append an event that says that a run changed its state."""
        self.event(
            "run",
            project=facts.project,
            pipeline=facts.pipeline,
            run=facts.id,
            trigger=facts.trigger,
            state=state,
            **more,
        )

    def block_event(
        self, facts: RunFacts, block_run: str, block: str, state: str, **more: Any
    ) -> None:
        """Append an event that says that a block run changed its state."""
        self.event(
            "block_run",
            project=facts.project,
            pipeline=facts.pipeline,
            run=facts.id,
            block_run=block_run,
            block=block,
            trigger=facts.trigger,
            state=state,
            **more,
        )

    def item_event(
        self, facts: RunFacts, block_run: str, block: str, item: str, state: str, **more: Any
    ) -> None:
        """Append an event of one item, but for most of those that come in a fast stream.

        Events are hints; ten thousand items would else write thirty thousand rows. The end of the
        row that stands for all items is always told.
        """
        if not item:
            self.block_event(facts, block_run, block, state, **more)
        elif self._runs.may_tell(facts.id, block):
            payload = {**(more.pop("payload", None) or {}), "item": item}
            self.block_event(facts, block_run, block, state, payload=payload, **more)

    def flush(self) -> None:
        """Write the events that were collected."""
        if self._events:
            self.has_events = True
            self.connection.execute(_INSERT_EVENT, self._events)
            self._events = []
