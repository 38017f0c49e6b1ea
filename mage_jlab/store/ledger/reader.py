"""Everything that is read from the ledger, in one place; reading alone, safe from any thread."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import NotFoundError
from mage_jlab.domain.page import HARD_CAP, Page
from mage_jlab.domain.plan import Snapshot
from mage_jlab.domain.run import BlockRun, Event, Run, RunMark
from mage_jlab.domain.trigger import Miss, Trigger
from mage_jlab.store.ledger import pruning, reading_products, reading_triggers, tables
from mage_jlab.store.ledger.access import Access
from mage_jlab.store.ledger.ids import moment
from mage_jlab.store.ledger.reading_attempts import read_attempts
from mage_jlab.store.ledger.reading_block_runs import BlockRunReading
from mage_jlab.store.ledger.reading_events import last_seq, read_events
from mage_jlab.store.ledger.reading_runs import RunReading
from mage_jlab.store.ledger.reusing import find_former
from mage_jlab.store.ledger.rows import AttemptRow, EngineRow, ProductRow, ProjectRow
from mage_jlab.store.paths import StateFolder
from mage_jlab.store.retention import GivenUp


class LedgerReader:
    """The ledger of a state folder, for those who only read it.

    Before the first start of an engine there is no ledger: lists are empty then, and what is
    asked for by id is not found. All methods raise ConflictError when the ledger's schema is not
    this version's.

    Args:
        state: the state folder.
    """

    def __init__(self, state: StateFolder) -> None:
        self._access = Access(state)
        self._block_runs = BlockRunReading()
        self._runs = RunReading(self._block_runs)

    def close(self) -> None:
        """Close the connections."""
        self._access.close()

    def projects(self) -> list[ProjectRow]:
        """Give the projects that were opened on this engine, by name."""
        table = tables.project
        with self._access.connection() as connection:
            if connection is None:
                return []
            rows = connection.execute(select(table).order_by(table.c.name, table.c.id))
            return [ProjectRow(r.id, r.uuid, r.place, r.name, r.data_root) for r in rows]

    def project(self, project_id: str) -> ProjectRow:
        """Give one project.

        Raises:
            NotFoundError: when it was never opened here.
        """
        for row in self.projects():
            if row.id == project_id:
                return row
        raise NotFoundError(f"No project {project_id} was opened on this engine.")

    def given_up(self, project_id: str) -> list[GivenUp]:
        """Give the products that the retention of a project would give up now.

        Raises:
            UnreadableFileError: when its rules cannot be read.
        """
        known = [project for project in self.projects() if project.id == project_id]
        with self._access.connection() as connection:
            if connection is None or not known:
                return []
            return pruning.chosen(connection, known[0])

    def runs(
        self,
        *,
        project: str | None = None,
        pipeline: str | None = None,
        state: str | None = None,
        trigger: str | None = None,
        search: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> Page[Run]:
        """Give runs, newest first, without their block runs but with the counts by state.

        Args:
            project: a project's id.
            pipeline: a pipeline's name.
            state: a run's state.
            trigger: a trigger's id or name.
            search: text in the pipeline's or trigger's name, or a run's number.
            limit: at most so many.
            before: the ``next`` of the page before.

        Raises:
            BadInputError: when limit or before make no sense.
        """
        with self._access.connection() as connection:
            if connection is None:
                return Page([])
            return self._runs.page(
                connection, project, pipeline, state, trigger, search, limit, before
            )

    def run(self, ref: str, *, project: str | None = None) -> Run:
        """Give one run with its block runs, products and errors.

        Args:
            ref: an id, ``pipeline#number``, or ``last``.
            project: a project's id; the other two forms are looked for in it.

        Raises:
            NotFoundError: when there is none.
        """
        with self._access.connection() as connection:
            run = self._runs.one(connection, ref, project) if connection is not None else None
        if run is None:
            raise NotFoundError(
                "There is no run yet." if ref == "last" else f"There is no run {ref}."
            )
        return run

    def block_runs(self, run_id: str) -> list[BlockRun]:
        """Give the block runs of a run in the order of its plan; large fan-outs stand as one."""
        with self._access.connection() as connection:
            return [] if connection is None else self._block_runs.block_runs(connection, run_id)

    def items(
        self, run_id: str, block: str, *, limit: int = HARD_CAP, before: str | None = None
    ) -> Page[BlockRun]:
        """Give a page of the block runs of one block: one, or one for each item, in their order.

        Args:
            run_id: the run.
            block: the block.
            limit: at most so many.
            before: the ``next`` of the page before.

        Raises:
            BadInputError: when limit or before make no sense.
        """
        with self._access.connection() as connection:
            if connection is None:
                return Page([])
            return self._block_runs.items(connection, run_id, block, limit, before)

    def result_ids(self, run_id: str, block: str) -> list[str] | None:
        """Give the ids of all products of a block in a run, None unless it succeeded there."""
        with self._access.connection() as connection:
            if connection is None:
                return None
            return reading_products.result_ids(connection, run_id, block)

    def former(
        self, project: str, key: str, environment: str, products: Path
    ) -> dict[str, StoredProduct] | None:
        """Give the products that a cached block would take, by id; None when it would run.

        Args:
            project: the project's id.
            key: the block's cache key.
            environment: the hash of its environment.
            products: the project's products folder.
        """
        with self._access.connection() as connection:
            if connection is None:
                return None
            found = find_former(connection, project, key, environment, products)
            return None if found is None else found.products

    def current_run(self, project: str, pipeline: str, block: str) -> str | None:
        """Give the newest successful run (by nominal time) in which a block succeeded."""
        with self._access.connection() as connection:
            if connection is None:
                return None
            return reading_products.current_run(connection, project, pipeline, block)

    def attempts(self, run_id: str, block: str | None = None) -> list[AttemptRow]:
        """Give every try of a run's blocks, oldest first, with the files of their logs."""
        with self._access.connection() as connection:
            return [] if connection is None else read_attempts(connection, run_id, block)

    def strips(self, project: str) -> dict[str, list[RunMark]]:
        """Give the last ten runs of each pipeline of a project, oldest first."""
        with self._access.connection() as connection:
            return {} if connection is None else self._runs.strips(connection, project)

    def next_times(self, project: str) -> dict[str, datetime]:
        """Give the next time at which a schedule fires, by pipeline."""
        with self._access.connection() as connection:
            return {} if connection is None else reading_triggers.next_times(connection, project)

    def triggers(self, *, project: str | None = None, pipeline: str | None = None) -> list[Trigger]:
        """Give triggers by pipeline and name, with their state on this engine."""
        with self._access.connection() as connection:
            if connection is None:
                return []
            return reading_triggers.triggers(connection, project, pipeline, None)

    def trigger(self, trigger_id: str) -> Trigger:
        """Give one trigger.

        Raises:
            NotFoundError: when there is none.
        """
        with self._access.connection() as connection:
            found = (
                reading_triggers.triggers(connection, None, None, trigger_id)
                if connection is not None
                else []
            )
        if not found:
            raise NotFoundError(f"There is no trigger {trigger_id}.")
        return found[0]

    def misses(
        self,
        *,
        project: str | None = None,
        pipeline: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> Page[Miss]:
        """Give ranges of times that passed without a run, newest first.

        Raises:
            BadInputError: when limit or before make no sense.
        """
        with self._access.connection() as connection:
            if connection is None:
                return Page([])
            return reading_triggers.misses(connection, project, pipeline, limit, before)

    def product(self, product_id: str) -> ProductRow:
        """Give one product.

        Raises:
            NotFoundError: when there is none.
        """
        with self._access.connection() as connection:
            found = (
                reading_products.products(connection, product=product_id)
                if connection is not None
                else []
            )
        if not found:
            raise NotFoundError(f"There is no data product {product_id}.")
        return found[0]

    def products(
        self,
        *,
        run: str | None = None,
        project: str | None = None,
        pipeline: str | None = None,
        block: str | None = None,
        name: str | None = None,
    ) -> list[ProductRow]:
        """Give visible products, newest run first, in the order of the plan and of the results."""
        with self._access.connection() as connection:
            if connection is None:
                return []
            return reading_products.products(
                connection, run=run, project=project, pipeline=pipeline, block=block, name=name
            )

    def current_products(self, project: str, pipeline: str, block: str) -> list[ProductRow]:
        """Give a block's products in the newest successful run (by nominal time) that ran it."""
        with self._access.connection() as connection:
            if connection is None:
                return []
            return reading_products.current(connection, project, pipeline, block)

    def events(self, after: int, limit: int = 500) -> list[Event]:
        """Give events whose ``seq`` is above ``after``, oldest first."""
        with self._access.connection() as connection:
            return [] if connection is None else read_events(connection, after, limit)

    def last_seq(self) -> int:
        """Give the number of the newest event, 0 when there is none."""
        with self._access.connection() as connection:
            return 0 if connection is None else last_seq(connection)

    def snapshot(self, snapshot_hash: str) -> Snapshot:
        """Give the manifest of a snapshot.

        Raises:
            NotFoundError: when no run has it.
        """
        table = tables.snapshot
        with self._access.connection() as connection:
            manifest = None
            if connection is not None:
                manifest = connection.execute(
                    select(table.c.manifest).where(table.c.hash == snapshot_hash)
                ).scalar()
        if manifest is None:
            raise NotFoundError(f"There is no snapshot {snapshot_hash}.")
        return Snapshot.model_validate_json(manifest)

    def last_engine(self) -> EngineRow | None:
        """Give the engine that served this ledger last, None before the first."""
        table = tables.node
        with self._access.connection() as connection:
            if connection is None:
                return None
            row = connection.execute(
                select(table).order_by(table.c.started_at.desc()).limit(1)
            ).first()
        if row is None:
            return None
        return EngineRow(
            row.id,
            row.pid,
            row.version,
            row.state,
            moment(row.started_at),
            moment(row.last_seen_at),
        )
