"""Runs: start, follow, cancel, retry."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from mage_jlab.domain.errors import BadInputError, EngineUnavailableError, NotFoundError
from mage_jlab.domain.page import HARD_CAP, Page
from mage_jlab.domain.run import Attempt, BlockRun, LogPage, Run, RunState
from mage_jlab.domain.word import Json
from mage_jlab.services.doors import Doors
from mage_jlab.services.logs import read_log
from mage_jlab.services.pipelines import page_size
from mage_jlab.services.projects import Projects
from mage_jlab.services.selection import Selection, find_products, select, with_cached
from mage_jlab.services.variables import check_variables

PAUSE = 0.5
"""How long an engine that does not answer is left to its supervisor, in seconds."""
GATHER = 0.02
"""How long the news of a run are gathered at least before it is read again, in seconds."""
LONGEST_POLL = 5.0
"""How long one wait for events takes at most, in seconds: then the ledger is read anyway."""


class Runs:
    """Starts runs on the engine and reads them from the ledger.

    Args:
        doors: the ways to the ledger and the engine.
        projects: the projects.
    """

    def __init__(self, doors: Doors, projects: Projects) -> None:
        self._doors = doors
        self._projects = projects

    def start(
        self,
        project_id: str,
        pipeline: str,
        *,
        variables: Mapping[str, Json] | None = None,
        block: str | None = None,
        upto: str | None = None,
        from_: str | None = None,
        of: str | None = None,
    ) -> Run:
        """Run a pipeline's files, as they are now, on the engine; one is started when none is up.

        Args:
            project_id: the project.
            pipeline: the pipeline.
            variables: runtime variables; texts are read as the type of the pipeline's default.
            block: run this block alone, on the products of the blocks above it.
            upto: run this block and all above it.
            from_: run this block and all below it, on the products of the others.
            of: the run whose products stand in for blocks that are not run; by default the
                current ones. An id, ``pipeline#number`` or ``last``.

        Returns:
            The run, just made.

        Raises:
            NotFoundError: when there is no such pipeline, block or run.
            BadInputError: when a variable has a wrong type.
            UnprocessableError: when the pipeline cannot run, or there is no product to go on from.
            EngineUnavailableError: when no engine could be started.
        """
        from mage_jlab.blocks.snapshot import take_snapshot

        files = self._projects.files(project_id)
        self._must_have(project_id, pipeline)
        snapshot = take_snapshot(self._doors.state, files, pipeline)
        values = check_variables(variables or {}, snapshot.plan.variables)
        selection = self._select(project_id, snapshot.plan, block, upto, from_, of)
        self._projects.register(files)
        answer = self._doors.engine.command(
            "create_run",
            project=project_id,
            pipeline=pipeline,
            snapshot=snapshot.to_json(),
            variables=values,
            blocks=None if selection.complete else selection.would_run,
            reuse=selection.reuse,
        )
        return self.get(_run_id(answer))

    def plan(
        self,
        project_id: str,
        pipeline: str,
        *,
        variables: Mapping[str, Json] | None = None,
        block: str | None = None,
        upto: str | None = None,
        from_: str | None = None,
        of: str | None = None,
    ) -> Selection:
        """Say what ``start`` would run and reuse; no run is made, no engine started."""
        from mage_jlab.blocks.snapshot import take_snapshot

        self._must_have(project_id, pipeline)
        snapshot = take_snapshot(self._doors.state, self._projects.files(project_id), pipeline)
        values = check_variables(variables or {}, snapshot.plan.variables)
        selection = self._select(project_id, snapshot.plan, block, upto, from_, of)
        given = {**snapshot.plan.variables, **values}
        return with_cached(self._doors.ledger, project_id, snapshot.plan, selection, given)

    def list(
        self,
        *,
        project: str | None = None,
        pipeline: str | None = None,
        state: RunState | str | None = None,
        trigger: str | None = None,
        search: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> Page[Run]:
        """Give a page of runs, newest first, without their block runs."""
        if state is not None and state not in list(RunState):
            states = ", ".join(RunState)
            raise BadInputError(f"{state!r} is no state of a run; there are {states}.")
        page = self._doors.ledger.runs(
            project=project,
            pipeline=pipeline,
            state=state,
            trigger=trigger,
            search=search,
            limit=page_size(limit),
            before=before,
        )
        shown = [run for run in page.items if self._projects.allows(run.project)]
        return Page(shown, page.next)

    def get(self, ref: str, *, project_id: str | None = None) -> Run:
        """Give a run with its block runs.

        Args:
            ref: an id, ``pipeline#number`` or ``last``.
            project_id: the project that the last two forms mean.

        Raises:
            NotFoundError: when there is no such run.
        """
        run = self._doors.ledger.run(ref, project=project_id)
        if not self._projects.allows(run.project):
            raise NotFoundError(f"There is no run {ref} here.")
        return run

    def block_runs(
        self,
        run_id: str,
        block: str | None = None,
        limit: int = HARD_CAP,
        before: str | None = None,
    ) -> Page[BlockRun]:
        """Give the block runs of a run, or a page of those of one of its blocks.

        Args:
            run_id: the run.
            block: one block's only: one for each item, in their order.
            limit: at most so many of them.
            before: the ``next`` of the page before.

        Raises:
            NotFoundError: when there is no such run, or it has no such block.
        """
        run = self.get(run_id)
        if block is None:
            return Page(list(run.block_runs))
        found = self._doors.ledger.items(run_id, block, limit=page_size(limit), before=before)
        if not found.items and before is None:
            raise NotFoundError(f"The run has no block {block}.")
        return found

    def attempts(self, run_id: str, block: str | None = None) -> tuple[Attempt, ...]:
        """Give every try of a run's blocks, or of one of them, oldest first; the first 500."""
        if block is not None:
            self.block_runs(run_id, block, 1)
        else:
            self.get(run_id)
        tries: Counter[str] = Counter()
        found = []
        for row in self._doors.ledger.attempts(run_id, block)[:HARD_CAP]:
            tries[row.block_run] += 1
            found.append(
                Attempt(
                    block=row.block,
                    item=row.item,
                    number=tries[row.block_run],
                    outcome=row.outcome,
                    started_at=row.started_at,
                    ended_at=row.ended_at,
                    worker_pid=row.worker_pid,
                    peak_memory=row.peak_memory,
                    cpu=row.cpu,
                    error=row.error,
                )
            )
        return tuple(found)

    def cancel(self, ref: str, *, project_id: str | None = None) -> Run:
        """Stop a run: blocks under way are ended, the others do not start."""
        run = self.get(ref, project_id=project_id)
        self._doors.engine.ensure()
        self._doors.engine.command("cancel_run", run=run.id)
        return self.get(run.id)

    def retry(self, ref: str, code: str = "run", *, project_id: str | None = None) -> Run:
        """Let the same run go on with what has not succeeded.

        Args:
            ref: the run.
            code: ``run`` for the code that the run started with, ``current`` for today's files.
            project_id: the project that ``ref`` is looked up in.

        Raises:
            ConflictError: when the run is still going, or has nothing left to do.
        """
        if code not in ("run", "current"):
            raise BadInputError(f"code must be run or current, not {code!r}.")
        run = self.get(ref, project_id=project_id)
        snapshot: dict[str, Any] | None = None
        if code == "current":
            from mage_jlab.blocks.snapshot import take_snapshot

            files = self._projects.files(run.project)
            snapshot = take_snapshot(self._doors.state, files, run.pipeline).to_json()
        self._doors.engine.ensure()
        self._doors.engine.command("retry_run", run=run.id, snapshot=snapshot)
        return self.get(run.id)

    def log(
        self, run_id: str, *, block: str | None = None, after: str | None = None, limit: int = 500
    ) -> LogPage:
        """Give lines of a run's log, oldest first.

        Args:
            run_id: the run.
            block: one block's lines only.
            after: the ``next`` of the page before, to read on.
            limit: at most so many lines.
        """
        run = self.get(run_id)
        if block is not None and not any(b.block == block for b in run.block_runs):
            raise NotFoundError(f"The run has no block {block}.")
        attempts = self._doors.ledger.attempts(run.id, block)
        return read_log(run, attempts, block, after, page_size(limit))

    def wait(
        self,
        run_id: str,
        timeout: float | None = None,
        on_change: Callable[[Run], None] | None = None,
    ) -> Run:
        """Wait until a run has ended; an engine that died meanwhile is started again.

        Args:
            run_id: the run.
            timeout: the longest wait, in seconds; None waits for ever.
            on_change: called with the run at the start, and whenever something in it changed.

        Returns:
            The run as it ended, or as it stood when the time was over.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        seen: Run | None = None
        cursor: int | None = None
        while True:
            began = time.monotonic()
            run = self.get(run_id)
            # a run of many items is not read the whole time
            gather = max(GATHER, 10 * (time.monotonic() - began))
            if on_change and run != seen:
                on_change(run)
            seen = run
            left = LONGEST_POLL if deadline is None else deadline - time.monotonic()
            if run.state.ended or left <= 0:
                return run
            cursor = self._until_news(run_id, cursor, min(left, LONGEST_POLL), gather)

    def _until_news(self, run_id: str, cursor: int | None, timeout: float, gather: float) -> int:
        """Wait until something in the run changed; give the event to go on from."""
        deadline = time.monotonic() + timeout
        try:
            if cursor is None:
                # What happened between reading the run and this is found by the next reading.
                return self._doors.ledger.last_seq()
            while (left := deadline - time.monotonic()) > 0:
                events = self._doors.engine.events(cursor, left)
                cursor = events[-1].seq if events else cursor
                if any(event.run == run_id for event in events):
                    time.sleep(gather)
                    break
        except EngineUnavailableError:
            time.sleep(min(timeout, PAUSE))
            self._doors.engine.ensure()
        return cursor or 0

    def _select(
        self,
        project_id: str,
        plan: Any,
        block: str | None,
        upto: str | None,
        from_: str | None,
        of: str | None,
    ) -> Selection:
        if of is not None and block is None and from_ is None:
            raise BadInputError("of names the run to go on from; it needs block or from.")
        would_run, left_out = select(plan, block=block, upto=upto, from_=from_)
        if not would_run:
            raise BadInputError(f"The pipeline {plan.pipeline} has no block that runs.")
        former = self.get(of, project_id=project_id) if of is not None else None
        reuse = find_products(self._doors.ledger, project_id, plan, left_out, former)
        complete = len(would_run) == sum(b.type.runs for b in plan.blocks)
        return Selection(would_run, reuse, complete)

    def _must_have(self, project_id: str, pipeline: str) -> None:
        if pipeline not in self._projects.files(project_id).pipelines():
            raise NotFoundError(f"There is no pipeline {pipeline} in this project.")


def _run_id(answer: Mapping[str, Any]) -> str:
    run = answer["run"]
    return str(run["id"] if isinstance(run, Mapping) else run)
